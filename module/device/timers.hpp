// SPDX-License-Identifier: GPL-2.0
// timers.hpp - the timer of an open file, which posts and wakes from an interrupt.
#pragma once

#include "error.hpp"
#include "queue.hpp"

namespace waitq {

// When the module is loaded, and unloaded.
void timers_init();
void timers_exit();

struct TimerUser;

// All fields but queue_ are guarded by the timers' lock.
class Timer {
public:
    Timer() = default;
    Timer(const Timer &) = delete;
    Timer &operator=(const Timer &) = delete;

    // In zeroed memory.
    void init(Queue &queue) { queue_ = &queue; }

    // WAITQ_IOC_TIMER, without its copies, by a file that `user` has opened. Ends the former
    // arming, fills in `fired`. Process context, may sleep.
    Error set(waitq_timer &request, unsigned int user);

    // The file is closed: ends the arming. No firing is under way afterwards.
    void end();

private:
    friend class Timers;

    bool join(unsigned int user);

    kapi_sorted deadline_; // first: of() finds the Timer by it; never earlier than the arming
    __s64 phase_ns_;       // the time that the caller asked for; periods count from it
    Queue *queue_;
    TimerUser *user_; // null: never set
    bool armed_;
    Budget budget_;
    __s64 period_ns_; // 0: none
    __u64 remaining_; // firings to come; 0: no end
    __u64 post_;
    __u64 fired_;

    WAITQ_INLINE static Timer &of(kapi_sorted *deadline)
    {
        return *reinterpret_cast<Timer *>(deadline);
    }
};

} // namespace waitq
