// SPDX-License-Identifier: GPL-2.0
// wait_event.hpp - sleep until a condition holds.
#pragma once

#include "timeout.hpp"
#include "wait_queue.hpp"

namespace waitq {

// The state that the task sleeps in, which says what else may end the wait.
enum class TaskState : int {
    interruptible = KAPI_TASK_INTERRUPTIBLE,     // any signal
    uninterruptible = KAPI_TASK_UNINTERRUPTIBLE, // nothing
    killable = KAPI_TASK_KILLABLE,               // a fatal signal
};

enum class WaitOutcome : unsigned char {
    satisfied, // the condition was true
    timed_out, // the time was up and the condition false
    signalled, // a signal is pending and the condition false
};

struct [[nodiscard]] WaitResult {
    WaitOutcome outcome;
    long left;               // jiffies. With a Timeout: 1 or more if satisfied, 0 if timed out
    unsigned long spurious;  // times that the task woke in vain and slept on
    unsigned long passed_on; // tasks woken in its place: see wait_event()

    WAITQ_INLINE bool satisfied() const { return outcome == WaitOutcome::satisfied; }
};

// Sleeps in `queue` until `condition()` is true, the time is up, or a signal comes that
// `state` heeds. Satisfied beats timed out, timed out beats signalled.
//
// condition: callable, bool(). Runs with the task's state set: it may take spinlocks,
//   but not sleep, take a mutex or touch user memory. It may take what it waits for: it
//   is not called again once it has returned true. How often it is called is not part
//   of the contract. If it has a member woken_in_vain(), that is called, under the same
//   rules, each time that the task was woken with the condition false and sleeps on.
// timeout: Forever or a Timeout; Timeout(0) only tests the condition.
// Context: process, no lock held; may sleep.
//
// An exclusive waiter never swallows a wake-up that it does not use. With a signal:
// prepare() unlinks it before the condition is tested for the last time. With a timeout:
// the last test comes while the task is running and linked, and a running task cannot
// be woken, so the wake-up goes on to the next:
//
//   waiter                              waker
//   schedule_timeout() = 0, running
//   condition()? false
//                                       condition = true; wake_up(one):
//                                         this task runs, 0; next entry: woken
//   finish()
//
// Without sleep it can happen that a wake-up is spent on a waiter that has what it wants: it
// is linked and its state set when it tests the condition. Then it wakes the next in its place:
//
//   waiter A                            waker                       waiter B
//   prepare()                                                       (asleep, behind A)
//   condition()? true, takes it
//                                       condition = true again;
//                                       wake_up(one): A
//   finish(): was unlinked
//   wake_up(one): B
//
// ___wait_event() has no answer to that; those in the kernel who wait exclusively for what
// they take away have one of their own, as pipe_read() has.
//
// Mirrors ___wait_event() of include/linux/wait.h as it is since 6.15, which tests the
// condition right after sleeping. Before, the task went back to prepare with a timeout
// that was over, and a wake-up could be lost there.
template <class Timeout, class Condition>
[[nodiscard]] WAITQ_INLINE WaitResult wait_event(WaitQueue &queue, TaskState state,
                                                 Exclusive exclusive, Timeout timeout,
                                                 Condition condition)
{
    const auto satisfied = [&](unsigned long spurious) __attribute__((always_inline))
    {
        // "Became true as the time ran out" has 1 left: 0 would say that it did not.
        const long left = timeout.expired() ? 1 : timeout.left();
        return WaitResult{WaitOutcome::satisfied, left, spurious, 0};
    };

    kapi_might_sleep();
    if (condition())
        return satisfied(0);
    if (timeout.expired())
        return {WaitOutcome::timed_out, 0, 0, 0};

    WaitEntry entry(queue, exclusive);
    WaitResult result;
    unsigned long spurious = 0;
    bool at_once = false; // satisfied since prepare(), not by having slept
    for (bool slept = false;; slept = true) {
        const bool signal = entry.prepare(static_cast<int>(state));
        if (condition()) {
            at_once = !signal; // with a signal it is not linked
            result = satisfied(spurious);
            break;
        }
        if (signal) {
            result = {WaitOutcome::signalled, timeout.left(), spurious, 0};
            break;
        }
        if (slept) {
            ++spurious;
            if constexpr (requires { condition.woken_in_vain(); })
                condition.woken_in_vain();
        }
        timeout.sleep();
        if (condition()) {
            result = satisfied(spurious);
            break;
        }
        if (timeout.expired()) {
            result = {WaitOutcome::timed_out, 0, spurious, 0};
            break;
        }
    }
    const bool unlinked = entry.finish();
    if (exclusive == Exclusive::yes && at_once && unlinked)
        result.passed_on = queue.wake_up(Wakes::one());
    return result;
}

} // namespace waitq
