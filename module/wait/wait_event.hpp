// SPDX-License-Identifier: GPL-2.0
// wait_event.hpp - sleep until a condition holds.
#pragma once

#include "concepts.hpp"
#include "timeout.hpp"
#include "wait_entry.hpp"

namespace waitq {

// The state in which the task sleeps. It decides which signals may end the wait.
enum class TaskState : int {
    interruptible = KAPI_TASK_INTERRUPTIBLE,     // any signal
    uninterruptible = KAPI_TASK_UNINTERRUPTIBLE, // none
    killable = KAPI_TASK_KILLABLE,               // a fatal signal
    idle = KAPI_TASK_IDLE,                       // none, and the load average does not count it
    freezable = KAPI_TASK_FREEZABLE,             // any signal; with a freezable policy
};

// True if a signal may end a sleep in that state.
WAITQ_INLINE constexpr bool heeds_signals(TaskState state)
{
    constexpr int killable_only = KAPI_TASK_KILLABLE & ~KAPI_TASK_UNINTERRUPTIBLE;
    return static_cast<int>(state) & (KAPI_TASK_INTERRUPTIBLE | killable_only);
}

enum class WaitOutcome : unsigned char {
    satisfied, // the condition was true
    timed_out, // the time was up and the condition false
    signalled, // a signal is pending and the condition false
};

struct [[nodiscard]] WaitResult {
    WaitOutcome outcome;
    long left;               // jiffies. With Jiffies: 1 or more if satisfied, 0 if timed out
    unsigned long spurious;  // times that the task woke in vain and slept on
    unsigned long passed_on; // tasks woken in its place, if the queue counts: see wait_event()

    WAITQ_INLINE bool satisfied() const { return outcome == WaitOutcome::satisfied; }
};

// Gives the entry the condition's info for onlookers.
template <WaitCondition Condition>
WAITQ_INLINE void set_waiter_info(CountedEntry &entry, const Condition &condition)
{
    if constexpr (ObservingCondition<Condition>)
        entry.set_waiter_info(condition.waiter_info());
}
template <WaitCondition Condition>
WAITQ_INLINE void set_waiter_info(WaitEntry &, const Condition &) // it has no room for any
{}

// The task was woken with the condition false, and sleeps on.
template <WaitCondition Condition>
WAITQ_INLINE void woken_in_vain(Condition &condition, WaitResult &result)
{
    ++result.spurious;
    if constexpr (ObservingCondition<Condition>)
        condition.woken_in_vain();
}

// Passes on to the next waiter a wake-up that this task got and does not use.
WAITQ_INLINE void pass_on(CountedQueue &queue, WaitResult &result)
{
    result.passed_on = queue.wake_up(Wakes::one()).tasks;
}
WAITQ_INLINE void pass_on(WaitQueue &queue, WaitResult &)
{
    queue.wake_up(Wakes::one());
}

// Sleeps in `queue` until `condition()` is true, the time is up, or a signal comes that
// `state` heeds. Satisfied beats timed out, timed out beats signalled (HrTimeout: the other way
// round, as in the kernel).
//
// queue: a WaitQueue, or a CountedQueue.
// condition: callable, bool(). Runs with the task's state set: it may take spinlocks,
//   but not sleep, take a mutex or touch user memory. It may take what it waits for: it
//   is not called again once it has returned true. The number of calls is not part
//   of the contract. It may observe the wait as well: see ObservingCondition.
// sleep: a policy of timeout.hpp. Timeout(0) only tests the condition.
// Context: process, no lock held but that of Unlocked, with which the condition runs and
//   wait_event() returns; may sleep. (might_sleep() is called only on kernels that check it,
//   DEBUG_ATOMIC_SLEEP. The macro always calls it, and on some kernels it lets other tasks run;
//   no caller can rely on that.)
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
// A wake-up may also be spent on a waiter that does not sleep: it is linked and its state set when
// it tests the condition. If the condition is true, it wakes the next in its place:
//
//   waiter A                            waker                       waiter B
//   prepare()                                                       (asleep, behind A)
//   condition()? true, takes it
//                                       condition = true again;
//                                       wake_up(one): A
//   finish(): was unlinked
//   wake_up(one): B
//
// ___wait_event() has no answer to that. Callers in the kernel that wait exclusively for something
// they consume have their own answer, as pipe_read() has.
//
// Mirrors ___wait_event() of include/linux/wait.h as it is since 6.15, which tests the
// condition right after sleeping. Before 6.15 the task went back to prepare with a timeout
// that was over, and a wake-up could be lost there.
template <class Queue, SleepPolicy Sleep, WaitCondition Condition>
[[nodiscard]] WAITQ_INLINE WaitResult wait_event(Queue &queue, TaskState state, Exclusive exclusive,
                                                 Sleep sleep, Condition condition)
{
    if constexpr (!Sleep::locked && KAPI_DEBUG_ATOMIC_SLEEP)
        kapi_might_sleep();
    if (condition())
        return {WaitOutcome::satisfied, sleep.left_satisfied(), 0, 0};
    if (!Sleep::begins && sleep.expired())
        return {WaitOutcome::timed_out, 0, 0, 0};
    sleep.begin();

    WAITQ_UNINITIALIZED auto entry = entry_for(queue, exclusive);
    set_waiter_info(entry, condition);
    WaitResult result{};
    bool at_once = false; // satisfied after prepare(), without sleeping
    for (bool slept = false;; slept = true) {
        const bool signal = entry.prepare(queue, static_cast<int>(state)) && heeds_signals(state);
        if (condition()) {
            at_once = !signal; // with a signal it is not linked
            result.outcome = WaitOutcome::satisfied;
            break;
        }
        if (signal) {
            result.outcome = WaitOutcome::signalled;
            break;
        }
        if (slept)
            woken_in_vain(condition, result);
        sleep.sleep();
        if (condition()) {
            result.outcome = WaitOutcome::satisfied;
            break;
        }
        if (sleep.expired()) {
            result.outcome = WaitOutcome::timed_out;
            if (Sleep::signal_first && kapi_signal_pending_state(static_cast<unsigned int>(state)))
                result.outcome = WaitOutcome::signalled;
            break;
        }
    }
    if (exclusive == Exclusive::no || !at_once)
        entry.finish(queue);
    else if (entry.finish_and_tell(queue))
        pass_on(queue, result);
    sleep.end();
    result.left = result.satisfied() ? sleep.left_satisfied() : sleep.left();
    return result;
}

} // namespace waitq
