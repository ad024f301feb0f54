// SPDX-License-Identifier: GPL-2.0
#include "timer.hpp"

#include "memory.hpp"
#include "objects.hpp"
#include <sim/machine.hpp>

#include <algorithm>

namespace sim {
namespace {

long long now_ns = 0;
bool clock_moves = false; // something in the scenario can move it
unsigned int ahead_percent = 100;
long long look_takes_ns = 0;

struct Announced {
    const char *name;
    unsigned int firings;
};
Announced announced{};
std::array<hrtimer *, 8> timers;
unsigned int timer_count = 0;

void move_clock(long long to)
{
    touch(&now_ns, Access::write);
    now_ns = std::max(now_ns, to);
}

long long read_clock()
{
    touch(&now_ns, Access::read);
    return now_ns;
}

// ---- schedule_timeout() ----

bool tick_armed(const void *tick)
{
    return static_cast<const Tick *>(tick)->armed;
}

bool tick_idle(const void *tick)
{
    return !static_cast<const Tick *>(tick)->running;
}

// process_timeout(), in a soft irq.
void run_tick(void *argument)
{
    Task &task = *static_cast<Task *>(argument);
    for (;;) {
        point_when(tick_armed, &task.tick);
        touch(&task.tick, Access::write);
        task.tick.armed = false;
        task.tick.running = true;
        const long long left = task.tick.expiry_ns - now_ns;
        move_clock(ahead_percent == 100 ? task.tick.expiry_ns
                                        : now_ns + left / 100 * ahead_percent);
        tell("the time of %s is up", task.name);
        if (ahead_percent != 100)
            task.tick.expiry_ns = now_ns;
        ahead_percent = 100;
        if (task.tick.sleeper) { // hrtimer_wakeup()
            release_to(task.tick.sleeper);
            task.tick.sleeper->task = nullptr;
        }
        try_to_wake_up(task, TASK_NORMAL);
        point();
        touch(&task.tick, Access::write);
        task.tick.running = false;
    }
}

// ---- hrtimers ----

bool may_fire(const void *timer)
{
    const auto &inside_it = *static_cast<const HrTimer *>(timer);
    return inside_it.armed && !inside_it.running && inside_it.firings_left != 0;
}

bool not_running(const void *timer)
{
    return !static_cast<const HrTimer *>(timer)->running;
}

// __run_hrtimer(), in a hard irq (a CPU of its own: for what that leaves out see spin_unlock()).
void run_timer(void *argument)
{
    auto *opaque = static_cast<hrtimer *>(argument);
    HrTimer &timer = inside(opaque);
    for (;;) {
        point_when(may_fire, &timer);
        check_memory(&timer, sizeof timer);
        touch(&timer, Access::write);
        acquire_from(&timer);
        timer.armed = false;
        timer.running = true;
        --timer.firings_left;
        move_clock(timer.expiry_ns);
        tell("fires");
        waitq_timers_due(opaque);
        must_be_clean("the timer's function");
        point();
        check_memory(&timer, sizeof timer);
        touch(&timer, Access::write);
        release_to(&timer);
        timer.running = false;
        tell("%s", timer.armed ? "is armed again" : "has fired");
    }
}

} // namespace

long long clock_ns()
{
    return now_ns;
}

void reset_timers()
{
    // Just before a tick: a timeout of n jiffies then lasts hardly longer than n - 1.
    now_ns = 1'003'999'000;
    clock_moves = false;
    ahead_percent = 100;
    look_takes_ns = 0;
    announced = {};
    timer_count = 0;
}

void spawn_tick(Task &task)
{
    static std::array<std::string, max_threads> names;
    std::string &name = names.at(task.index);
    name = std::string(task.name) + "'s timeout";
    spawn(name.c_str(), Context::interrupt, run_tick, &task);
    task.has_tick = true;
    clock_moves = true;
}

void next_timer_fires(const char *name, unsigned int times)
{
    announced = {name, times};
    clock_moves = true;
}

void interrupts_take(long long ns)
{
    look_takes_ns = ns;
    clock_moves |= ns != 0;
}

void jiffies_run_ahead(unsigned int percent)
{
    ahead_percent = percent;
}

TimerState timer_state()
{
    const HrTimer &timer = inside(timers[0]);
    return {timer.armed, timer.expiry_ns, timer.firings_left};
}

bool timer_will_fire()
{
    bool will = false;
    for (unsigned int i = 0; i < timer_count; ++i)
        will |= inside(timers[i]).armed || inside(timers[i]).firings_left == 0;
    return will;
}

void timers_must_be_idle()
{
    point();
    for (unsigned int i = 0; i < timer_count; ++i) {
        touch(timers[i], Access::read);
        if (inside(timers[i]).armed || inside(timers[i]).running)
            refuse("the module is gone, and its hrtimer is %s",
                   inside(timers[i]).armed ? "armed" : "running");
    }
    timer_count = 0;
}

void timers_in_freed_memory(const void *memory, std::size_t size)
{
    for (unsigned int i = 0; i < timer_count; ++i) {
        const auto offset =
            reinterpret_cast<std::uintptr_t>(timers[i]) - reinterpret_cast<std::uintptr_t>(memory);
        if (offset >= size)
            continue;
        point();
        const HrTimer &timer = inside(timers[i]);
        touch(&timer, Access::write);
        if (timer.armed || timer.running)
            refuse("%s frees memory with %s timer in it", current().name,
                   timer.running ? "a running" : "an armed");
    }
}

} // namespace sim

