// SPDX-License-Identifier: GPL-2.0
// locked.hpp - waiting with the head's own lock held, which guards the condition.
#pragma once

#include "wait_event.hpp"

namespace waitq {

// How the caller holds the head's lock.
enum class Interrupts : bool { off, on };

// A head's own lock as wait_event_locked() wants it held. Process context, interrupts on when
// it is taken. Interrupts::on is for heads that no interrupt locks.
template <Interrupts interrupts>
class [[nodiscard]] HeldHead {
public:
    WAITQ_INLINE explicit HeldHead(WaitQueue &queue) : queue_(queue)
    {
        if constexpr (interrupts == Interrupts::on)
            kapi_head_lock_irq_on(queue.native());
        else
            kapi_head_lock_irq(queue.native());
    }
    WAITQ_INLINE ~HeldHead()
    {
        if constexpr (interrupts == Interrupts::on)
            kapi_head_unlock_irq_on(queue_.native());
        else
            kapi_head_unlock_irq(queue_.native());
    }
    HeldHead(const HeldHead &) = delete;
    HeldHead &operator=(const HeldHead &) = delete;

private:
    WaitQueue &queue_;
};

// As wait_event() with TaskState::interruptible and Forever, with the head's lock held by the
// caller: the condition runs with it held, and only the sleep is without. Wake with
// WaitQueue::wake_locked(), in the section that makes the condition true.
//
// A waker takes the lock, always: WaitQueue::has_sleeper() is no shortcut here, because the
// condition is not tested again once the entry is linked.
//
// No wake-up is lost and none kept: the condition is tested, and the entry linked and unlinked,
// in one section of the lock. The order is that of the queue, first come first served, whether
// exclusive or not.
//
// Context: process, that lock held and no other; may sleep.
// Mirrors __wait_event_interruptible_locked() of include/linux/wait.h.
template <Interrupts interrupts, class Condition>
[[nodiscard]] WAITQ_INLINE WaitResult wait_event_locked(WaitQueue &queue, Exclusive exclusive,
                                                        Condition condition)
{
    WaitResult result{};
    if (condition())
        return result;
    WaitEntry entry(queue, exclusive);
    if constexpr (requires { condition.about(); })
        entry.set_about(condition.about());
    for (;;) {
        const int error = interrupts == Interrupts::on
                              ? do_wait_intr(queue.native(), entry.native())
                              : do_wait_intr_irq(queue.native(), entry.native());
        if (error) {
            result.outcome = WaitOutcome::signalled;
            break;
        }
        if (condition())
            break;
        if (!kapi_signal_pending())
            woken_in_vain(condition, result);
    }
    kapi_unlink(queue.native(), entry.native());
    kapi_set_running();
    return result;
}

} // namespace waitq
