// SPDX-License-Identifier: GPL-2.0
// locked.hpp - waiting with the head's own lock held, which guards the condition.
#pragma once

#include "wait_event.hpp"

namespace waitq {

// Interrupts while the caller holds the head's lock: off by WaitQueue::lock_irq(), on by
// lock_irq_on().
enum class Interrupts : bool { off, on };

// As wait_event() with TaskState::interruptible and Forever, with the head's lock held by the
// caller: the condition runs with it held, and only the sleep without it. Wake with
// WaitQueue::wake_locked(), in the section that makes the condition true.
//
// A waker takes the lock, always: WaitQueue::has_sleeper() is no shortcut here, because the
// condition is not tested again once the entry is linked.
//
// No wake-up is lost or swallowed: the condition is tested, and the entry linked and unlinked, in
// one section of the lock. First in, first out: the entry goes to the tail, exclusive or not.
//
// Context: process, that lock held and no other; may sleep.
// Mirrors __wait_event_interruptible_locked() of include/linux/wait.h.
template <Interrupts interrupts, class Queue, WaitCondition Condition>
[[nodiscard]] WAITQ_INLINE WaitResult wait_event_locked(Queue &queue, Exclusive exclusive,
                                                        Condition condition)
{
    WaitResult result{};
    if (condition())
        return result;
    WAITQ_UNINITIALIZED auto entry = entry_for(queue, WaitEntry::Later());
    const auto flags = static_cast<int>(exclusive);
    set_waiter_info(entry, condition);
    for (;;) {
        const int error =
            interrupts == Interrupts::on
                ? kapi_sleep_locked(queue.native(), entry.native(), flags, entry.wake_function())
                : kapi_sleep_locked_irq(queue.native(), entry.native(), flags,
                                        entry.wake_function());
        if (error) {
            result.outcome = WaitOutcome::signalled;
            break;
        }
        if (condition())
            break;
        if (!kapi_signal_pending())
            woken_in_vain(condition, result);
    }
    return result;
}

} // namespace waitq
