// SPDX-License-Identifier: GPL-2.0
// task.cpp - states, wake-ups, signals and sleep, as kernel/sched/core.c, kernel/signal.c and
// kernel/time/sleep_timeout.c have them; the clock.
#include "objects.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace threads {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

// Only a hang sleeps longer: nothing here waits for more than milliseconds.
constexpr std::chrono::seconds watchdog{60};

thread_local Task *running = nullptr;
std::atomic<long long> clock_ns = -1; // -1: the real one

bool signal_ends(unsigned int state, const Task &task)
{
    if (!(state & (TASK_INTERRUPTIBLE | TASK_WAKEKILL)) || !task.signal_pending)
        return false;
    return (state & TASK_INTERRUPTIBLE) || task.fatal_signal_pending;
}

bool may_run(const Task &task)
{
    const unsigned int state = task.state;
    return state == TASK_RUNNING || signal_ends(state, task);
}

void block_until(long long deadline_ns)
{
    Task &self = current();
    if (self.context == Context::interrupt || self.spinlocks || !self.irqs_on)
        broken("schedule() in an interrupt or with a spinlock held");
    if (self.idle) {
        while (!may_run(self) && kapi_now_ns() < deadline_ns)
            self.idle(self, deadline_ns);
    } else {
        std::unique_lock guard(self.lock);
        const steady_clock::time_point hang = steady_clock::now() + watchdog;
        const steady_clock::time_point deadline{nanoseconds(deadline_ns)};
        while (!may_run(self) && steady_clock::now() < deadline) {
            self.runs.wait_until(guard, std::min(hang, deadline));
            if (!may_run(self) && steady_clock::now() >= hang)
                broken("a task sleeps and nobody wakes it");
        }
    }
    self.state = TASK_RUNNING;
}

} // namespace

Task &current()
{
    static thread_local Task own;
    return running ? *running : own;
}

RunAs::RunAs(Task &task) : before_(std::exchange(running, &task)) {}
RunAs::~RunAs()
{
    running = before_;
}

void broken(const char *what)
{
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

bool try_to_wake_up(Task &task, unsigned int mask)
{
    const std::scoped_lock guard(task.lock);
    if (!(task.state & mask))
        return false;
    task.state = TASK_RUNNING;
    task.runs.notify_one();
    return true;
}

void set_current_state(unsigned int state)
{
    current().state = state;
}

void send_signal(Task &task, bool fatal)
{
    if (fatal)
        task.fatal_signal_pending = true;
    task.signal_pending = true;
    try_to_wake_up(task, TASK_INTERRUPTIBLE | (fatal ? TASK_WAKEKILL : 0U));
}

void take_signals()
{
    current().signal_pending = false;
    current().fatal_signal_pending = false;
}

void must_be_able_to_sleep(const char *what)
{
    const Task &self = current();
    if (self.context == Context::interrupt || self.spinlocks || !self.irqs_on ||
        self.state != TASK_RUNNING)
        broken(what);
}

void must_be_clean()
{
    must_be_able_to_sleep("a call returns with a lock held, interrupts off or a task state set");
}

void set_clock(long long ns)
{
    clock_ns = ns;
    no_interrupts();
    do_work();
}

} // namespace threads

using namespace threads;

extern "C" {

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
    const long long set = clock_ns;
    return set >= 0 ? set : nanoseconds(steady_clock::now().time_since_epoch()).count();
}

long kapi_ns_to_jiffies(unsigned long long ns)
{
    return static_cast<long>(std::min(ns, 1ULL << 60) / jiffy_ns);
}

void schedule()
{
    block_until(current().sleeper_ns);
}

void kapi_sleeper_start(hrtimer_sleeper *sleeper, long long ns, unsigned long long)
{
    const long long now = kapi_now_ns();
    current().sleeper_ns = inside(sleeper).expiry_ns = ns < endless - now ? now + ns : endless;
}

bool kapi_sleeper_expired(const hrtimer_sleeper *sleeper)
{
    return kapi_now_ns() >= inside(const_cast<hrtimer_sleeper *>(sleeper)).expiry_ns;
}

void kapi_sleeper_cancel(hrtimer_sleeper *)
{
    current().sleeper_ns = endless;
}

unsigned long long kapi_timer_slack_ns()
{
    return 50'000;
}

long long kapi_timens_offset_ns()
{
    return 0;
}

long schedule_timeout(long timeout)
{
    const long long jiffies = kapi_now_ns() / jiffy_ns;
    // What nanoseconds can't count is as good as no end.
    if (timeout >= endless / jiffy_ns - jiffies) {
        schedule();
        return timeout;
    }
    const long long expiry = (jiffies + timeout) * jiffy_ns;
    block_until(expiry);
    const long long left = expiry - kapi_now_ns();
    return left > 0 ? static_cast<long>((left + jiffy_ns - 1) / jiffy_ns) : 0;
}

void kapi_might_sleep()
{
    must_be_able_to_sleep("might_sleep() where no task may sleep");
}

void kapi_cond_resched()
{
    must_be_able_to_sleep("cond_resched() where no task may sleep");
    if (!current().idle)
        std::this_thread::yield();
}

bool kapi_signal_pending()
{
    return current().signal_pending;
}

bool kapi_signal_pending_state(unsigned int state)
{
    return signal_ends(state, current());
}

bool kapi_capable_sys_admin()
{
    return current().privileged;
}

} // extern "C"
