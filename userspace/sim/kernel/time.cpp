// SPDX-License-Identifier: GPL-2.0
// time.cpp - jiffies, schedule_timeout() and timers. Time stands still but for expiries: what is
// armed may fire at any point from then on, and moves the clock to its time.
#include "kernel.hpp"

#include <algorithm>
#include <climits>
#include <cstdio>
#include <span>

volatile unsigned long jiffies;

namespace sim {
namespace {

constexpr unsigned long boot_jiffies = 1000;
constexpr long for_ever = LONG_MAX; // MAX_SCHEDULE_TIMEOUT
// The timers that have been armed, a flow for each; null: forgotten.
std::array<sim_timer *, max_threads> timers;
unsigned int timer_count = 0;

void move_clock(unsigned long to)
{
    touch(const_cast<const unsigned long *>(&jiffies), Access::write);
    if (static_cast<long>(to - jiffies) > 0)
        jiffies = to;
}

// A timer that is armed again and again would fire for ever before others take a step, and after
// them. After a few times it waits until nobody else can go on, and after many it fires no more.
constexpr unsigned int few = 2, many = 6;

bool never(const void *)
{
    return false;
}

void count_firing(Flow &flow, unsigned int &fired)
{
    flow.patient = ++fired >= few;
    if (fired == many)
        point_when(never, &flow);
}

bool timeout_armed(const void *timeout)
{
    return static_cast<const Timeout *>(timeout)->armed;
}
bool timeout_idle(const void *timeout)
{
    return !static_cast<const Timeout *>(timeout)->running;
}

// process_timeout()
void run_timeout(void *argument)
{
    Task &sleeper = *static_cast<Task *>(argument);
    unsigned int fired = 0;
    for (;;) {
        point_when(timeout_armed, &sleeper.timeout);
        touch(&sleeper.timeout, Access::write);
        sleeper.timeout.armed = false;
        sleeper.timeout.running = true;
        move_clock(sleeper.timeout.expires);
        tell("the time of %s is up", sleeper.name);
        try_to_wake_up(sleeper, TASK_NORMAL);
        point();
        touch(&sleeper.timeout, Access::write);
        sleeper.timeout.running = false;
        count_firing(running(), fired);
    }
}

bool timer_armed(const void *known)
{
    const sim_timer *timer = *static_cast<sim_timer *const *>(known);
    return timer && timer->armed && !timer->running;
}
bool timer_idle(const void *timer)
{
    return !static_cast<const sim_timer *>(timer)->running;
}

void run_timer(void *argument)
{
    sim_timer *&known = *static_cast<sim_timer **>(argument);
    sim_timer &timer = *known;
    unsigned int fired = 0;
    for (;;) {
        point_when(timer_armed, argument, &timer);
        world().check(&timer, sizeof timer);
        touch(&timer, Access::write);
        acquire_from(&timer);
        timer.armed = false;
        timer.running = true;
        move_clock(timer.expires);
        tell("fires");
        timer.function(timer.argument);
        must_be_clean();
        point();
        if (!known) // its function has freed it
            point_when(never, argument);
        world().check(&timer, sizeof timer);
        touch(&timer, Access::write);
        release_to(&timer);
        timer.running = false;
        count_firing(running(), fired);
    }
}

std::span<sim_timer *const> known_timers()
{
    return {timers.data(), timer_count};
}

} // namespace

void reset_time()
{
    jiffies = boot_jiffies;
    timer_count = 0;
}

void timers_in_freed_memory(const void *memory, std::size_t size)
{
    for (unsigned int i = 0; i < timer_count; ++i) {
        const sim_timer *timer = timers.at(i);
        const auto offset =
            reinterpret_cast<std::uintptr_t>(timer) - reinterpret_cast<std::uintptr_t>(memory);
        if (!timer || offset >= size)
            continue;
        point();
        touch(timer, Access::write);
        if (current().argument == &timers.at(i) && !timer->armed) { // by its own function
            timers.at(i) = nullptr;
            continue;
        }
        if (timer->armed || timer->running)
            refuse("%s frees memory with the timer %s in it, which is %s", current().name,
                   timer->name, timer->running ? "running" : "armed");
    }
}

const char *timer_left_behind()
{
    for (const sim_timer *timer : known_timers())
        if (timer && (timer->armed || timer->running))
            return timer->name;
    return nullptr;
}

} // namespace sim

using namespace sim;

extern "C" {

long schedule_timeout(long timeout)
{
    here = __builtin_return_address(0);
    Task &self = current();
    if (timeout == for_ever) {
        schedule();
        return timeout;
    }
    if (timeout < 0)
        refuse("%s calls schedule_timeout() with a time below 0", self.name);
    if (self.state != TASK_RUNNING)
        must_be_able_to_sleep("schedule_timeout()");
    if (!self.timeout.has_flow) {
        self.timeout.has_flow = true;
        std::snprintf(self.timeout.name.data(), self.timeout.name.size(), "%s's timeout",
                      self.name);
        Task &flow = spawn_flow(self.timeout.name.data(), Context::interrupt, run_timeout, &self);
        release_to(&flow);
    }
    full_barrier(); // the timer's lock
    touch(&self.timeout, Access::write);
    touch(const_cast<const unsigned long *>(&jiffies), Access::read);
    self.timeout.expires = jiffies + static_cast<unsigned long>(timeout);
    self.timeout.armed = true;
    sleep_now();
    point_when(timeout_idle, &self.timeout);
    touch(&self.timeout, Access::write);
    touch(const_cast<const unsigned long *>(&jiffies), Access::read);
    self.timeout.armed = false;
    return std::max(0L, static_cast<long>(self.timeout.expires - jiffies));
}

bool sim_timer_arm(sim_timer *timer, unsigned long expires)
{
    SIM_STEP();
    if (!timer->function)
        refuse("%s arms a timer that was never set up", current().name);
    touch(timer, Access::write);
    release_to(timer);
    const bool was = timer->armed;
    timer->armed = true;
    timer->expires = expires;
    if (!timer->known) {
        timer->known = true;
        timers.at(timer_count) = timer;
        spawn_flow(timer->name, Context::interrupt, run_timer, &timers.at(timer_count)).soft =
            timer->soft;
        ++timer_count;
    }
    return was;
}

bool sim_timer_runs(const sim_timer *timer)
{
    SIM_STEP();
    touch(timer, Access::read);
    return timer->running;
}

bool sim_timer_cancel(sim_timer *timer, bool sync)
{
    SIM_STEP();
    touch(timer, Access::write);
    const bool was = timer->armed;
    timer->armed = false;
    if (sync) {
        if (current().context == Context::interrupt && timer->running)
            refuse("%s waits in an interrupt for a timer that runs", current().name);
        point_when(timer_idle, timer);
        touch(timer, Access::write);
        acquire_from(timer);
        timer->armed = false;
    }
    return was;
}

void sim_timer_forget(sim_timer *timer)
{
    SIM_STEP();
    touch(timer, Access::write);
    if (timer->armed || timer->running)
        refuse("%s leaves the function that has the timer %s, which is %s", current().name,
               timer->name, timer->running ? "running" : "armed");
    for (sim_timer *&known : timers)
        if (known == timer)
            known = nullptr;
}

} // extern "C"
