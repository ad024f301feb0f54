// SPDX-License-Identifier: GPL-2.0
// sleep_on.cpp - `if (!condition) sleep_on(&queue);` loses a wake-up that comes between the
// test and the sleep. The explorer must find that: it is what it was built for.
#include "sleep_on.hpp"

#include "lock.hpp"
#include "wait.hpp"

namespace sim {

void sleep_on(wait_queue_head *head)
{
    wait_queue_entry entry;
    kapi_init_wait_entry(&entry, 0, default_wake_function);
    set_current_state(TASK_UNINTERRUPTIBLE);
    add_wait_queue(head, &entry);
    tell("links itself into the queue");
    schedule();
    remove_wait_queue(head, &entry);
}

void SleepOnScenario::set_up()
{
    static lock_class_key key;
    queue_ = {};
    __init_waitqueue_head(&queue_, "the queue", &key);
    flag_ = false;
    sleeper_ = &spawn("task A", Context::task, sleeper, this);
    spawn("waker", Context::task, waker, this);
}

bool SleepOnScenario::test() const
{
    point();
    touch(&flag_, Access::read);
    tell("tests the condition: %s", flag_ ? "true" : "false");
    return flag_;
}

void SleepOnScenario::sleeper(void *scenario)
{
    auto &self = *static_cast<SleepOnScenario *>(scenario);
    if (self.way_ == Way::sleep_on) {
        if (!self.test())
            sleep_on(&self.queue_);
        tell("goes on");
        return;
    }
    wait_queue_entry entry;
    kapi_init_wait_entry(&entry, 0, autoremove_wake_function);
    for (;;) {
        prepare_to_wait_event(&self.queue_, &entry, TASK_UNINTERRUPTIBLE);
        if (self.test())
            break;
        schedule();
    }
    kapi_finish_wait(&self.queue_, &entry);
    tell("goes on");
}

void SleepOnScenario::waker(void *scenario)
{
    auto &self = *static_cast<SleepOnScenario *>(scenario);
    point();
    touch(&self.flag_, Access::write);
    self.flag_ = true;
    tell("sets the condition");
    const unsigned int before = self.sleeper_->times_woken;
    wake_up(&self.queue_, TASK_NORMAL, 1, nullptr);
    if (self.sleeper_->times_woken == before)
        tell("wakes nobody");
}

void SleepOnScenario::quiescent()
{
    if (!sleeper_->done)
        refuse("a wake-up is lost: %s sleeps, its condition is %s, and nobody is left who will "
               "wake it",
               sleeper_->name, flag_ ? "true" : "false");
}

} // namespace sim
