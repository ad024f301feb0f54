// SPDX-License-Identifier: GPL-2.0
// timer.hpp - the virtual clock and what it drives.
#pragma once

#include <cstddef>

namespace sim {

struct Task;

constexpr long long jiffy_ns = 4'000'000; // HZ=250
constexpr long long timer_slack_ns = 50'000;

// Time stands still but for this: a timer that is armed may fire at any point from then on, in
// any order with others, and takes the clock to its expiry if it is not there yet. So every
// order of expiries and other events comes, and time never runs backwards.
long long clock_ns();

// At set-up, before anything else of this header.
void reset_timers();
// Lets the task's schedule_timeout() run out. Without, its timeouts never pass.
void spawn_tick(Task &task);
// The next timer that is initialised can fire, so many times.
void next_timer_fires(const char *name, unsigned int times);
// An interrupt takes so long from one look at the clock to the next.
void interrupts_take(long long ns);
// The clock is only this far on, in percent, when a timeout in jiffies is over: interrupts
// were off for long where jiffies are counted, and many came at once. Once per execution.
void jiffies_run_ahead(unsigned int percent);

// An hrtimer is armed, or will never fire again because the scenario lets it fire no more.
bool timer_will_fire();
// The first hrtimer that was made, as it is.
struct TimerState {
    bool armed;
    long long expiry_ns;
    unsigned int firings_left;
};
TimerState timer_state();
// The module is gone: refuses an hrtimer that is armed or runs.
void timers_must_be_idle();
// Refuses to free memory that holds an armed or running timer.
void timers_in_freed_memory(const void *memory, std::size_t size);

} // namespace sim
