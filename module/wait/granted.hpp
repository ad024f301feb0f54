// SPDX-License-Identifier: GPL-2.0
// granted.hpp - a wait whose waker tests the waiter's condition. It wakes only a waiter whose
// condition is true, and takes the resource for it.
#pragma once

#include "wait_event.hpp"

namespace waitq {

// A waiter's claim to a resource, for wait_granted(). All three are called with the head's lock
// held, which guards the state that they use:
//
//   test()         the condition. If it is true it takes the resource, and is not called again
//   linked()       the entry was linked
//   left(outcome)  its own task unlinked it, and the wait ends with that outcome
//
// The entry's wake function does the rest: see grant().
template <class T>
concept Claim = requires(T claim)
{
    {
        claim.test()
        } -> same_as<bool>;
    claim.linked();
    claim.left(WaitOutcome::satisfied);
};

// The body of a wake function for wait_granted(), with the head's lock held. `possible()` says
// whether the condition is true, `take()` takes the resource for the waiter. take() must not touch
// the entry, whose task may be gone by then:
//
//   waker (head locked)               waiter
//   possible()? yes
//   wakes it, unlinks it (release)
//                                     unlinked? (acquire) yes: satisfied, returns
//   take()                            this entry's stack is reused
//
// A waiter that runs already, because of a signal or its timeout, is passed over, and the wake-up
// goes on to the next. It tests its condition itself once it has the head's lock.
// Mirrors autoremove_wake_function() of kernel/sched/wait.c.
template <class Possible, class Take>
WAITQ_INLINE int grant(wait_queue_entry *entry, unsigned int mode, int sync, Possible possible,
                       Take take)
{
    if (!possible() || !kapi_entry_wake_task(entry, mode, sync))
        return 0;
    take();
    return 1;
}

// The sleep of wait_granted(), for a caller that has found the condition false under the head's
// lock. Context: process; the caller has taken the head's lock by lock_irq(), and this function
// gives it back.
template <SleepPolicy Sleep, class Entry, Claim C>
[[nodiscard]] WAITQ_INLINE WaitOutcome sleep_granted(WaitQueue &queue, Entry &entry,
                                                     TaskState state, Sleep &sleep, C &claim)
{
    queue.assert_held();
    WaitOutcome outcome;
    const auto native_state = static_cast<unsigned int>(state);
    claim.linked();
    if (!kapi_prepare_locked_irq(queue.native(), entry.native(), entry.flags(),
                                 entry.wake_function(), native_state)) {
        outcome = sleep.expired() ? WaitOutcome::timed_out : WaitOutcome::signalled;
        claim.left(outcome);
        queue.unlock_irq();
        return outcome;
    }
    for (;;) {
        sleep.sleep();
        if (kapi_is_unlinked(entry.native()))
            return WaitOutcome::satisfied;
        queue.lock_irq();
        // This task may have run before its waker unlinked the entry.
        if (kapi_is_unlinked(entry.native())) {
            outcome = WaitOutcome::satisfied;
            break;
        }
        if (claim.test())
            outcome = WaitOutcome::satisfied;
        else if (sleep.expired())
            outcome = WaitOutcome::timed_out;
        else if (kapi_signal_pending_state(native_state))
            outcome = WaitOutcome::signalled;
        else {
            kapi_set_current_state(native_state);
            queue.unlock_irq();
            continue;
        }
        kapi_unlink(queue.native(), entry.native());
        claim.left(outcome);
        break;
    }
    queue.unlock_irq();
    return outcome;
}

// Sleeps until the claim's condition is true, the time is up, or a signal comes that `state`
// heeds. Satisfied beats timed out, timed out beats signalled. First in, first out: the entry goes
// to the tail, exclusive or not.
//
// entry: a WaitEntry, made with WaitEntry::Later, that has two functions more: flags() (Exclusive),
//   and wake_function(), made of grant().
// sleep: a policy of timeout.hpp, whose begin() was called.
// Context: process, no lock held, interrupts on; may sleep.
//
// No wake-up is lost: a waker changes the condition and walks the queue in one section of the
// head's lock, and the waiter tests and links itself in one. A waiter that leaves by a signal or
// its timeout swallows no wake-up: either the wake-up gave it the resource and unlinked it, and it
// is satisfied, or the wake-up passed it over.
template <SleepPolicy Sleep, class Entry, Claim C>
[[nodiscard]] WAITQ_INLINE WaitOutcome wait_granted(WaitQueue &queue, Entry &entry, TaskState state,
                                                    Sleep &sleep, C &claim)
{
    if constexpr (KAPI_DEBUG_ATOMIC_SLEEP)
        kapi_might_sleep();
    queue.lock_irq();
    if (!claim.test())
        return sleep_granted(queue, entry, state, sleep, claim);
    queue.unlock_irq();
    return WaitOutcome::satisfied;
}

} // namespace waitq
