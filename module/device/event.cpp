// SPDX-License-Identifier: GPL-2.0
// event.cpp - posting to the event counter: this is where WAITQ_IOC_WAKE and _POST wake.
//
// One lock, the head's own, guards the counter and the queue. A wake-up tests each waiter's
// condition and takes its events for it: wait/granted.hpp, event_wait.cpp.
#include "event.hpp"

#include "file.hpp"
#include "many.hpp"
#include "tell.hpp"

namespace waitq {
namespace {

// A walk that wakes within a budget. The kernel's own walk ends at the last exclusive waiter that
// it wakes. This one goes on, because all waiters are linked at the tail: some that are not
// exclusive may stand behind that one.
class WakeWalk {
public:
    WAITQ_INLINE WakeWalk(Events &events, Budget budget, bool sync)
        : events_(events), left_(budget), flags_(sync ? KAPI_WF_SYNC_HERE : 0)
    {}

    // One step. False: nothing is left to wake. Head's lock held.
    WAITQ_INLINE bool wake(wait_queue_entry *entry)
    {
        if (left_.all)
            return wakes(entry);
        // Read before: a woken waiter may be gone.
        const bool exclusive = kapi_entry_flags(entry) & KAPI_WQ_FLAG_EXCLUSIVE;
        if (exclusive && left_.nr == 0)
            return waiting(events_, Exclusive::no) != 0;
        const __u64 before = woken_;
        const bool more = wakes(entry);
        left_.nr -= exclusive && woken_ != before;
        return more && (left_.nr != 0 || waiting(events_, Exclusive::no) != 0);
    }
    WAITQ_INLINE __u64 woken() const { return woken_; }
    WAITQ_INLINE Budget left() const { return left_; }

private:
    // False: the counter is 0, and every threshold is 1 or more.
    WAITQ_INLINE bool wakes(wait_queue_entry *entry)
    {
        const int woke = kapi_entry_wake(entry, KAPI_TASK_NORMAL, flags_, nullptr);
        if (woke > 0) {
            ++woken_;
            flags_ = 0; // this CPU has room for one
        }
        return woke >= 0;
    }

