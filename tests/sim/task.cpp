// SPDX-License-Identifier: GPL-2.0
// task.cpp - states, wake-ups, signals and sleep, as kernel/sched/core.c and kernel/signal.c
// have them.
#include "task.hpp"

#include "machine.hpp"
#include "objects.hpp"
#include "wait.hpp"

namespace sim {
namespace {

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

// schedule() returns at once in TASK_RUNNING, and with a signal that the state heeds.
bool may_run(const void *task)
{
    const auto &self = *static_cast<const Task *>(task);
    return self.state == TASK_RUNNING || signal_ends(self.state, self);
}

} // namespace

bool signal_ends(unsigned int state, const Task &task)
{
    if (!(state & (TASK_INTERRUPTIBLE | TASK_WAKEKILL)) || !task.signal_pending)
        return false;
    return (state & TASK_INTERRUPTIBLE) || task.fatal_signal_pending;
}

bool try_to_wake_up(Task &task, unsigned int mask)
{
    point();
    touch(&task, Access::write);
    // What came before the wake-up is seen by who was woken.
    release_to(&task);
    if (!(task.state & mask)) {
        if (&task != &current())
            tell("finds %s %s: nothing to wake", task.name, in_words(task.state));
        return false;
    }
    tell("wakes %s", task.name);
    task.state = TASK_RUNNING;
    ++task.times_woken;
    return true;
}

void set_current_state(unsigned int state)
{
    Task &self = current();
    if (self.context == Context::interrupt)
        refuse("%s sets a task state in an interrupt", self.name);
    point();
    touch(&self, Access::write);
    self.state = state;
    if (state == TASK_RUNNING)
        tell("marks itself as running");
    else
        tell("marks itself as asleep (%s), but runs on", in_words(state));
}

void send_signal(Task &task, bool fatal)
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

void must_be_able_to_sleep(const char *what)
{
    const Task &self = current();
    if (self.context == Context::interrupt)
        refuse("%s calls %s, which may sleep, in an interrupt", self.name, what);
    if (self.held_count)
        refuse("%s calls %s, which may sleep, with the spinlock \"%s\" held", self.name, what,
               static_cast<const SpinLock *>(self.held[0].lock)->name);
    if (!self.irqs_on)
        refuse("%s calls %s, which may sleep, with interrupts off", self.name, what);
    if (self.state != TASK_RUNNING)
        refuse("%s calls %s, which may sleep, while it is %s: its state would be lost", self.name,
               what, in_words(self.state));
}

void must_be_clean(const char *call)
{
    Task &self = current();
    if (self.held_count)
        refuse("%s returns from %s with the spinlock \"%s\" held", self.name, call,
               static_cast<const SpinLock *>(self.held[0].lock)->name);
    if (!self.irqs_on && self.context != Context::interrupt)
        refuse("%s returns from %s with interrupts off", self.name, call);
    if (self.state != TASK_RUNNING)
        refuse("%s returns from %s while it is %s", self.name, call, in_words(self.state));
    for (unsigned int i = 0; i < self.entry_count; ++i)
        if (!self.entries[i].ended && !is_unlinked(self.entries[i].entry))
            refuse("%s returns from %s with a wait entry on its stack that is still linked",
                   self.name, call);
    self.entry_count = 0; // a task that its waker unlinked need not have looked
}

} // namespace sim

using namespace sim;

extern "C" {

void schedule()
{
    Task &self = current();
    if (self.context == Context::interrupt)
        refuse("%s calls schedule() in an interrupt", self.name);
    if (self.held_count)
        refuse("%s calls schedule() with the spinlock \"%s\" held", self.name,
               static_cast<const SpinLock *>(self.held[0].lock)->name);
    if (!self.irqs_on)
        refuse("%s calls schedule() with interrupts off", self.name);
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

void io_schedule()
{
    schedule();
}

void kapi_freezable_schedule()
{
    schedule();
}

void kapi_set_current_state(unsigned int state)
{
    set_current_state(state);
}

void kapi_set_running()
{
    point();
    touch(&current(), Access::write);
    current().state = TASK_RUNNING;
}

task_struct *kapi_current()
{
    return reinterpret_cast<task_struct *>(&current());
}

bool kapi_signal_pending_state(unsigned int state)
{
    point();
    touch(&current(), Access::read);
    return signal_ends(state, current());
}

bool kapi_in_task()
{
    return current().context != Context::interrupt;
}

void kapi_might_sleep()
{
    must_be_able_to_sleep("might_sleep()");
}

void kapi_cond_resched()
{
    must_be_able_to_sleep("cond_resched()");
}

bool kapi_signal_pending()
{
    point();
    touch(&current(), Access::read);
    return current().signal_pending;
}

bool kapi_capable_sys_admin()
{
    return current().privileged;
}

} // extern "C"
