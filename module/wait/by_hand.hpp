// SPDX-License-Identifier: GPL-2.0
// by_hand.hpp - sleeping by hand: the loops that drivers write where wait_event() does not fit.
#pragma once

#include "wait_event.hpp"

namespace waitq {

struct [[nodiscard]] HandResult {
    WaitResult wait;
    bool was_empty; // no entry was linked before this one: sleep_prepared() with exclusive
    bool linked;    // after a sleep the entry was still linked
};

namespace by_hand {

// Under the head's lock: a task may run before the waker that woke it has unlinked it.
WAITQ_INLINE bool is_linked(CountedEntry &entry)
{
    const HeadGuard guard(entry.queue());
    return !kapi_is_unlinked(entry.native());
}

// One turn of a loop, after linking and setting the state: true if the wait is over.
template <SleepPolicy Sleep, WaitCondition Condition>
WAITQ_INLINE bool over(TaskState state, Sleep &sleep, Condition &condition, WaitResult &result)
{
    if (condition())
        result.outcome = WaitOutcome::satisfied;
    else if (sleep.expired())
        result.outcome = WaitOutcome::timed_out;
    else if (kapi_signal_pending_state(static_cast<unsigned int>(state)))
        result.outcome = WaitOutcome::signalled;
    else
        return false;
    result.left = result.satisfied() ? sleep.left_satisfied() : sleep.left();
    return true;
}

} // namespace by_hand

// All of these wait in a CountedQueue. Condition, sleep, state and context are as in wait_event().
// Satisfied beats timed out, timed out beats signalled.

// prepare_to_wait() or prepare_to_wait_exclusive(), test, schedule(), finish_wait().
template <WaitCondition Condition>
WAITQ_INLINE HandResult sleep_prepared(CountedQueue &queue, TaskState state, Exclusive exclusive,
                                       Condition condition)
{
    HandResult result{};
    CountedEntry entry(queue, exclusive);
    set_waiter_info(entry, condition);
    Forever sleep;
    for (bool slept = false;; slept = true) {
        result.linked |= slept && by_hand::is_linked(entry);
        if (exclusive == Exclusive::no)
            prepare_to_wait(queue.native(), entry.native(), static_cast<int>(state));
        else if (prepare_to_wait_exclusive(queue.native(), entry.native(),
                                           static_cast<int>(state)) &&
                 !slept)
            result.was_empty = true;
        if (by_hand::over(state, sleep, condition, result.wait))
            break;
        if (slept)
            woken_in_vain(condition, result.wait);
        sleep.sleep();
    }
    // Linked anew after the last sleep, so a wake-up that unlinked it since was not used.
    const bool unlinked = entry.finish_and_tell(queue);
    if (exclusive == Exclusive::yes && unlinked)
        pass_on(queue, result.wait);
    return result;
}

// prepare_to_wait_event(), test, schedule(), finish_wait(): wait_event() as it was until 6.15.
template <WaitCondition Condition>
WAITQ_INLINE HandResult sleep_prepared_event(CountedQueue &queue, TaskState state,
                                             Exclusive exclusive, Condition condition)
{
    HandResult result{};
    CountedEntry entry(queue, exclusive);
    set_waiter_info(entry, condition);
    bool signal;
    for (bool slept = false;; slept = true) {
        result.linked |= slept && by_hand::is_linked(entry);
        signal = entry.prepare(queue, static_cast<int>(state));
        if (condition()) {
            result.wait.outcome = WaitOutcome::satisfied;
            break;
        }
        if (signal) {
            result.wait.outcome = WaitOutcome::signalled;
            break;
        }
        if (slept)
            woken_in_vain(condition, result.wait);
        schedule();
    }
    const bool unlinked = entry.finish_and_tell(queue);
    if (exclusive == Exclusive::yes && unlinked && !signal)
        pass_on(queue, result.wait);
    return result;
}

// The common part of the loops below: from add_wait_queue() to remove_wait_queue().
template <SleepPolicy Sleep, WaitCondition Condition>
WAITQ_INLINE void sleep_while_linked(LinkedEntry &entry, TaskState state, Exclusive exclusive,
                                     Sleep sleep, Condition condition, HandResult &result)
{
    // Wake-ups given to this task before it set its state for the last time: those ended a sleep.
    unsigned long used = 0;
    for (bool slept = false;; slept = true) {
        if (slept) {
            const HeadGuard guard(entry.queue());
            used = entry.given; // a task that runs is given none
            result.linked |= !kapi_is_unlinked(entry.native());
        }
        kapi_set_current_state(static_cast<unsigned int>(state));
        if (by_hand::over(state, sleep, condition, result.wait))
            break;
        if (slept)
            woken_in_vain(condition, result.wait);
        sleep.sleep();
    }
    kapi_set_running();
    remove_wait_queue(entry.queue().native(), entry.native());
    // Another wake-up came after the state was set, and this task did not sleep again.
    if (exclusive == Exclusive::yes && entry.given != used)
        pass_on(entry.queue(), result.wait);
}

// add_wait_queue() or add_wait_queue_exclusive(), set_current_state(), test, schedule_timeout(),
// remove_wait_queue().
template <SleepPolicy Sleep, WaitCondition Condition>
WAITQ_INLINE HandResult sleep_added(CountedQueue &queue, TaskState state, Exclusive exclusive,
                                    Sleep sleep, Condition condition)
{
    HandResult result{};
    LinkedEntry entry(queue, exclusive);
    set_waiter_info(entry, condition);
    if (exclusive == Exclusive::yes)
        add_wait_queue_exclusive(queue.native(), entry.native());
    else
        add_wait_queue(queue.native(), entry.native());
    sleep_while_linked(entry, state, exclusive, sleep, condition, result);
    return result;
}

// The same by add_wait_queue_priority(): before all others. Up to 6.12 such a waiter is exclusive
// as well, so that a wake-up wakes only waiters of priority; from 6.17 on it is not.
template <SleepPolicy Sleep, WaitCondition Condition>
WAITQ_INLINE HandResult sleep_first(CountedQueue &queue, TaskState state, Sleep sleep,
                                    Condition condition)
{
    HandResult result{};
    LinkedEntry entry(queue, Exclusive::no);
    set_waiter_info(entry, condition);
    kapi_add_priority(queue.native(), entry.native());
    const Exclusive exclusive =
        kapi_entry_flags(entry.native()) & KAPI_WQ_FLAG_EXCLUSIVE ? Exclusive::yes : Exclusive::no;
    sleep_while_linked(entry, state, exclusive, sleep, condition, result);
    return result;
}

// The same by add_wait_queue_priority_exclusive(). False: another entry of priority is linked, and
// the task did not wait.
template <SleepPolicy Sleep, WaitCondition Condition>
[[nodiscard]] WAITQ_INLINE bool sleep_sole(CountedQueue &queue, TaskState state, Sleep sleep,
                                           Condition condition, HandResult &result)
{
    LinkedEntry entry(queue, Exclusive::no);
    set_waiter_info(entry, condition);
    if (kapi_add_priority_exclusive(queue.native(), entry.native()) != 0)
        return false;
    sleep_while_linked(entry, state, Exclusive::yes, sleep, condition, result);
    return true;
}

// add_wait_queue(), test, wait_woken(), remove_wait_queue(). The condition runs in TASK_RUNNING, so
// it may sleep: a wake-up that comes meanwhile is kept for wait_woken().
template <WaitCondition Condition>
WAITQ_INLINE HandResult sleep_woken(CountedQueue &queue, TaskState state, Timeout timeout,
                                    Condition condition)
{
    HandResult result{};
    CountedEntry entry(queue, Exclusive::no, waitq_wake_noted);
    set_waiter_info(entry, condition);
    add_wait_queue(queue.native(), entry.native());
    const auto wait = [&](long jiffies) __attribute__((always_inline))
    {
        return wait_woken(entry.native(), static_cast<unsigned int>(state), jiffies);
    };
    for (bool slept = false;; slept = true) {
        result.linked |= slept && by_hand::is_linked(entry);
        if (by_hand::over(state, timeout, condition, result.wait))
            break;
        if (slept)
            woken_in_vain(condition, result.wait);
        timeout.sleep_by(wait);
    }
    remove_wait_queue(queue.native(), entry.native());
    return result;
}

} // namespace waitq
