// SPDX-License-Identifier: GPL-2.0
#include "sched.hpp"

#include "machine.hpp"

namespace sim {
namespace {

// schedule() returns at once in TASK_RUNNING, and with a signal that the state heeds.
bool may_run(const void *task)
{
    const auto &self = *static_cast<const Flow *>(task);
    return self.state == TASK_RUNNING || signal_ends(self.state, self);
}

} // namespace

const char *in_words(unsigned int state)
{
    switch (state) {
    case TASK_RUNNING:
        return "running";
    case TASK_INTERRUPTIBLE:
        return "interruptible";
    case TASK_UNINTERRUPTIBLE:
        return "uninterruptible";
    case TASK_KILLABLE:
        return "killable";
    case TASK_IDLE:
        return "idle";
    case TASK_INTERRUPTIBLE | TASK_FREEZABLE:
        return "freezable";
    default:
        return "of an odd state";
    }
}

bool signal_ends(unsigned int state, const Flow &task)
{
    if (!(state & (TASK_INTERRUPTIBLE | TASK_WAKEKILL)) || !task.signal_pending)
        return false;
    return (state & TASK_INTERRUPTIBLE) || task.fatal_signal_pending;
}

bool try_to_wake_up(Flow &task, unsigned int mask)
{
    point();
    touch(&task, Access::write);
    // The woken task sees all that came before the wake-up.
    release_to(&task);
    if (!(task.state & mask)) {
        if (&task != &running())
            tell("finds %s %s: nothing to wake", task.name, in_words(task.state));
        return false;
    }
    tell("wakes %s", task.name);
    task.state = TASK_RUNNING;
    ++task.times_woken;
    return true;
}

void set_current_state(unsigned int state, bool ordered)
{
    Flow &self = running();
    if (self.context == Context::interrupt)
        refuse("%s sets a task state in an interrupt", self.name);
    if (ordered || !store_waits(&self.state, sizeof self.state, &self)) {
        point();
        touch(&self, Access::write);
    }
    self.state = state;
    if (state == TASK_RUNNING)
        tell("marks itself as running");
    else
        tell("marks itself as asleep (%s), but runs on", in_words(state));
}

void send_signal(Flow &task, bool fatal)
{
    point();
    touch(&task, Access::write);
    release_to(&task);
    task.signal_pending = true;
    task.fatal_signal_pending |= fatal;
    tell("sends %s a %s", task.name, fatal ? "fatal signal" : "signal");
    const unsigned int mask = TASK_INTERRUPTIBLE | (fatal ? TASK_WAKEKILL : 0U);
    if (task.state & mask)
        task.state = TASK_RUNNING;
}

void sleep_now()
{
    Flow &self = running();
    if (!may_run(&self))
        tell("goes to sleep");
    point_when(may_run, &self);
    touch(&self, Access::write);
    acquire_from(&self);
    if (self.state != TASK_RUNNING)
        tell("does not sleep: a signal is pending");
    else
        tell("runs again");
    self.state = TASK_RUNNING;
    self.resumed_at = Machine::get().steps();
}

} // namespace sim