    Events &events_;
    Budget left_;
    int flags_;
    __u64 woken_ = 0;
};

// Wakes within the budget; `pause` gives the section up after each `most` entries. Returns how many
// woke.
template <unsigned int most, class Pause>
WAITQ_INLINE __u64 wake_within(Events &events, Budget budget, bool sync, Pause pause)
{
    WakeWalk walk(events, budget, sync);
    events.queue.walk_held<most>(
        [&](wait_queue_entry * entry) __attribute__((always_inline)) { return walk.wake(entry); },
        pause);
    return walk.woken();
}

// Wakes where some wait for other queues too, which needs the lock of all queues: the section ends
// before, and another begins behind it. Until then others may take what was posted. One entry may
// need the locks of 64 heads, so interrupts come between any two.
[[gnu::noinline]] __u64 wake_together(Queue &queue, Budget budget, bool sync,
                                      CounterIrqGuard &section)
{
    section.suspend();
    __u64 woken;
    {
        TogetherSection together(queue);
        woken = wake_within<1>(queue.events, budget, sync, [&] { together.pause(); });
    }
    section.resume();
    return woken;
}

// Wakes in a section of the head's lock, which it gives back between chunks. Returns how many woke.
WAITQ_INLINE __u64 wake(Queue &queue, Budget budget, bool sync, CounterIrqGuard &section)
{
    Events &events = queue.events;
    if (waiting(events) == 0)
        return 0;
    if (events.waiting_all != 0)
        return wake_together(queue, budget, sync, section);
    const bool any = budget.all || budget.nr != 0;
    if (any && waiting(events) == 1 && events.queue.wake_first_locked(sync ? KAPI_WF_SYNC_HERE : 0))
        return 1;
    return wake_within<WaitQueue::chunk>(events, budget, sync, [&] { section.pause(); });
}

// Wakes among the first chunk of the queue, and notes the rest for waitq_deferred(): all, where
// some wait for other queues too, because that takes too long for an interrupt. Head's lock held.
WAITQ_INLINE void wake_chunk(Events &events, Budget budget)
{
    WakeWalk walk(events, budget, false);
    if (events.waiting_all == 0 &&
        !events.queue.walk_chunk([&](wait_queue_entry * entry)
                                     __attribute__((always_inline)) { return walk.wake(entry); }))
        return;
    // Earlier interrupts may have left a rest too.
    Deferred &deferred = events.deferred;
    deferred.waiters = true;
    deferred.budget.nr += walk.left().nr;
    deferred.budget.all |= budget.all || deferred.budget.nr < walk.left().nr;
}

static_assert(WaitQueue::chunk <= WAITQ_WAKE_CHUNK, "waitq.h promises how long an interrupt walks");

// The news of a section that has added n. Head's lock held.
WAITQ_INLINE News news_of(Queue &queue, __u64 n)
{
    const bool ready = queue.events.counter != 0;
    return {ready && polled(queue), ready && n != 0 && subscribed(queue),
            take_room_news(queue.events)};
}

// Adds n, which fits, and wakes.
WAITQ_INLINE __u64 add_and_wake(Queue &queue, __u64 n, Budget budget, bool sync,
                                CounterIrqGuard &section, News &news)
{
    Events &events = queue.events;
    events.counter += n;
    ++events.totals.wakes;
    const __u64 woken = wake(queue, budget, sync, section);
    news = news_of(queue, n);
    return woken;
}

WAITQ_INLINE Posted post_here(Queue &queue, __u64 n, Budget budget, bool sync)
{
    Posted posted{Error::none, 0};
    News news;
    {
        CounterIrqGuard section(queue);
        if (n > room_for(queue.events))
            return {Error::overflow, 0};
        posted.woken = add_and_wake(queue, n, budget, sync, section, news);
    }
    if (news.any())
        tell(queue, news);
    return posted;
}

} // namespace

Posted post(Queue &queue, __u64 n, Budget budget, bool sync)
{
    return post_here(queue, n, budget, sync);
}

void give_back(Queue &queue, __u64 n)
{
    News news;
    {
        CounterIrqGuard section(queue);
        const __u64 most = ~0ULL - queue.events.counter;
        (void)add_and_wake(queue, n < most ? n : most, Budget::from(0), false, section, news);
        news.full = queue.events.counter > WAITQ_COUNTER_MAX;
    }
    tell(queue, news);
}

void post_from_interrupt(Queue &queue, __u64 n, Budget budget)
{
    Events &events = queue.events;
    const CounterGuard<HeadGuard> section(queue);
    if (n > room_for(events))
        n = 0;
    events.counter += n;
    ++events.totals.wakes;
    if (waiting(events) != 0)
        wake_chunk(events, budget);
    // Not even the first poller is told here: it may be an epoll set, and the kernel tells all
    // those that poll the set in one go, however many they are.
    const News news = news_of(queue, n);
    Deferred &deferred = events.deferred;
    deferred.pollers |= news.events;
    deferred.subscribers |= news.posted;
    deferred.room |= news.room;
    if (deferred.waiters || deferred.pollers || deferred.subscribers || deferred.room)
        kapi_work_schedule(&deferred.native);
}

} // namespace waitq

long waitq_post(waitq_file *file, unsigned long n)
{
    using namespace waitq;
    if (!file->opener.writes)
        return to_errno(Error::bad_mode);
    if (!is_threshold(n))
        return to_errno(Error::bad_argument);
    return to_result(post_here(*file->queue, n, Budget::from(0), false));
}

void waitq_deferred(work_struct *work)
{
    using namespace waitq;
    Deferred &deferred = *reinterpret_cast<Deferred *>(work);
    Queue &queue = *deferred.queue;
    News news;
    {
        CounterIrqGuard section(queue);
        const bool waiters = deferred.waiters;
        const Budget budget = deferred.budget;
        news = {deferred.pollers, deferred.subscribers, deferred.room};
        deferred.waiters = deferred.pollers = deferred.subscribers = deferred.room = false;
        deferred.budget = {false, 0};
        if (waiters) {
            (void)wake(queue, budget, false, section);
            news.room |= take_room_news(queue.events);
        }
    }
    tell(queue, news);
}
