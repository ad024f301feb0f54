// SPDX-License-Identifier: GPL-2.0
// timeout.hpp - the ways to sleep and to time out, each a type.
#pragma once

#include "concepts.hpp"
#include "inline.hpp"
#include "kernel/seam.h"
#include "lock.hpp"

namespace waitq {

// Each is a SleepPolicy of concepts.hpp.

// No end (kernel: the wait_event macros without _timeout). `yield` gives the CPU away.
template <void (*yield)() = schedule>
class Endless {
public:
    static constexpr bool locked = false, begins = false, signal_first = false;
    WAITQ_INLINE void begin() {}
    WAITQ_INLINE void end() {}
    WAITQ_INLINE constexpr bool expired() const { return false; }
    WAITQ_INLINE void sleep() { yield(); }
    WAITQ_INLINE constexpr long left() const { return 0; }
    WAITQ_INLINE constexpr long left_satisfied() const { return 0; }
};
using Forever = Endless<>;
using ForeverIo = Endless<io_schedule>;
// On a kernel where freezable is a task state, the sleep itself is the ordinary one.
constexpr bool freezable_is_a_state = KAPI_TASK_FREEZABLE != KAPI_TASK_INTERRUPTIBLE;
using ForeverFreezable = Endless<freezable_is_a_state ? schedule : kapi_freezable_schedule>;

// A number of jiffies (kernel: the _timeout macros, by schedule_timeout()).
template <long (*yield)(long) = schedule_timeout>
class Jiffies {
public:
    static constexpr bool locked = false, begins = false, signal_first = false;
    WAITQ_INLINE void begin() {}
    WAITQ_INLINE void end() {}

    // jiffies: 0 (only test) to KAPI_MAX_JIFFY_OFFSET.
    WAITQ_INLINE constexpr explicit Jiffies(long jiffies) : left_(jiffies) {}

    // Never early: rounded up to whole jiffies, and one more, because the current one
    // has begun. 0 stays 0. A time that is too long for the kernel is cut to the longest
    // that it can count (kapi_ns_to_jiffies()).
    WAITQ_INLINE static Jiffies from_ns(unsigned long long ns)
    {
        if (ns == 0)
            return Jiffies(0);
        const long jiffies = kapi_ns_to_jiffies(ns);
        return Jiffies(jiffies < KAPI_MAX_JIFFY_OFFSET - 2 ? jiffies + 2 : KAPI_MAX_JIFFY_OFFSET);
    }

    WAITQ_INLINE bool expired() const { return left_ == 0; }
    WAITQ_INLINE void sleep() { left_ = yield(left_); }
    // Sleeps by another function: long(long jiffies), which returns the jiffies left.
    template <class Way>
    WAITQ_INLINE void sleep_by(Way way)
    {
        left_ = way(left_);
    }
    WAITQ_INLINE long left() const { return left_; }
    // A condition that became true as the time ran out has 1 left: 0 would mean a timeout.
    WAITQ_INLINE long left_satisfied() const { return left_ ? left_ : 1; }

private:
    long left_;
};
using Timeout = Jiffies<>;
using FreezableTimeout =
    Jiffies<freezable_is_a_state ? schedule_timeout : kapi_freezable_schedule_timeout>;

// A time to the nanosecond (kernel: the _hrtimeout macros, by an hrtimer_sleeper).
class HrTimeout {
public:
    static constexpr bool locked = false, begins = true, signal_first = true;
    static constexpr unsigned long long own_slack = ~0ULL;

    // ns: 0 (only test) or more. slack_ns: it may end so much later than that; by default, as in
    // the kernel's macros, by the task's own slack at begin().
    WAITQ_INLINE constexpr explicit HrTimeout(long long ns, unsigned long long slack_ns = own_slack)
        : ns_(ns), slack_ns_(slack_ns)
    {}
    // Before begin() only.
    WAITQ_INLINE HrTimeout(const HrTimeout &other) : ns_(other.ns_), slack_ns_(other.slack_ns_) {}
    HrTimeout &operator=(const HrTimeout &) = delete;

    WAITQ_INLINE void begin()
    {
        kapi_sleeper_start(&native_, ns_,
                           slack_ns_ == own_slack ? kapi_timer_slack_ns() : slack_ns_);
    }
    WAITQ_INLINE void end() { kapi_sleeper_cancel(&native_); }
    WAITQ_INLINE bool expired() const { return ns_ == 0 || kapi_sleeper_expired(&native_); }
    // The time may be up before the task's state was set, and then the timer wakes it no more:
    //
    //   waiter                        timer
    //                                 expired = true
    //                                 wake: it runs, nothing to do
    //   set its state (full barrier)
    //   expired? yes: don't sleep
    //
    // Then it sets itself running, as it is after any sleep, so that no wake-up is spent on it.
    WAITQ_INLINE void sleep()
    {
        if (kapi_sleeper_expired(&native_))
            kapi_set_running();
        else
            schedule();
    }
    WAITQ_INLINE long left() const { return 0; }
    WAITQ_INLINE long left_satisfied() const { return 0; }

private:
    long long ns_;
    unsigned long long slack_ns_;
    hrtimer_sleeper native_;
};

// Another policy, with a command run before and one after each sleep (kernel: _cmd).
template <class Sleep, class Before, class After>
class Commanded : public Sleep {
public:
    WAITQ_INLINE Commanded(Sleep sleep, Before before, After after)
        : Sleep(sleep), before_(before), after_(after)
    {}
    WAITQ_INLINE void sleep()
    {
        before_();
        Sleep::sleep();
        after_();
    }

private:
    Before before_;
    After after_;
};

// Another policy, for a wait that is called with a spinlock held and interrupts off: the lock
// is dropped for each sleep (kernel: _lock_irq).
template <class Sleep>
class Unlocked : public Sleep {
public:
    static constexpr bool locked = true; // the other constants are that policy's

    WAITQ_INLINE Unlocked(SpinLock &lock, Sleep sleep) : Sleep(sleep), lock_(lock) {}
    WAITQ_INLINE void sleep()
    {
        lock_.unlock_irq();
        Sleep::sleep();
        lock_.lock_irq();
    }

private:
    SpinLock &lock_;
};

} // namespace waitq
