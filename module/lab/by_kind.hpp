// SPDX-License-Identifier: GPL-2.0
// by_kind.hpp - a row of the table of wait kinds is a choice of the wait layer's policies, made
// when the call runs.
#pragma once

#include "../wait/by_hand.hpp"
#include "../wait/locked.hpp"
#include "kinds.hpp"

namespace waitq::lab {

// A timeout in both units; a kind uses the one that it counts in.
struct Duration {
    long jiffies;
    __s64 ns;

    // Conversion is Timeout's: never early.
    WAITQ_INLINE static Duration from_ns(__s64 ns)
    {
        return {Timeout::from_ns(static_cast<__u64>(ns)).left(), ns};
    }
};

// A waiter: the row of its kind, and the parts that the row does not give.
//
//   kind                  a WaitKind
//   state, exclusive      TaskState; Exclusive
//   head(), lock()        the queue; the SpinLock of kinds with lock CALLER
//   condition()           the condition for wait_event()
//   before(), after()     the commands around the sleep
//   sleep_by_func(), sleep_on()
//                         two kinds that the waiter implements. False: it did not wait
template <class T>
concept Waiter = requires(T waiter, Timeout timeout, HandResult &result)
{
    requires same_as<decltype((waiter.kind)), const WaitKind &>;
    requires same_as<decltype((waiter.state)), const TaskState &>;
    requires same_as<decltype((waiter.exclusive)), const Exclusive &>;
    requires same_as<decltype(waiter.head()), CountedQueue &>;
    requires same_as<decltype(waiter.lock()), SpinLock &>;
    requires WaitCondition<decltype(waiter.condition())>;
    waiter.before();
    waiter.after();
    requires same_as<decltype(waiter.sleep_by_func(timeout, result)), bool>;
    requires same_as<decltype(waiter.sleep_on(timeout, result)), bool>;
};

namespace by_kind {

template <class W, class Sleep>
WAITQ_INLINE bool by_loop(W &waiter, Sleep sleep, HandResult &result)
{
    result.wait =
        wait_event(waiter.head(), waiter.state, waiter.exclusive, sleep, waiter.condition());
    return true;
}

template <class W, class Sleep>
WAITQ_INLINE bool by_unlocked(W &waiter, Sleep sleep, HandResult &result)
{
    return by_loop(waiter, Unlocked<Sleep>(waiter.lock(), sleep), result);
}

template <Interrupts interrupts, class W>
WAITQ_INLINE bool by_locked(W &waiter, HandResult &result)
{
    result.wait =
        wait_event_locked<interrupts>(waiter.head(), waiter.exclusive, waiter.condition());
    return true;
}

} // namespace by_kind

// Waits as the row says, in a result that is all zeros. False: it did not wait, because another
// waiter is first already (add_wait_queue_priority_exclusive), or as the waiter's own kinds say.
// Context: as wait_event(), with the kind's lock held.
template <Waiter W>
[[nodiscard]] WAITQ_INLINE bool wait_by_kind(W &waiter, Duration time, HandResult &result)
{
    using namespace by_kind;
    const auto before = [&]() __attribute__((always_inline))
    {
        waiter.before();
    };
    const auto after = [&]() __attribute__((always_inline))
    {
        waiter.after();
    };
    const auto nothing = []() __attribute__((always_inline)){};
    const Timeout timeout(time.jiffies);
    CountedQueue &queue = waiter.head();
    switch (waiter.kind.way) {
    case Way::forever:
        return by_loop(waiter, Forever(), result);
    case Way::io:
        return by_loop(waiter, ForeverIo(), result);
    case Way::freezable:
        return by_loop(waiter, ForeverFreezable(), result);
    case Way::timeout:
        return by_loop(waiter, timeout, result);
    case Way::freezable_timeout:
        return by_loop(waiter, FreezableTimeout(time.jiffies), result);
    case Way::hrtimeout:
        return by_loop(waiter, HrTimeout(time.ns), result);
    case Way::commanded:
        return by_loop(waiter, Commanded(Forever(), before, after), result);
    case Way::unlocked:
        return by_unlocked(waiter, Forever(), result);
    case Way::unlocked_timeout:
        return by_unlocked(waiter, timeout, result);
    case Way::unlocked_commanded:
        return by_unlocked(waiter, Commanded(Forever(), before, nothing), result);
    case Way::head_locked:
        return by_locked<Interrupts::on>(waiter, result);
    case Way::head_locked_irq:
        return by_locked<Interrupts::off>(waiter, result);
    case Way::prepared:
        result = sleep_prepared(queue, waiter.state, waiter.exclusive, waiter.condition());
        return true;
    case Way::prepared_event:
        result = sleep_prepared_event(queue, waiter.state, waiter.exclusive, waiter.condition());
        return true;
    case Way::added:
        result = sleep_added(queue, waiter.state, waiter.exclusive, timeout, waiter.condition());
        return true;
    case Way::first:
        result = sleep_first(queue, waiter.state, timeout, waiter.condition());
        return true;
    case Way::sole:
        return sleep_sole(queue, waiter.state, timeout, waiter.condition(), result);
    case Way::woken:
        result = sleep_woken(queue, waiter.state, timeout, waiter.condition());
        return true;
    case Way::func:
        return waiter.sleep_by_func(timeout, result);
    case Way::sleep_on:
        return waiter.sleep_on(timeout, result);
    }
    return false;
}

} // namespace waitq::lab
