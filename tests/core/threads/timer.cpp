// SPDX-License-Identifier: GPL-2.0
// timer.cpp - hrtimers. Their interrupts are threads, two CPUs; or, with a clock of one's own,
// fire_next().
#include "objects.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace threads {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

class Timers {
public:
    ~Timers()
    {
        {
            const std::scoped_lock guard(lock_);
            ended_ = true;
        }
        changed_.notify_all();
    }

    void start(hrtimer *timer, long long expiry_ns)
    {
        const std::scoped_lock guard(lock_);
        inside(timer).expiry_ns = expiry_ns;
        arm(timer);
        for (std::jthread &cpu : cpus_)
            if (real_ && !cpu.joinable())
                cpu = std::jthread([this] { interrupts(); });
        changed_.notify_all();
    }

    bool cancel(hrtimer *timer)
    {
        std::unique_lock guard(lock_);
        changed_.wait(guard, [&] { return !inside(timer).running; });
        std::erase(armed_, timer);
        return std::exchange(inside(timer).armed, false);
    }

    hrtimer *fire_next(long long until_ns, void (*before)(hrtimer *timer))
    {
        std::unique_lock guard(lock_);
        real_ = false;
        hrtimer *timer = first();
        if (!timer || inside(timer).expiry_ns > until_ns)
            return nullptr;
        fire(guard, timer, before);
        return timer;
    }

private:
    void arm(hrtimer *timer)
    {
        inside(timer).armed = true;
        armed_.push_back(timer);
    }

    hrtimer *first()
    {
        const auto at = std::ranges::min_element(
            armed_, {}, [](hrtimer *timer) { return inside(timer).expiry_ns; });
        return at == armed_.end() ? nullptr : *at;
    }

    // __run_hrtimer()
    void fire(std::unique_lock<std::mutex> &guard, hrtimer *timer, void (*before)(hrtimer *))
    {
        std::erase(armed_, timer);
        inside(timer).armed = false;
        inside(timer).running = true;
        guard.unlock();
        bool again = false;
        {
            Task interrupt(Context::interrupt);
            const RunAs self(interrupt);
            if (before)
                before(timer);
            again = waitq_timer_fired(timer);
            if (interrupt.spinlocks)
                broken("an interrupt returns with a spinlock held");
        }
        guard.lock();
        inside(timer).running = false;
        if (again)
            arm(timer);
        changed_.notify_all();
    }

    void interrupts()
    {
        std::unique_lock guard(lock_);
        while (!ended_) {
            hrtimer *timer = first();
            if (!timer) {
                changed_.wait(guard);
                continue;
            }
            const steady_clock::time_point expiry{nanoseconds(inside(timer).expiry_ns)};
            if (steady_clock::now() < expiry)
                changed_.wait_until(guard, expiry);
            else
                fire(guard, timer, nullptr);
        }
    }

    std::mutex lock_; // kernel: hrtimer_cpu_base::lock
    std::condition_variable changed_;
    std::vector<hrtimer *> armed_;
    bool ended_ = false, real_ = true;
    std::array<std::jthread, 2> cpus_; // last: they end before the rest does
};

Timers timers;

} // namespace

hrtimer *fire_next(long long until_ns, void (*before)(hrtimer *timer))
{
    return timers.fire_next(until_ns, before);
}

} // namespace threads

using namespace threads;

extern "C" {

void kapi_timer_init(hrtimer *timer)
{
    inside(timer) = {};
}

void kapi_timer_start(hrtimer *timer, long long ns, bool absolute)
{
    // ktime_add_safe()
    const long long now = kapi_now_ns();
    timers.start(timer, absolute ? ns : ns < endless - now ? now + ns : endless);
}

// Only its own function is at the timer now, so no lock.
void kapi_timer_forward(hrtimer *timer, long long not_before_ns, long long period_ns)
{
    HrTimer &self = inside(timer);
    if (!self.running || current().context != Context::interrupt || period_ns <= 0)
        broken("a timer is forwarded from without its function, or by nothing");
    const long long late = not_before_ns - self.expiry_ns;
    if (late < 0)
        return;
    const long long periods = late / period_ns + 1;
    long long step = 0, sum = 0;
    if (__builtin_mul_overflow(periods, period_ns, &step) ||
        __builtin_add_overflow(self.expiry_ns, step, &sum))
        sum = endless;
    self.expiry_ns = sum;
}

int hrtimer_cancel(hrtimer *timer)
{
    must_be_able_to_sleep("hrtimer_cancel() where nobody may sleep");
    return timers.cancel(timer);
}

} // extern "C"