using namespace sim;

extern "C" {

// A tick is as short as the clock's step here.
unsigned long kapi_tick()
{
    return static_cast<unsigned long>(kapi_now_ns());
}

long long kapi_tick_ns(unsigned long tick)
{
    return static_cast<long long>(tick);
}

long long kapi_now_ns()
{
    // A clock that nothing moves is a constant, and reading it no step.
    if (clock_moves)
        point();
    if (look_takes_ns && current().context == Context::interrupt)
        move_clock(now_ns + look_takes_ns);
    return read_clock();
}

long long kapi_timens_offset_ns()
{
    return current().timens_offset_ns;
}

long kapi_ns_to_jiffies(unsigned long long ns)
{
    const unsigned long long jiffies = std::min(ns, 1ULL << 60) / jiffy_ns;
    return static_cast<long>(std::min<unsigned long long>(jiffies, KAPI_MAX_JIFFY_OFFSET));
}

long schedule_timeout(long timeout)
{
    Task &self = current();
    if (timeout < 0)
        refuse("%s calls schedule_timeout(%ld)", self.name, timeout);
    touch(&self.tick, Access::write);
    const bool endless = timeout >= KAPI_MAX_JIFFY_OFFSET;
    self.tick.sleeper = nullptr;
    self.tick.armed = self.has_tick && !endless;
    self.tick.expiry_ns = endless ? 0 : (read_clock() / jiffy_ns + timeout) * jiffy_ns;
    schedule();
    if (!self.has_tick)
        return timeout;
    // del_timer_sync()
    point_when(tick_idle, &self.tick);
    touch(&self.tick, Access::write);
    self.tick.armed = false;
    const long long left = self.tick.expiry_ns - read_clock();
    return endless ? timeout : left > 0 ? static_cast<long>((left + jiffy_ns - 1) / jiffy_ns) : 0;
}

long kapi_freezable_schedule_timeout(long timeout)
{
    return schedule_timeout(timeout);
}

// How long it takes does not matter: others may come first, and the state is another.
void kapi_nap()
{
    point();
    touch(&current(), Access::write);
    current().state = TASK_RUNNING;
    tell("naps");
}

void kapi_sleeper_start(hrtimer_sleeper *opaque, long long ns, unsigned long long)
{
    Task &self = current();
    Sleeper &sleeper = inside(opaque);
    point();
    touch(&self.tick, Access::write);
    sleeper = {&self, read_clock() + ns, true};
    self.tick.sleeper = &sleeper;
    self.tick.armed = self.has_tick;
    self.tick.expiry_ns = sleeper.expiry_ns;
    tell("arms its hrtimer");
}

unsigned long long kapi_timer_slack_ns()
{
    return timer_slack_ns;
}

bool kapi_sleeper_expired(const hrtimer_sleeper *opaque)
{
    const Sleeper &sleeper = inside(const_cast<hrtimer_sleeper *>(opaque));
    if (!sleeper.started)
        refuse("%s looks at an hrtimer_sleeper that was never started", current().name);
    point();
    touch(&current().tick, Access::read);
    if (sleeper.task)
        return false;
    acquire_from(&sleeper);
    return true;
}

void kapi_sleeper_cancel(hrtimer_sleeper *opaque)
{
    Task &self = current();
    point_when(tick_idle, &self.tick);
    touch(&self.tick, Access::write);
    self.tick.armed = false;
    self.tick.sleeper = nullptr;
    inside(opaque).started = false;
}

void kapi_timer_init(hrtimer *timer)
{
    inside(timer) = {0, true, false, false, 0, 0};
    if (announced.firings) {
        HrTimer &self = inside(timer);
        self.firings_left = announced.firings;
        const Task &thread = spawn(announced.name, Context::interrupt, run_timer, timer);
        self.interrupt = static_cast<std::uint16_t>(thread.index + 1);
    }
    announced = {};
    if (timer_count == timers.size())
        refuse("a scenario of more than %zu timers", timers.size());
    timers[timer_count++] = timer;
}

void kapi_timer_start(hrtimer *opaque, long long at_ns)
{
    HrTimer &timer = inside(opaque);
    if (!timer.initialised)
        refuse("%s starts a timer that was never initialised", current().name);
    point();
    touch(&timer, Access::write);
    release_to(&timer);
    timer.expiry_ns = at_ns;
    timer.armed = true;
    tell("arms the timer");
}

int hrtimer_cancel(hrtimer *opaque)
{
    HrTimer &timer = inside(opaque);
    must_be_able_to_sleep("hrtimer_cancel()");
    point_when(not_running, &timer);
    check_memory(&timer, sizeof timer);
    touch(&timer, Access::write);
    acquire_from(&timer);
    const bool was_armed = timer.armed;
    timer.armed = false;
    tell("%s", was_armed ? "disarms the timer" : "finds the timer not armed");
    return was_armed;
}

} // extern "C"
