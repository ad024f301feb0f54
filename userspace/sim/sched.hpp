// SPDX-License-Identifier: GPL-2.0
// sched.hpp - states, wake-ups, signals and sleep, as kernel/sched/core.c and kernel/signal.c
// have them.
#pragma once

#include "flow.hpp"

namespace sim {

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

const char *in_words(unsigned int state);

// try_to_wake_up(): makes the task run if its state is in `mask`. Any context.
bool try_to_wake_up(Flow &task, unsigned int mask);
// `ordered`: with a full barrier behind it, as set_current_state() has; __set_current_state() has
// none.
void set_current_state(unsigned int state, bool ordered = true);
// signal_pending_state()
bool signal_ends(unsigned int state, const Flow &task);
// Sends a signal as another process does: sets it pending, and wakes a task that heeds it.
void send_signal(Flow &task, bool fatal);
// schedule(): returns when a wake-up, or a signal that the state heeds, makes the task run.
void sleep_now();

} // namespace sim
