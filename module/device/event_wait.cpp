// SPDX-License-Identifier: GPL-2.0
// event_wait.cpp - waiting for the event counter: this is where WAITQ_IOC_WAIT and _TAKE sleep.
#include "event.hpp"

#include "file.hpp"
#include "tell.hpp"

namespace waitq {

extern "C" int waitq_grant(wait_queue_entry *entry, unsigned int mode, int sync, void *key);

namespace {

struct EventEntry : WaitEntry {
    WAITQ_INLINE EventEntry(Queue &queue_, const EventWait &wait)
        : WaitEntry(Later()), queue(queue_), threshold(wait.threshold),
          taken(wait.consume ? wait.threshold : 0), exclusive(wait.exclusive)
    {}
    WAITQ_INLINE static EventEntry &of(wait_queue_entry *entry)
    {
        return *reinterpret_cast<EventEntry *>(entry);
    }
    WAITQ_INLINE int flags() const { return static_cast<int>(exclusive); }
    WAITQ_INLINE static kapi_wake_function wake_function() { return waitq_grant; }

    Queue &queue;
    const __u64 threshold, taken;
    const Exclusive exclusive;
    unsigned long since = 0; // the tick when it was linked
};

// The condition; takes the events if that is asked for. Head's lock held.
WAITQ_INLINE bool test_events(Events &events, const EventWait &wait)
{
    events.queue.assert_held();
    if (events.counter < wait.threshold)
        return false;
    if (wait.consume)
        take(events, wait.threshold);
    return true;
}

// The Claim of an EventEntry, for wait_granted().
class EventClaim {
public:
    WAITQ_INLINE EventClaim(EventEntry &entry, const EventWait &wait) : entry_(entry), wait_(wait)
    {}
    WAITQ_INLINE bool test()
    {
        begin_section(entry_.queue.events);
        // A waiter that sleeps on tells nobody, so it leaves the news to the waker that made them.
        const bool satisfied = test_events(entry_.queue.events, wait_);
        if (satisfied) {
            news_ = take_room_news(entry_.queue.events);
            end_section(entry_.queue); // it may not have been linked, and then left() is not called
        }
        return satisfied;
    }
    WAITQ_INLINE void linked()
    {
        ++waiting(entry_.queue.events, wait_.exclusive);
        entry_.since = kapi_tick();
    }
    WAITQ_INLINE void left(WaitOutcome outcome)
    {
        Events &events = entry_.queue.events;
        --waiting(events, wait_.exclusive);
        events.totals.timeouts += outcome == WaitOutcome::timed_out;
        events.totals.interrupted += outcome == WaitOutcome::signalled;
        end_section(entry_.queue);
    }
    // Its last test made room that others wait for.
    WAITQ_INLINE bool news() const { return news_; }

private:
    EventEntry &entry_;
    const EventWait &wait_;
    bool news_ = false;
};

} // namespace

bool note_event(wait_queue_entry *native, EventNote &note)
{
    if (kapi_entry_function(native) != waitq_grant)
        return false;
    const EventEntry &entry = EventEntry::of(native);
    note = {entry.since, entry.threshold};
    return true;
}

bool try_events(Queue &queue, const EventWait &wait)
{
    Events &events = queue.events;
    bool satisfied, room;
    {
        const CounterIrqGuard section(queue);
        satisfied = test_events(events, wait);
        room = take_room_news(events);
    }
    if (room)
        tell(queue, {false, false, true});
    return satisfied;
}

// Inlined into each caller: /proc/PID/wchan and stack traces name that.
WAITQ_INLINE WaitOutcome wait_events(Queue &queue, const EventWait &wait, __s64 timeout_ns)
{
    Events &events = queue.events;
    WaitOutcome outcome;
    events.queue.lock_irq();
    begin_section(events);
    // The usual cases first: they need no entry.
    const bool satisfied = test_events(events, wait);
    if (satisfied || timeout_ns == 0) {
        outcome = satisfied ? WaitOutcome::satisfied : WaitOutcome::timed_out;
        events.totals.timeouts += !satisfied;
        const bool room = take_room_news(events);
        end_section(queue);
        events.queue.unlock_irq();
        if (room)
            tell(queue, {false, false, true});
        return outcome;
    }
    WAITQ_UNINITIALIZED EventEntry entry(queue, wait);
    EventClaim claim(entry, wait);
    if (timeout_ns < 0) {
        Forever forever;
        outcome = sleep_granted(events.queue, entry, wait.state, forever, claim);
    } else {
        end_section(queue);
        events.queue.unlock_irq();
        HrTimeout timeout(timeout_ns, wait.slack_ns);
        timeout.begin();
        outcome = wait_granted(events.queue, entry, wait.state, timeout, claim);
        timeout.end();
    }
    if (claim.news())
        tell(queue, {false, false, true});
    return outcome;
}

WaitOutcome waitq_wait_events(Queue &queue, const EventWait &wait, __s64 timeout_ns)
{
    return wait_events(queue, wait, timeout_ns);
}

// The wake function of an EventEntry.
int waitq_grant(wait_queue_entry *native, unsigned int mode, int sync, void *)
{
    const EventEntry &entry = EventEntry::of(native);
    Events &events = entry.queue.events;
    if (events.counter == 0) // every threshold is 1 or more: ends the walk
        return -1;
    const __u64 taken = entry.taken;
    const Exclusive exclusive = entry.exclusive;
    return grant(
        native, mode, sync, [&] { return events.counter >= entry.threshold; },
        [&] {
            take(events, taken);
            --waiting(events, exclusive);
            ++events.totals.woken;
        });
}

} // namespace waitq

long waitq_take(waitq_file *file, unsigned long n, waitq_blocking blocking)
{
    using namespace waitq;
    if (!file->opener.reads)
        return to_errno(Error::bad_mode);
    if (!is_threshold(n))
        return to_errno(Error::bad_argument);
    const EventWait wait{n, true, Exclusive::yes, TaskState::interruptible};
    if (blocking != WAITQ_BLOCKS)
        return try_events(*file->queue, wait) ? 0 : to_errno(Error::would_block);
    return wait_events(*file->queue, wait, -1) == WaitOutcome::satisfied
               ? 0
               : to_errno(Error::interrupted);
}
