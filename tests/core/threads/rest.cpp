// SPDX-License-Identifier: GPL-2.0
// rest.cpp - of the seam, what the programs on this kernel do not come by: it says so. The device
// and, of the lab, the six plain wait kinds and three wake-ups are what threads and the fuzzer run;
// the simulation (tests/sim) has all of it.
#include "kernel.hpp"

namespace threads {
namespace {

std::array<waitq_file *, 4> devices;

} // namespace

void open_as(unsigned int fd, waitq_file *device)
{
    devices.at(fd) = device;
}

} // namespace threads

using namespace threads;

extern "C" {

bool kapi_run_in(unsigned int context, void (*function)(void *argument), void *argument)
{
    if (context != 0)
        return false; // no memory for it
    function(argument);
    return true;
}

unsigned long long kapi_macro_waits()
{
    return 0x3f;
}
unsigned long long kapi_macro_wakes()
{
    return 0x7;
}

task_struct *kapi_current()
{
    return nullptr;
}

bool kapi_in_task()
{
    return current().context == Context::task;
}
void kapi_nap()
{
    set_current_state(TASK_RUNNING);
}
void kapi_set_running()
{
    set_current_state(TASK_RUNNING);
}
void kapi_set_current_state(unsigned int state)
{
    set_current_state(state);
}
task_struct *kapi_entry_task(const wait_queue_entry *, bool)
{
    return nullptr;
}
void kapi_describe(kapi_seen *seen, task_struct *, kapi_wake_function)
{
    *seen = {};
}
int kapi_open_eventfd(waitq_queue *, unsigned int)
{
    return 3;
}

waitq_file *kapi_file_get(unsigned int fd, kapi_held *)
{
    return fd < devices.size() ? devices.at(fd) : nullptr;
}
void kapi_file_put(const kapi_held *) {}

#define NOT_HERE(type, name, ...)                                                                  \
    type name(__VA_ARGS__)                                                                         \
    {                                                                                              \
        broken(#name "() is not in this kernel");                                                  \
    }
NOT_HERE(bool, kapi_prepare_locked, wait_queue_head *, wait_queue_entry *, int, kapi_wake_function,
         unsigned int)
NOT_HERE(void, kapi_finish_locked, wait_queue_head *, wait_queue_entry *)
NOT_HERE(void, kapi_rcu_read_lock)
NOT_HERE(void, kapi_rcu_read_unlock)
NOT_HERE(void, kapi_synchronize_rcu)
NOT_HERE(long, kapi_macro_wait, unsigned int, kapi_macro *)
NOT_HERE(void, kapi_macro_wake, unsigned int, wait_queue_head *, int, unsigned int)
NOT_HERE(bool, kapi_spin_is_locked, spinlock *)
NOT_HERE(void, kapi_head_lock_irq_on, wait_queue_head *)
NOT_HERE(void, kapi_head_unlock_irq_on, wait_queue_head *)
NOT_HERE(bool, kapi_head_is_locked, wait_queue_head *)
NOT_HERE(void, prepare_to_wait, wait_queue_head *, wait_queue_entry *, int)
NOT_HERE(bool, prepare_to_wait_exclusive, wait_queue_head *, wait_queue_entry *, int)
NOT_HERE(void, add_wait_queue_exclusive, wait_queue_head *, wait_queue_entry *)
NOT_HERE(void, kapi_add_priority, wait_queue_head *, wait_queue_entry *)
NOT_HERE(int, kapi_add_priority_exclusive, wait_queue_head *, wait_queue_entry *)
NOT_HERE(long, wait_woken, wait_queue_entry *, unsigned int, long)
NOT_HERE(int, woken_wake_function, wait_queue_entry *, unsigned int, int, void *)
NOT_HERE(void, __wake_up_locked_key, wait_queue_head *, unsigned int, void *)
NOT_HERE(void, __wake_up_locked_sync_key, wait_queue_head *, unsigned int, void *)
NOT_HERE(void, kapi_wake_up_pollfree, wait_queue_head *)
NOT_HERE(bool, kapi_is_pollfree, const void *)
NOT_HERE(int, kapi_macro_call_back, wait_queue_entry *, unsigned int, int, void *)
NOT_HERE(void, io_schedule)
NOT_HERE(void, kapi_freezable_schedule)
NOT_HERE(long, kapi_freezable_schedule_timeout, long)
#undef NOT_HERE

} // extern "C"
