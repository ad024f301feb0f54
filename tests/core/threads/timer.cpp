// SPDX-License-Identifier: GPL-2.0
// timer.cpp - hrtimers. Their interrupts are threads, two CPUs; or, with a clock that stands still,
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
        std::erase(armed_, timer);
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
        hrtimer *timer = first();
        if (!timer || inside(timer).expiry_ns > until_ns)
            return nullptr;
        fire(guard, timer, before);
        return timer;
    }

    void no_interrupts()
    {
        const std::scoped_lock guard(lock_);
        real_ = false;
    }

    long long next_expiry()
    {
        const std::scoped_lock guard(lock_);
        const hrtimer *timer = first();
        return timer ? inside(const_cast<hrtimer *>(timer)).expiry_ns : endless;
    }

private:
    void arm(hrtimer *timer)
    {
        inside(timer).armed = true;
        armed_.push_back(timer);
    }

    // (One that runs does not come again before it is through.)
    hrtimer *first()
    {
        const auto at = std::ranges::min_element(armed_, {}, [](hrtimer *timer) {
            return inside(timer).running ? endless : inside(timer).expiry_ns;
        });
        return at == armed_.end() || inside(*at).running ? nullptr : *at;
    }

    // __run_hrtimer()
    void fire(std::unique_lock<std::mutex> &guard, hrtimer *timer, void (*before)(hrtimer *))
    {
        std::erase(armed_, timer);
        inside(timer).armed = false;
        inside(timer).running = true;
        guard.unlock();
        {
            Task interrupt(Context::interrupt);
            const RunAs self(interrupt);
            if (before)
                before(timer);
            waitq_timers_due(timer);
            if (interrupt.spinlocks)
                broken("an interrupt returns with a spinlock held");
        }
        guard.lock();
        inside(timer).running = false;
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

void no_interrupts()
{
    timers.no_interrupts();
}

long long next_expiry()
{
    return timers.next_expiry();
}

} // namespace threads

using namespace threads;

extern "C" {

void kapi_timer_init(hrtimer *timer)
{
    inside(timer) = {};
}

void kapi_timer_start(hrtimer *timer, long long at_ns)
{
    timers.start(timer, at_ns);
}

int hrtimer_cancel(hrtimer *timer)
{
    must_be_able_to_sleep("hrtimer_cancel() where no task may sleep");
    return timers.cancel(timer);
}

} // extern "C"
