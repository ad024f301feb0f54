// SPDX-License-Identifier: GPL-2.0
// by_kind.hpp - a row of the table of wait kinds is a choice of the wait layer's policies.
//
// What waits is a `Wanted`. It has:
//
//   kind                  a WaitKind. Where it is a constant, so is the choice
//   head(), lock()        the queue; the SpinLock of kinds with lock CALLER
//   state, exclusive      TaskState; Exclusive
//   condition()           what wait_event() takes
//   before(), after()     the commands around the sleep
#pragma once

#include "../wait/by_hand.hpp"
#include "../wait/locked.hpp"
#include "kinds.hpp"

namespace waitq {

// How long, in both units; a kind looks at the one that it counts in.
struct Duration {
    long jiffies;
    __s64 ns;

    // Conversion is Timeout's: never early.
    WAITQ_INLINE static Duration from_ns(__s64 ns)
    {
        return {Timeout::from_ns(static_cast<__u64>(ns)).left(), ns};
    }
};

namespace by_kind {

template <class Wanted, class Sleep>
WAITQ_INLINE WaitResult by_loop(Wanted &wanted, Sleep sleep)
{
    return wait_event(wanted.head(), wanted.state, wanted.exclusive, sleep, wanted.condition());
}

template <class Wanted, class Sleep>
WAITQ_INLINE WaitResult by_unlocked(Wanted &wanted, Sleep sleep)
{
    return by_loop(wanted, Unlocked<Sleep>(wanted.lock(), sleep));
}

template <Interrupts interrupts, class Wanted>
WAITQ_INLINE WaitResult by_locked(Wanted &wanted)
{
    return wait_event_locked<interrupts>(wanted.head(), wanted.exclusive, wanted.condition());
}

template <class Wanted>
WAITQ_INLINE WaitResult by_command(Wanted &wanted)
{
    const auto before = [&]() __attribute__((always_inline))
    {
        wanted.before();
    };
    const auto after = [&]() __attribute__((always_inline))
    {
        wanted.after();
    };
    const auto nothing = []() __attribute__((always_inline)){};
    if (wanted.kind.sleep == row::Sleep::BEFORE_CMD)
        return by_unlocked(wanted, Commanded(Forever(), before, nothing));
    return by_loop(wanted, Commanded(Forever(), before, after));
}

} // namespace by_kind

// The wait_event family: kinds whose sleep is PLAIN, IO, CMD or BEFORE_CMD. Context: as
// wait_event(), with the kind's lock held.
template <class Wanted>
WAITQ_INLINE WaitResult wait_event_by_kind(Wanted &wanted, Duration time)
{
    using namespace by_kind;
    const bool freezable = wanted.kind.state == row::State::FREEZABLE;
    if (wanted.kind.sleep == row::Sleep::IO)
        return by_loop(wanted, ForeverIo());
    if (wanted.kind.sleep != row::Sleep::PLAIN)
        return by_command(wanted);
    switch (wanted.kind.lock) {
    case row::Lock::HEAD:
        return by_locked<Interrupts::on>(wanted);
    case row::Lock::HEAD_IRQ:
        return by_locked<Interrupts::off>(wanted);
    case row::Lock::CALLER:
        return wanted.kind.timed() ? by_unlocked(wanted, Timeout(time.jiffies))
                                   : by_unlocked(wanted, Forever());
    case row::Lock::NONE:
        break;
    }
    switch (wanted.kind.clock) {
    case row::Clock::HRTIMER:
        return by_loop(wanted, HrTimeout(time.ns));
    case row::Clock::JIFFIES:
        return freezable ? by_loop(wanted, FreezableTimeout(time.jiffies))
                         : by_loop(wanted, Timeout(time.jiffies));
    case row::Clock::NONE:
        break;
    }
    return freezable ? by_loop(wanted, ForeverFreezable()) : by_loop(wanted, Forever());
}

// The ways to sleep by hand: kinds whose sleep is PREPARE, PREPARE_EVENT, ADD or WOKEN. False:
// another one is first already (add_wait_queue_priority_exclusive), it did not wait.
template <class Wanted>
[[nodiscard]] WAITQ_INLINE bool sleep_by_kind(Wanted &wanted, Duration time, HandResult &result)
{
    const Timeout timeout(time.jiffies);
    const auto condition = wanted.condition();
    switch (wanted.kind.sleep) {
    case row::Sleep::PREPARE:
        result = sleep_prepared(wanted.head(), wanted.state, wanted.exclusive, condition);
        return true;
    case row::Sleep::PREPARE_EVENT:
        result = sleep_prepared_event(wanted.head(), wanted.state, wanted.exclusive, condition);
        return true;
    case row::Sleep::WOKEN:
        result = sleep_woken(wanted.head(), wanted.state, timeout, condition);
        return true;
    default:
        break;
    }
    switch (wanted.kind.entry) {
    case row::Entry::PRIORITY:
        result = sleep_first(wanted.head(), wanted.state, timeout, condition);
        return true;
    case row::Entry::SOLE:
        return sleep_sole(wanted.head(), wanted.state, timeout, condition, result);
    default:
        result = sleep_added(wanted.head(), wanted.state, wanted.exclusive, timeout, condition);
        return true;
    }
}

} // namespace waitq
