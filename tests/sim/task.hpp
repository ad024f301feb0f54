// SPDX-License-Identifier: GPL-2.0
// task.hpp - what the simulated kernel knows of a flow of control: a task or an interrupt.
#pragma once

#include "host.hpp"

#include <array>
#include <cstdint>

struct wait_queue_entry;

namespace sim {

struct WaitHead;

enum TaskStateBits : unsigned int {
    TASK_RUNNING = 0,
    TASK_INTERRUPTIBLE = 1,
    TASK_UNINTERRUPTIBLE = 2,
    TASK_WAKEKILL = 0x100,
    TASK_NOLOAD = 0x400,
    TASK_KILLABLE = TASK_WAKEKILL | TASK_UNINTERRUPTIBLE,
    TASK_IDLE = TASK_UNINTERRUPTIBLE | TASK_NOLOAD,
    TASK_NORMAL = TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE,
    TASK_FREEZABLE = 0x2000,
};

// worker: a thread of the kernel that waits for work; nobody waits for its end.
enum class Context : std::uint8_t { task, interrupt, worker };

// The timer behind schedule_timeout(), or behind an hrtimer_sleeper.
struct Sleeper;
struct Tick {
    bool armed, running;
    long long expiry_ns;
    Sleeper *sleeper; // it stands for this one's hrtimer; null: schedule_timeout()
};

struct HeldLock {
    const void *lock;
    bool irqs_were_on;
};

struct Task {
    const char *name;
    unsigned int index;
    Context context;
    bool done;

    unsigned int state;
    bool signal_pending, fatal_signal_pending;
    bool privileged;            // CAP_SYS_ADMIN
    bool has_tick;              // a thread lets its timeouts pass (see timer.cpp)
    long long timens_offset_ns; // of its time namespace
    Tick tick;

    // Its CPU.
    bool irqs_on;
    std::array<HeldLock, 6> held; // spinlocks, innermost last
    unsigned int held_count;

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
    unsigned int times_woken;
    unsigned int woken_through_entry; // times that a wake-up woke it, not a signal or its timer
    unsigned int resumed_at; // step in which it last came back from schedule(), or saw a signal
};

// ---- kernel/sched/core.c ----

// try_to_wake_up(): makes the task run if its state is in `mask`. Any context.
bool try_to_wake_up(Task &task, unsigned int mask);
void set_current_state(unsigned int state);
// signal_pending_state()
bool signal_ends(unsigned int state, const Task &task);
// Sends a signal as another process does: sets it pending, and wakes who heeds it.
void send_signal(Task &task, bool fatal);

// Refuses what needs process context, interrupts on, no spinlock and TASK_RUNNING.
void must_be_able_to_sleep(const char *what);
// At the end of a call from user space: nothing may be left behind.
void must_be_clean(const char *call);

} // namespace sim
