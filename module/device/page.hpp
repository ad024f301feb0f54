// SPDX-License-Identifier: GPL-2.0
// page.hpp - the page that user space maps, in which it posts and takes without a system call.
//
// The page has one word: the counter, or WAITQ_PAGE_TAKEN, and then the counter is in the kernel.
// User space changes the word by compare-and-swap, and calls the kernel when the word is
// WAITQ_PAGE_TAKEN or the counter too low. The kernel swaps the whole word. So an event is at each
// instant in one place:
//
//   poster (user space)                waiter (kernel)
//   reads 0
//                                      lock; swaps TAKEN in, gets 0: below 1
//                                      links itself; unlock; sleeps
//   0 -> 1? it is TAKEN: POST
//   lock; counter += 1; wakes; unlock
//
// With the swap behind the 0 -> 1, the waiter gets 1. The kernel keeps the counter for as long as a
// task waits or polls, and lends it to user space again at the end of the section that finds none.
//
// The kernel trusts nothing in the page: see reclaim().
#pragma once

#include "tell.hpp"

namespace waitq {

// Takes the counter out of the page. Every number that user space can write there is a counter, but
// TAKEN, which only the kernel writes: it counts as 0. Head's lock held.
void reclaim(Events &events);
// Puts the counter into the page, if nobody waits or polls. Somebody has mapped it. Head's lock
// held.
void lend(Queue &queue);

// Begin and end a section of the head's lock that uses the counter.
WAITQ_INLINE void begin_section(Events &events)
{
    events.queue.assert_held();
    if (events.page.lent)
        reclaim(events);
}
WAITQ_INLINE void end_section(Queue &queue)
{
    queue.events.queue.assert_held();
    if (queue.events.page.mappings != 0)
        lend(queue);
}

// Such a section, by HeadGuard or HeadIrqGuard, which tell of the contexts.
template <class Guard>
class [[nodiscard]] CounterGuard {
public:
    WAITQ_INLINE explicit CounterGuard(Queue &queue) : queue_(queue), guard_(queue.events.queue)
    {
        begin_section(queue.events);
    }
    WAITQ_INLINE ~CounterGuard() { end_section(queue_); }
    CounterGuard(const CounterGuard &) = delete;
    CounterGuard &operator=(const CounterGuard &) = delete;

    // Gives the lock back, and takes it again. HeadIrqGuard only.
    WAITQ_INLINE void suspend()
    {
        end_section(queue_);
        queue_.events.queue.unlock_irq();
    }
    WAITQ_INLINE void resume()
    {
        queue_.events.queue.lock_irq();
        begin_section(queue_.events);
    }
    // Between the two it lets others run.
    WAITQ_INLINE void pause()
    {
        suspend();
        kapi_cond_resched();
        resume();
    }

private:
    Queue &queue_;
    const Guard guard_;
};
using CounterIrqGuard = CounterGuard<HeadIrqGuard>;

} // namespace waitq
