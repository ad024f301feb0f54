// SPDX-License-Identifier: GPL-2.0
// task.cpp - the seam's tasks and their rules.
#include "task.hpp"

#include "objects.hpp"
#include "wait.hpp"

#include <sim/machine.hpp>

namespace sim {

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
    sleep_now();
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
