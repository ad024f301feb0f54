// SPDX-License-Identifier: GPL-2.0
// timer.hpp - the timer of an open file, which posts and wakes from an interrupt.
#pragma once

#include "event.hpp"

namespace waitq {

// Once, when the module is loaded.
void timers_init();

class Timer {
public:
    Timer() = default;
    Timer(const Timer &) = delete;
    Timer &operator=(const Timer &) = delete;

    void init(Queue &queue);

    // WAITQ_IOC_TIMER, without its copies. Ends the former arming, fills in `fired`.
    // Process context, may sleep.
    Error set(waitq_timer &request);

    // Ends the arming; no firing is under way afterwards. Process context, may sleep.
    void cancel();

    // The timer expired: hard irq, or a thread on PREEMPT_RT. True: it goes on.
    bool expired();

    WAITQ_INLINE static Timer &of(hrtimer *native) { return *reinterpret_cast<Timer *>(native); }

private:
    hrtimer native_; // first: of() finds the Timer by it
    Queue *queue_;
    Mutex arming_; // one set() at a time
    // Written by set() while the timer is not armed, and by expired(), which runs only
    // while it is: hrtimer_cancel() and hrtimer_start() stand between the two.
    __s64 period_ns_;
    __u64 remaining_; // firings to come; 0: no end
    __u64 fired_;
    Order order_; // of each firing
};

} // namespace waitq
