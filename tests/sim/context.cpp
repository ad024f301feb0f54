// SPDX-License-Identifier: GPL-2.0
#include "context.hpp"

#include "objects.hpp"
#include <sim/machine.hpp>

#include <algorithm>
#include <array>
#include <uapi/waitq_lab.h>
#include <utility>

namespace sim {
namespace {

Task *worker = nullptr;
// What is scheduled, in order, and what runs.
struct Workqueue {
    std::array<work_struct *, 8> waiting;
    unsigned int count;
    work_struct *running;
};
Workqueue workqueue{};

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
    return workqueue.count != 0;
}

bool not_running(const void *work)
{
    return workqueue.running != work;
}

void take_out(work_struct *work)
{
    auto *end =
        std::remove(workqueue.waiting.begin(), workqueue.waiting.begin() + workqueue.count, work);
    workqueue.count = static_cast<unsigned int>(end - workqueue.waiting.begin());
    inside(work).scheduled = false;
}

void run_worker(void *)
{
    for (;;) {
        point_when(has_work, &workqueue);
        touch(&workqueue, Access::write);
        acquire_from(&workqueue);
        work_struct *work = workqueue.waiting[0];
        take_out(work);
        workqueue.running = work;
        tell("begins the work");
        inside(work).function(work);
        must_be_clean("the work's function");
        point();
        touch(&workqueue, Access::write);
        release_to(&workqueue);
        workqueue.running = nullptr;
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
    worker = &spawn("worker", Context::worker, run_worker, nullptr);
}

void spawn_errand_runner(Context context)
{
    errand.runner = &spawn(context == Context::interrupt ? "interrupt" : "kthread", context,
                           run_errands, nullptr);
}

void watch_rcu()
{
    rcu_watched = true;
}

void reset_contexts()
{
    worker = nullptr;
    workqueue = {};
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
    if (context == LAB_CONTEXT_PROCESS) {
        function(argument);
        return true;
    }
    if (!errand.runner)
        refuse("%s sends an errand, and no thread runs it", current().name);
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

static void init_work(work_struct *work, void (*function)(work_struct *))
{
    inside(work) = {function, true, false};
}

static void schedule_work(work_struct *work)
{
    if (!inside(work).initialised)
        refuse("%s schedules work that was never initialised", current().name);
    if (!worker)
        refuse("%s schedules work, and the scenario has no worker", current().name);
    point();
    touch(&workqueue, Access::write);
    release_to(&workqueue);
    if (!std::exchange(inside(work).scheduled, true))
        workqueue.waiting.at(workqueue.count++) = work;
    tell("leaves the rest to a worker");
}

static void cancel_work(work_struct *work)
{
    must_be_able_to_sleep("cancel_work_sync()");
    if (!worker)
        return;
    point_when(not_running, work, &workqueue);
    touch(&workqueue, Access::write);
    acquire_from(&workqueue);
    take_out(work);
}

void kapi_work_init(work_struct *work)
{
    init_work(work, waitq_deferred);
}

void kapi_work_schedule(work_struct *work)
{
    schedule_work(work);
}

void kapi_work_cancel(work_struct *work)
{
    cancel_work(work);
}

void kapi_lab_work_init(work_struct *work)
{
    init_work(work, lab_deferred);
}

void kapi_lab_work_schedule(work_struct *work)
{
    schedule_work(work);
}

void kapi_lab_work_cancel(work_struct *work)
{
    cancel_work(work);
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

// Of a task an onlooker learns its number only.
void kapi_describe(kapi_seen *seen, task_struct *task, kapi_wake_function)
{
    must_be_able_to_sleep("kapi_describe()");
    point();
    *seen = {};
    if (!task)
        return;
    seen->pid = reinterpret_cast<Task *>(task)->index + 1;
    seen->state = 'S';
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

int kapi_macro_call_back(wait_queue_entry *, unsigned int, int, void *)
{
    refuse("%s calls the wake function of a macro's entry", current().name);
}

} // extern "C"
