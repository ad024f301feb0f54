// SPDX-License-Identifier: GPL-2.0
// event.hpp - the event counter: posting, waking, waiting.
#pragma once

#include "error.hpp"
#include "page.hpp"
#include "queue.hpp"

namespace waitq {

struct Posted {
    Error error; // none, or overflow: nothing was posted
    __u64 woken;
};

// The return value of WAKE and POST.
WAITQ_INLINE long to_result(const Posted &posted)
{
    if (posted.error != Error::none)
        return to_errno(posted.error);
    return posted.woken < __INT_MAX__ ? static_cast<long>(posted.woken) : __INT_MAX__;
}

// Adds n to the counter and wakes the waiters of the budget whose condition is true. Then tells
// pollers and, if n is not 0, the subscribers to SIGIO. `sync`: the caller is about to sleep, and a
// woken task may have its CPU. Error::overflow: nothing was done.
// Process context, may let others run between chunks of waiters.
Posted post(Queue &queue, __u64 n, Budget budget, bool sync = false);

// The same from an interrupt. A kernel thread wakes the waiters behind the first WAITQ_WAKE_CHUNK
// entries, and tells those that are told. A post that would overflow is left out, and the wake-up
// done all the same.
void post_from_interrupt(Queue &queue, __u64 n, Budget budget);

// Puts n events back that were taken and could not be delivered; any waiter may take them. If
// others filled the counter meanwhile, it goes past WAITQ_COUNTER_MAX by 1 at most: further events
// are lost.
// Process context.
void give_back(Queue &queue, __u64 n);

// A wait for the counter. Its entry is in Events::queue.
struct EventWait {
    __u64 threshold;
    bool consume;
    Exclusive exclusive;
    TaskState state;
    __u64 slack_ns = 0; // the wait may last so much longer than its timeout
};

// A number that a task can wait for.
WAITQ_INLINE bool is_threshold(__u64 n)
{
    return n >= 1 && n <= WAITQ_COUNTER_MAX;
}

// Takes the events, if the counter is high enough. Process context.
bool try_events(Queue &queue, const EventWait &wait);
// Sleeps until the counter is high enough, a signal comes or, if `timeout_ns` is not negative, so
// many nanoseconds are over. Process context, may sleep. (Not mangled: /proc/PID/wchan and stack
// traces name it.)
extern "C" WaitOutcome waitq_wait_events(Queue &queue, const EventWait &wait, __s64 timeout_ns);

// An entry of Events::queue, for an onlooker.
struct EventNote {
    unsigned long since; // a tick
    __u64 threshold;
};
// Head's lock held. False: it is another kind of entry.
bool note_event(wait_queue_entry *entry, EventNote &note);

// ---- the counter: all of these with the head's lock held ---------------------------------------

// The number of tasks that wait by an entry.
WAITQ_INLINE unsigned int &waiting(Events &events, Exclusive exclusive)
{
    events.queue.assert_held();
    return events.waiting[exclusive == Exclusive::yes];
}
WAITQ_INLINE unsigned int waiting(Events &events)
{
    return waiting(events, Exclusive::no) + waiting(events, Exclusive::yes);
}

// The number that can be added to the counter.
WAITQ_INLINE __u64 room_for(Events &events)
{
    events.queue.assert_held();
    return events.counter < WAITQ_COUNTER_MAX ? WAITQ_COUNTER_MAX - events.counter : 0;
}

// Takes n off the counter.
WAITQ_INLINE void take(Events &events, __u64 n)
{
    events.queue.assert_held();
    events.room_news |= events.counter >= WAITQ_COUNTER_MAX || events.want_room != 0;
    events.counter -= n;
}

// Returns and clears Events::room_news.
WAITQ_INLINE bool take_room_news(Events &events)
{
    events.queue.assert_held();
    const bool news = events.room_news;
    events.room_news = false;
    return news;
}

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

} // namespace waitq
