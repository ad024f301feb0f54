// SPDX-License-Identifier: GPL-2.0
// event.cpp - the event counter: this is where WAITQ_IOC_WAIT sleeps and WAITQ_IOC_WAKE wakes.
//
// One lock, the head's own, guards the counter and the queue. A wake-up tests each waiter's
// condition and takes its events for it: wait/granted.hpp.
#include "event.hpp"

#include "tell.hpp"

namespace waitq {

extern "C" int waitq_grant(wait_queue_entry *entry, unsigned int mode, int sync, void *key);

struct EventEntry : WaitEntry {
    WAITQ_INLINE EventEntry(Events &events_, const EventWait &wait)
        : WaitEntry(wait.exclusive, waitq_grant), events(events_), threshold(wait.threshold),
          taken(wait.consume ? wait.threshold : 0), exclusive(wait.exclusive)
    {}
    WAITQ_INLINE static EventEntry &of(wait_queue_entry *entry)
    {
        return *reinterpret_cast<EventEntry *>(entry);
    }

    Events &events;
    const __u64 threshold, taken;
    const Exclusive exclusive;
    __s64 since_ns = 0; // when it was linked
};

namespace {

WAITQ_INLINE unsigned int &waiting(Events &events, Exclusive exclusive)
{
    events.queue.assert_held();
    return events.waiting[exclusive == Exclusive::yes];
}

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
        // A waiter that sleeps on tells nobody, so it leaves the news to the waker that made them.
        const bool satisfied = test_events(entry_.events, wait_);
        if (satisfied)
            news_ = take_room_news(entry_.events);
        return satisfied;
    }
    WAITQ_INLINE void linked()
    {
        ++waiting(entry_.events, wait_.exclusive);
        entry_.since_ns = kapi_tick_ns();
    }
    WAITQ_INLINE void left(WaitOutcome outcome)
    {
        --waiting(entry_.events, wait_.exclusive);
        Totals &totals = entry_.events.totals;
        totals.timeouts += outcome == WaitOutcome::timed_out;
        totals.interrupted += outcome == WaitOutcome::signalled;
    }
    // Its last test made room that others wait for.
    WAITQ_INLINE bool news() const { return news_; }

private:
    EventEntry &entry_;
    const EventWait &wait_;
    bool news_ = false;
};

WAITQ_INLINE unsigned int waiting(Events &events)
{
    return waiting(events, Exclusive::no) + waiting(events, Exclusive::yes);
}

// A walk that wakes within a budget. The kernel's own walk ends at the last exclusive waiter that
// it wakes. This one goes on, because all waiters are linked at the tail: some that are not
// exclusive may stand behind that one.
class WakeWalk {
public:
    WAITQ_INLINE WakeWalk(Events &events, Budget budget) : events_(events), left_(budget) {}

    // One step. False: nothing is left to wake. Head's lock held.
    WAITQ_INLINE bool wake(wait_queue_entry *entry)
    {
        if (events_.counter == 0) // every threshold is 1 or more
            return false;
        // Read before: a woken waiter may be gone.
        const bool exclusive = kapi_entry_flags(entry) & KAPI_WQ_FLAG_EXCLUSIVE;
        if (exclusive && !left_.all && left_.nr == 0)
            return waiting(events_, Exclusive::no) != 0;
        if (kapi_entry_wake(entry, KAPI_TASK_NORMAL, 0, nullptr) <= 0)
            return true;
        ++woken_;
        left_.nr -= exclusive && !left_.all;
        return left_.all || left_.nr != 0 || waiting(events_, Exclusive::no) != 0;
    }
    WAITQ_INLINE __u64 woken() const { return woken_; }
    WAITQ_INLINE Budget left() const { return left_; }

private:
    Events &events_;
    Budget left_;
    __u64 woken_ = 0;
};

WAITQ_INLINE bool is_long(Events &events)
{
    return waiting(events) > WaitQueue::chunk;
}

