// SPDX-License-Identifier: GPL-2.0
// task.hpp - what the simulated kernel knows of a flow of control: a task or an interrupt.
#pragma once

#include <sim/machine.hpp>
#include <sim/sched.hpp>

#include <array>
#include <cstdint>

struct wait_queue_entry;

namespace sim {

struct WaitHead;

// The timer behind schedule_timeout(), or behind an hrtimer_sleeper.
struct Sleeper;
struct Tick {
    bool armed, running;
    long long expiry_ns;
    Sleeper *sleeper; // it stands for this one's hrtimer; null: schedule_timeout()
};

struct Task : Flow {
    bool privileged;            // CAP_SYS_ADMIN
    bool has_tick;              // a thread lets its timeouts pass (see timer.cpp)
    long long timens_offset_ns; // of its time namespace
    Tick tick;
    bool sends_errand; // somebody else works on its stack: see kapi_run_in()

    // Wait entries on its stack.
    struct Entry {
        wait_queue_entry *entry;
        bool ended;
    };
    std::array<Entry, 6> entries; // and the marks of its walks
    unsigned int entry_count;
    bool woke;               // default_wake_function(), in the wake function that it calls
    WaitHead *walked;        // the list that its wake-up goes through
    unsigned int walk_steps; // entries that the walk has passed, marks too

    // Faults: which user copy and which allocation fails, counted from 1; 0: none.
    unsigned int failing_copy, failing_alloc;

    // What others did for it and what it did, for the checks (tests/core).
    unsigned int tasks_woken, exclusive_woken; // by its wake-ups, through wait entries
    unsigned int woken_through_entry; // times that a wake-up woke it, not a signal or its timer
};

inline Task &current()
{
    return static_cast<Task &>(running());
}
inline Task &task(unsigned int index)
{
    return static_cast<Task &>(Machine::get().flow(index));
}
inline Task &spawn(const char *name, Context context, void (*body)(void *), void *argument)
{
    return static_cast<Task &>(Machine::get().spawn(name, context, body, argument));
}

// Refuses what needs process context, interrupts on, no spinlock and TASK_RUNNING.
void must_be_able_to_sleep(const char *what);
// At the end of a call from user space: nothing may be left behind.
void must_be_clean(const char *call);

} // namespace sim
