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
    constexpr bool irq_on = interrupts == Interrupts::on;
    constexpr auto prepare = irq_on ? kapi_prepare_locked : kapi_prepare_locked_irq;
    constexpr auto finish = irq_on ? kapi_finish_locked : kapi_finish_locked_irq;
    for (;;) {
        if (!prepare(queue.native(), entry.native(), flags, entry.wake_function(),
                     KAPI_TASK_INTERRUPTIBLE)) {
            result.outcome = WaitOutcome::signalled;
            return result;
        }
        schedule();
        finish(queue.native(), entry.native());
        if (condition())
            return result;
        if (!kapi_signal_pending())
            woken_in_vain(condition, result);
    }
}

} // namespace waitq