// Wakes in a queue that is not long. Head's lock held. Returns how many woke.
WAITQ_INLINE __u64 wake_short(Events &events, Budget budget)
{
    const bool mixed = waiting(events, Exclusive::no) != 0 && waiting(events, Exclusive::yes) != 0;
    if (!budget.all && (mixed || budget.nr == 0)) {
        WakeWalk walk(events, budget);
        events.queue.walk_locked([&](wait_queue_entry * entry)
                                     __attribute__((always_inline)) { return walk.wake(entry); });
        return walk.woken();
    }
    const __u64 before = events.totals.woken;
    events.queue.wake_locked(budget.all ? Wakes::all()
                                        : Wakes::exactly(static_cast<int>(budget.nr)));
    return events.totals.woken - before;
}

// Wakes in a long queue, a chunk at a time. Process context.
__u64 wake_long(Events &events, Budget budget)
{
    WakeWalk walk(events, budget);
    events.queue.walk(
        [&](wait_queue_entry * entry) __attribute__((always_inline)) { return walk.wake(entry); },
        kapi_cond_resched);
    return walk.woken();
}

// Wakes among the first chunk of the queue, and notes the rest for waitq_deferred(). Head's lock
// held.
WAITQ_INLINE void wake_chunk(Events &events, Budget budget)
{
    WakeWalk walk(events, budget);
    if (!events.queue.walk_chunk([&](wait_queue_entry * entry)
                                     __attribute__((always_inline)) { return walk.wake(entry); }))
        return;
    // Earlier interrupts may have left a rest too.
    Deferred &deferred = events.deferred;
    deferred.waiters = true;
    deferred.budget.nr += walk.left().nr;
    deferred.budget.all |= budget.all || deferred.budget.nr < walk.left().nr;
}

static_assert(WaitQueue::chunk <= WAITQ_WAKE_CHUNK, "waitq.h promises how long an interrupt walks");

} // namespace

void take(Events &events, __u64 n)
{
    events.queue.assert_held();
    events.room_news |= room_for(events) == 0 || events.want_room != 0;
    events.counter -= n;
}

bool take_room_news(Events &events)
{
    events.queue.assert_held();
    const bool news = events.room_news;
    events.room_news = false;
    return news;
}

bool note_event(wait_queue_entry *native, EventNote &note)
{
    if (kapi_entry_function(native) != waitq_grant)
        return false;
    const EventEntry &entry = EventEntry::of(native);
    note = {entry.since_ns, entry.threshold};
    return true;
}

bool try_events(Queue &queue, const EventWait &wait)
{
    Events &events = queue.events;
    bool satisfied, room;
    {
        const HeadIrqGuard guard(events.queue);
        satisfied = test_events(events, wait);
        room = take_room_news(events);
    }
    if (room)
        tell(queue, {false, false, true});
    return satisfied;
}

__u64 room_for(Events &events)
{
    events.queue.assert_held();
    return events.counter < WAITQ_COUNTER_MAX ? WAITQ_COUNTER_MAX - events.counter : 0;
}

namespace {

// Whether a poller may have to be told of events. Each poll sets `polled` behind its link, under
// the head's lock; a wake-up that finds nobody linked takes it back, and the next ones need not
// look:
//
//   poller                             waker
//   link into the pollers' head
//   lock; polled = true; look; unlock
//                                      lock; counter += n; polled? yes: linked? yes
//
// With the sections the other way round, the look sees the counter, and sets `polled` anew.
WAITQ_INLINE bool polled(Queue &queue)
{
    Events &events = queue.events;
    events.queue.assert_held();
    if (events.polled)
        events.polled = queue.pollers.has_sleeper() || events.pollers.has_sleeper();
    return events.polled;
}

// Adds n to the counter, and calls wake() if there are waiters.
template <class Wake>
WAITQ_INLINE News add_and_wake(Queue &queue, __u64 n, Wake wake)
{
    Events &events = queue.events;
    events.queue.assert_held();
    events.counter += n;
    ++events.totals.wakes;
    if (waiting(events) != 0)
        wake();
    const bool ready = events.counter != 0;
    return {ready && polled(queue), ready && n != 0 && subscribed(queue), take_room_news(events)};
}

// Wakes in a queue that was found long. Returns how many woke.
__u64 wake_rest(Events &events, Budget budget, News &news)
{
    const __u64 woken = wake_long(events, budget);
    const HeadIrqGuard guard(events.queue);
    news.room |= take_room_news(events);
    return woken;
}

} // namespace

