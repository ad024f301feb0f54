// SPDX-License-Identifier: GPL-2.0
#include "context.hpp"

#include "machine.hpp"
#include "objects.hpp"

#include <uapi/waitq.h>

namespace sim {
namespace {

Task *worker = nullptr;
work_struct *scheduled = nullptr; // of the one queue that a scenario has
bool working = false;

struct Errand {
    void (*function)(void *argument);
    void *argument;
    Task *runner;
    bool armed, done;
};
Errand errand{};

bool rcu_watched = false;
unsigned int rcu_readers = 0;

bool has_work(const void *)
{
    return scheduled != nullptr;
}

bool not_working(const void *)
{
    return !working;
}

void run_worker(void *)
{
    for (;;) {
        point_when(has_work, &scheduled);
        touch(&scheduled, Access::write);
        acquire_from(&scheduled);
        work_struct *work = std::exchange(scheduled, nullptr);
        working = true;
        tell("begins the work");
        waitq_deferred(work);
        must_be_clean("the work's function");
        point();
        touch(&scheduled, Access::write);
        working = false;
    }
}

bool has_errand(const void *)
{
    return errand.armed;
}

bool errand_done(const void *)
{
    return errand.done;
}

void run_errands(void *)
{
    for (;;) {
        point_when(has_errand, &errand);
        touch(&errand, Access::write);
        acquire_from(&errand);
        errand.armed = false;
        tell("begins");
        errand.function(errand.argument);
        must_be_clean("its function");
        point();
        touch(&errand, Access::write);
        release_to(&errand);
        errand.done = true;
    }
}

bool no_readers(const void *)
{
    return rcu_readers == 0;
}

void rcu_step()
{
    if (!rcu_watched)
        return;
    point();
    touch(&rcu_readers, Access::write);
}

} // namespace

void spawn_worker()
{
    worker = &Machine::get().spawn("worker", Context::worker, run_worker, nullptr);
}

void spawn_errand_runner(Context context)
{
    errand.runner = &Machine::get().spawn(context == Context::interrupt ? "interrupt" : "kthread",
                                          context, run_errands, nullptr);
}

void watch_rcu()
{
    rcu_watched = true;
}

void reset_contexts()
{
    worker = nullptr;
    scheduled = nullptr;
    working = false;
    errand = {};
    rcu_watched = false;
    rcu_readers = 0;
}

} // namespace sim

using namespace sim;

extern "C" {

bool kapi_run_in(unsigned int context, void (*function)(void *argument), void *argument)
{
    must_be_able_to_sleep("kapi_run_in()");
    if (context == WAITQ_CONTEXT_PROCESS) {
        function(argument);
        return true;
    }
    if (!errand.runner)
        refuse("%s sends an errand that nobody runs", current().name);
    point();
    touch(&errand, Access::write);
    release_to(&errand);
    errand.function = function;
    errand.argument = argument;
    errand.done = false;
    errand.armed = true;
    current().sends_errand = true;
    tell("sends an errand");
    point_when(errand_done, &errand);
    current().sends_errand = false;
    touch(&errand, Access::write);
    acquire_from(&errand);
    return true;
}

void kapi_work_init(work_struct *work)
{
    inside(work) = {true, nullptr};
}

void kapi_work_schedule(work_struct *work)
{
    if (!inside(work).initialised)
        refuse("%s schedules work that was never initialised", current().name);
    if (!worker)
        refuse("%s schedules work that nobody does", current().name);
    point();
    touch(&scheduled, Access::write);
    release_to(&scheduled);
    scheduled = work;
    tell("leaves the rest to a worker");
}

void kapi_work_cancel(work_struct *)
{
    must_be_able_to_sleep("cancel_work_sync()");
    if (!worker)
        return;
    point_when(not_working, &scheduled);
    touch(&scheduled, Access::write);
    scheduled = nullptr;
}

void kapi_rcu_read_lock()
{
    rcu_step();
    ++rcu_readers;
}

void kapi_rcu_read_unlock()
{
    rcu_step();
    --rcu_readers;
}

void kapi_synchronize_rcu()
{
    must_be_able_to_sleep("synchronize_rcu()");
    if (!rcu_watched)
        refuse("%s waits for RCU in a scenario that does not watch it", current().name);
    point_when(no_readers, &rcu_readers);
    touch(&rcu_readers, Access::write);
}

// What an onlooker learns of a task is not simulated, and no scenario looks.
void kapi_describe(waitq_waiter *waiter, task_struct *task, kapi_wake_function)
{
    point(); // may sleep
    if (task)
        waiter->pid = reinterpret_cast<Task *>(task)->index + 1;
}

task_struct *kapi_entry_task(const wait_queue_entry *entry, bool is_task)
{
    return is_task ? static_cast<task_struct *>(inside(const_cast<wait_queue_entry *>(entry)).task)
                   : nullptr;
}

// The kernel's own macros are what the simulation can't have: tests/device compares with them.
unsigned long long kapi_macro_waits()
{
    return ~0ULL;
}

unsigned long long kapi_macro_wakes()
{
    return ~0ULL;
}

long kapi_macro_wait(unsigned int, kapi_macro *)
{
    refuse("%s waits by one of the kernel's own macros", current().name);
}

void kapi_macro_wake(unsigned int, wait_queue_head *, int, unsigned int)
{
    refuse("%s wakes by one of the kernel's own macros", current().name);
}

} // extern "C"
