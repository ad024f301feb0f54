// SPDX-License-Identifier: GPL-2.0
// timer.cpp - the timers of open files, and the bound on all of them together.
#include "timer.hpp"

namespace waitq {
namespace {

// The period has a floor, but a file is cheap: without a common bound, a thousand open
// files would fire a thousand times as often.
class TimerRate {
public:
    void init() { lock_.init(); }

    bool take(__u32 rate)
    {
        const SpinGuard guard(lock_);
        if (rate > WAITQ_TIMER_RATE_MAX - taken_)
            return false;
        taken_ += rate;
        return true;
    }

    void give_back(__u32 rate)
    {
        const SpinGuard guard(lock_);
        taken_ -= rate;
    }

private:
    SpinLock lock_;
    __u32 taken_; // firings per second, rounded up; guarded by lock_
};

constinit TimerRate timer_rate{};

// Firings per second, rounded up; a timer that fires once counts as one.
__u32 rate_of(__s64 period_ns)
{
    constexpr __u32 second = 1000000000;
    if (period_ns == 0 || period_ns >= second)
        return 1;
    const __u32 period = static_cast<__u32>(period_ns);
    return (second + period - 1) / period;
}

Error check(const waitq_timer &request)
{
    if (request.flags & WAITQ_TIMER_CANCEL) {
        const bool bare = request.flags == WAITQ_TIMER_CANCEL && request.kind == 0 &&
                          request.nr == 0 && request.delay_ns == 0 && request.period_ns == 0 &&
                          request.count == 0 && request.post == 0;
        return bare ? Error::none : Error::bad_argument;
    }
    if ((request.flags & ~WAITQ_ABSOLUTE) || request.delay_ns < 0)
        return Error::bad_argument;
    if (request.period_ns == 0 ? request.count != 1 : request.period_ns < WAITQ_TIMER_PERIOD_MIN_NS)
        return Error::bad_argument;
    return Error::none;
}

} // namespace

void timers_init()
{
    timer_rate.init();
}

void Timer::init(Queue &queue)
{
    queue_ = &queue;
    arming_.init();
    kapi_timer_init(&native_);
}

__u64 Timer::disarm()
{
    hrtimer_cancel(&native_);
    if (rate_ != 0)
        timer_rate.give_back(rate_);
    rate_ = 0;
    const __u64 fired = fired_;
    fired_ = 0;
    return fired;
}

Error Timer::set(waitq_timer &request)
{
    Wakes wakes = Wakes::one();
    if (const Error error = check(request); error != Error::none)
        return error;
    if (!parse_wakes(request.kind, request.nr, wakes))
        return Error::bad_argument;

    const MutexGuard guard(arming_);
    request.fired = disarm();
    if (request.flags & WAITQ_TIMER_CANCEL)
        return Error::none;

    const __u32 rate = rate_of(request.period_ns);
    if (!timer_rate.take(rate))
        return Error::busy;
    rate_ = rate;
    period_ns_ = request.period_ns;
    remaining_ = request.count;
    post_ = request.post;
    wakes_ = wakes.native();
    kapi_timer_start(&native_, request.delay_ns, request.flags & WAITQ_ABSOLUTE);
    return Error::none;
}

void Timer::cancel()
{
    disarm();
}

bool Timer::expired()
{
    (void)post(*queue_, post_); // would it overflow, the counter stays, the wake-up comes
    announce(*queue_, post_, wakes_ ? Wakes::exactly(wakes_) : Wakes::all());
    ++fired_;
    if (remaining_ != 0 && --remaining_ == 0) {
        timer_rate.give_back(rate_);
        rate_ = 0;
        return false;
    }
    kapi_timer_forward(&native_, period_ns_);
    return true;
}

} // namespace waitq

bool waitq_timer_fired(hrtimer *timer)
{
    return waitq::Timer::of(timer).expired();
}
