// SPDX-License-Identifier: GPL-2.0
// timeout.hpp - how long a wait may last: a type, chosen where the wait is written.
#pragma once

#include "../kernel/boundary.h"
#include "inline.hpp"

namespace waitq {

// A timeout policy of wait_event() says whether time is up, sleeps, and tells what is
// left, in jiffies.

// No end (kernel: the wait_event macros without _timeout).
class Forever {
public:
    WAITQ_INLINE constexpr bool expired() const { return false; }
    WAITQ_INLINE void sleep() { schedule(); }
    WAITQ_INLINE constexpr long left() const { return 0; }
};

// A number of jiffies (kernel: the _timeout macros, by schedule_timeout()).
class Timeout {
public:
    // jiffies: 0 (only look) to KAPI_MAX_JIFFY_OFFSET.
    WAITQ_INLINE constexpr explicit Timeout(long jiffies) : left_(jiffies) {}

    // Never early: rounded up to whole jiffies, and one more, because the current one
    // has begun. 0 stays 0. What is too long for the kernel is cut to the longest that
    // it can count (kapi_ns_to_jiffies()).
    WAITQ_INLINE static Timeout from_ns(unsigned long long ns)
    {
        if (ns == 0)
            return Timeout(0);
        const long jiffies = kapi_ns_to_jiffies(ns);
        return Timeout(jiffies < KAPI_MAX_JIFFY_OFFSET - 2 ? jiffies + 2 : KAPI_MAX_JIFFY_OFFSET);
    }

    WAITQ_INLINE bool expired() const { return left_ == 0; }
    WAITQ_INLINE void sleep() { left_ = schedule_timeout(left_); }
    WAITQ_INLINE long left() const { return left_; }

private:
    long left_;
};

} // namespace waitq
