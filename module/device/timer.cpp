// SPDX-License-Identifier: GPL-2.0
// timer.cpp - the timers of open files, and the bound on all of them together.
#include "timer.hpp"

namespace waitq {
namespace {

// The period has a floor, but files are cheap and a wake-up walks its whole queue: many
// timers, or one over many waiters, could still keep a CPU in interrupts. So each firing
// books four times what it took, and no timer is armed for, or goes on to, a time before the
// one that is booked. (Were arming free, one that is armed anew each time that it fired could
// book far ahead of what everybody's timers may have.)
class Pace {
public:
    void init()
    {
        lock_.init("waitq pace", &key_);
        booked_until_ = 0;
    }

    // The time before which no timer is to fire.
    __s64 free_from()
    {
        const SpinGuard guard(lock_);
        return booked_until_;
    }

    // A firing began and ended. Returns the time before which its timer must not fire.
    __s64 book(__s64 begin, __s64 end)
    {
        const SpinGuard guard(lock_);
        if (booked_until_ < begin)
            booked_until_ = begin;
        booked_until_ += 4 * (end - begin + interrupt_ns);
        return booked_until_;
    }

private:
    // What entering and leaving the interrupt costs, about: no clock sees that from within.
    static constexpr __s64 interrupt_ns = 2000;

    SpinLock lock_;
    lock_class_key key_;
    __s64 booked_until_; // guarded by lock_
};

constinit Pace pace{};

Error check(const waitq_timer &request)
{
    if (request.pad != 0)
        return Error::bad_argument;
    if (request.flags & WAITQ_TIMER_CANCEL) {
        const bool bare = request.flags == WAITQ_TIMER_CANCEL && request.kind == 0 &&
                          request.nr == 0 && request.delay_ns == 0 && request.period_ns == 0 &&
                          request.count == 0 && request.post == 0 && request.key == 0;
        return bare ? Error::none : Error::bad_argument;
    }
    if ((request.flags & ~WAITQ_ABSOLUTE) || request.delay_ns < 0 ||
        request.kind == WAITQ_WAKE_UP_POLLFREE)
        return Error::bad_argument;
    if (request.period_ns == 0 ? request.count != 1 : request.period_ns < WAITQ_TIMER_PERIOD_MIN_NS)
        return Error::bad_argument;
    return Error::none;
}

} // namespace

void timers_init()
{
    pace.init();
}

void Timer::init(Queue &queue)
{
    queue_ = &queue;
    arming_.init();
    kapi_timer_init(&native_);
}

void Timer::cancel()
{
    hrtimer_cancel(&native_);
}

Error Timer::set(waitq_timer &request)
{
    if (const Error error = check(request); error != Error::none)
        return error;
    Order order{};
    if (const Error error = parse_order(request.kind, request.nr, request.key, request.post, order);
        error != Error::none)
        return error;

    const MutexGuard guard(arming_);
    cancel();
    request.fired = fired_;
    fired_ = 0;
    if (request.flags & WAITQ_TIMER_CANCEL)
        return Error::none;

    period_ns_ = request.period_ns;
    remaining_ = request.count;
    order_ = order;
    const bool absolute = request.flags & WAITQ_ABSOLUTE;
    const __s64 free_from = pace.free_from();
    const __s64 origin = absolute ? 0 : kapi_now_ns();
    if (request.delay_ns < free_from - origin)
        kapi_timer_start(&native_, free_from, true);
    else
        kapi_timer_start(&native_, request.delay_ns, absolute);
    return Error::none;
}

bool Timer::expired()
{
    const __s64 begin = kapi_now_ns();
    carry_out(*queue_, order_, true); // would it overflow, the counter stays, the wake-up comes
    ++fired_;
    const __s64 not_before = pace.book(begin, kapi_now_ns());
    if (remaining_ != 0 && --remaining_ == 0)
        return false;
    kapi_timer_forward(&native_, not_before, period_ns_);
    return true;
}

} // namespace waitq

bool waitq_timer_fired(hrtimer *timer)
{
    return waitq::Timer::of(timer).expired();
}