void give_back(Queue &queue, __u64 n)
{
    Events &events = queue.events;
    News news;
    bool longer = false;
    {
        const HeadIrqGuard guard(events.queue);
        const __u64 most = ~0ULL - events.counter;
        news = add_and_wake(queue, n < most ? n : most, [&] {
            longer = is_long(events);
            if (!longer)
                (void)wake_short(events, Budget::from(0));
        });
        news.full = events.counter > WAITQ_COUNTER_MAX;
    }
    if (longer)
        (void)wake_rest(events, Budget::from(0), news);
    tell(queue, news);
}

Posted post(Queue &queue, __u64 n, Budget budget)
{
    Events &events = queue.events;
    Posted posted{Error::none, 0};
    News news;
    bool longer = false;
    {
        const HeadIrqGuard guard(events.queue);
        if (n > room_for(events))
            return {Error::overflow, 0};
        news = add_and_wake(queue, n, [&] {
            longer = is_long(events);
            if (!longer)
                posted.woken = wake_short(events, budget);
        });
    }
    if (longer)
        posted.woken = wake_rest(events, budget, news);
    if (news.any())
        tell(queue, news);
    return posted;
}

void post_from_interrupt(Queue &queue, __u64 n, Budget budget)
{
    Events &events = queue.events;
    News news;
    {
        const HeadGuard guard(events.queue);
        if (n > room_for(events))
            n = 0;
        news = add_and_wake(queue, n, [&] { wake_chunk(events, budget); });
    }
    const News rest = tell_from_interrupt(queue, news);
    const HeadGuard guard(events.queue);
    Deferred &deferred = events.deferred;
    deferred.pollers |= rest.events;
    deferred.subscribers |= rest.posted;
    deferred.room |= rest.room;
    if (deferred.waiters || deferred.pollers || deferred.subscribers || deferred.room)
        kapi_work_schedule(&deferred.native);
}

WaitOutcome waitq_wait_events(Queue &queue, const EventWait &wait, __s64 timeout_ns)
{
    Events &events = queue.events;
    WaitOutcome outcome;
    events.queue.lock_irq();
    // The usual cases first: they need no entry.
    const bool satisfied = test_events(events, wait);
    if (satisfied || timeout_ns == 0) {
        outcome = satisfied ? WaitOutcome::satisfied : WaitOutcome::timed_out;
        events.totals.timeouts += !satisfied;
        const bool room = take_room_news(events);
        events.queue.unlock_irq();
        if (room)
            tell(queue, {false, false, true});
        return outcome;
    }
    EventEntry entry(events, wait);
    EventClaim claim(entry, wait);
    if (timeout_ns < 0) {
        Forever forever;
        outcome = sleep_granted(events.queue, entry, wait.state, forever, claim);
    } else {
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

// The wake function of an EventEntry.
int waitq_grant(wait_queue_entry *native, unsigned int mode, int sync, void *key)
{
    const EventEntry &entry = EventEntry::of(native);
    Events &events = entry.events;
    if (events.counter == 0) // every threshold is 1 or more: ends the walk
        return -1;
    const __u64 taken = entry.taken;
    const Exclusive exclusive = entry.exclusive;
    return grant(
        native, mode, sync, key, [&] { return events.counter >= entry.threshold; },
        [&] {
            take(events, taken);
            --waiting(events, exclusive);
            ++events.totals.woken;
        });
}

} // namespace waitq

void waitq_deferred(work_struct *work)
{
    using namespace waitq;
    Deferred &deferred = *reinterpret_cast<Deferred *>(work);
    Queue &queue = *deferred.queue;
    Events &events = queue.events;
    bool waiters;
    Budget budget;
    News news;
    {
        const HeadGuard guard(events.queue);
        waiters = deferred.waiters;
        budget = deferred.budget;
        news = {deferred.pollers, deferred.subscribers, deferred.room};
        deferred.waiters = deferred.pollers = deferred.subscribers = deferred.room = false;
        deferred.budget = {false, 0};
    }
    if (waiters) {
        (void)wake_rest(events, budget, news);
    }
    tell(queue, news);
}
