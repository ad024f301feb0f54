// SPDX-License-Identifier: GPL-2.0
// task.cpp - tasks and interrupts of the simulated kernel.
#include "kernel.hpp"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace sim {
namespace {

void run_flow(void *)
{
    Task &self = current();
    load_point(); // what the body does first, others may notice
    acquire_from(&self);
    self.body(self.argument);
    must_be_clean();
    here = nullptr;
    point();
    touch(&self.task, Access::write); // see sim_is_done()
    release_to(&self.task);
    tell("is done");
}

} // namespace

Task &spawn_flow(const char *name, Context context, void (*body)(void *), void *argument)
{
    full_barrier();
    const unsigned int index = Machine::get().threads();
    auto &flow = static_cast<Task &>(Machine::get().spawn(name, context, run_flow, nullptr));
    std::snprintf(flow.name_storage.data(), flow.name_storage.size(), "%s", name);
    flow.name = flow.name_storage.data();
    flow.body = body;
    flow.argument = argument;
    flow.task.pid = flow.task.tgid = static_cast<int>(100 + index);
    flow.task.flow = index;
    std::snprintf(flow.task.comm, sizeof flow.task.comm, "%s", name);
    touch(&flow, Access::write);
    release_to(&flow);
    return flow;
}

void must_be_able_to_sleep(const char *what)
{
    const Task &self = current();
    if (self.context == Context::interrupt)
        refuse("sleep in atomic context: %s calls %s, which may sleep, in an interrupt", self.name,
               what);
    if (self.held_count)
        refuse("sleep in atomic context: %s calls %s, which may sleep, with the spinlock \"%s\" "
               "held",
               self.name, what, static_cast<const sim_lock *>(self.held[0].lock)->name);
    if (!self.irqs_on)
        refuse("sleep in atomic context: %s calls %s, which may sleep, with interrupts off",
               self.name, what);
}

void must_not_be_asleep(const char *what)
{
    must_be_able_to_sleep(what);
    const Task &self = current();
    if (self.state != TASK_RUNNING)
        refuse("an inner sleep: %s calls %s, which may sleep, while it is %s: its state would be "
               "lost",
               self.name, what, in_words(self.state));
}

} // namespace sim

using namespace sim;

extern "C" {

task_struct *sim_current()
{
    return &current().task;
}

bool sim_is_boot()
{
    return current().index == max_threads;
}

bool sim_in_interrupt()
{
    return current().context == Context::interrupt;
}

void sim_might_sleep(const char *what)
{
    here = __builtin_return_address(0);
    must_not_be_asleep(what);
}

void sim_set_state(unsigned int state, bool ordered)
{
    here = __builtin_return_address(0);
    set_current_state(state, ordered);
}

unsigned int sim_state()
{
    here = __builtin_return_address(0);
    load_point();
    touch(&current(), Access::read);
    return current().state;
}

bool sim_signal_pending(unsigned int state)
{
    here = __builtin_return_address(0);
    load_point();
    touch(&current(), Access::read);
    return state == ~0U ? current().signal_pending : signal_ends(state, current());
}

int sim_wake(task_struct *known, unsigned int mask)
{
    here = __builtin_return_address(0);
    if (!known)
        refuse("%s wakes no task: the pointer is null", current().name);
    return try_to_wake_up(task_of(known), mask);
}

void schedule()
{
    here = __builtin_return_address(0);
    Task &self = current();
    if (self.state != TASK_RUNNING)
        must_be_able_to_sleep("schedule()");
    sleep_now();
}

task_struct *sim_spawn(const char *name, sim_context context, void (*body)(void *), void *argument)
{
    static constexpr std::array contexts{Context::task, Context::interrupt, Context::worker,
                                         Context::interrupt};
    here = __builtin_return_address(0);
    Task &flow = spawn_flow(name, contexts.at(context), body, argument);
    flow.soft = context == SIM_SOFTIRQ;
    return &flow.task;
}

void sim_make_asleep(task_struct *known, unsigned int state)
{
    task_of(known).state = state;
}

bool sim_is_done(const task_struct *known)
{
    return task_of(known).done;
}

void sim_wait_until(bool (*ready)(const void *), const void *argument, const void *object,
                    const char *what)
{
    here = __builtin_return_address(0);
    Task &self = current();
    if (what && !ready(argument))
        tell("waits in %s", what);
    self.waits_for = what ? object : nullptr;
    self.waits_for_name = what;
    point_when(ready, argument, object);
    self.waits_for = nullptr;
    touch(object, Access::write);
    acquire_from(object);
}

void sim_point()
{
    SIM_STEP();
}

void sim_touch(const volatile void *object, bool write)
{
    touch(const_cast<const void *>(object), write ? Access::write : Access::read);
}

// ---- marked accesses ----

static void tell_access(const char *verb, const void *memory, unsigned int size)
{
    if (!telling() || size > 8)
        return;
    long long value = 0;
    std::memcpy(&value, memory, size);
    if (size == 4)
        value = static_cast<int>(value);
    Machine::get().note(Line::Kind::accesses, verb + std::to_string(value), world().call_chain());
}

void sim_read(const volatile void *from, void *to, unsigned int size)
{
    here = __builtin_return_address(0);
    const void *memory = const_cast<const void *>(from);
    marked_access(memory, size, Access::read);
    std::memcpy(to, memory, size);
    tell_access("reads ", memory, size);
    Task &self = current();
    self.last_read = memory;
    self.last_size = std::min(size, 8U);
    self.last_value = 0;
    std::memcpy(&self.last_value, memory, self.last_size);
}

void sim_write(volatile void *to, const void *from, unsigned int size)
{
    here = __builtin_return_address(0);
    marked_access(const_cast<const void *>(to), size, Access::write);
    std::memcpy(const_cast<void *>(to), from, size);
    tell_access("writes ", from, size);
}

unsigned long long sim_rmw(volatile void *at, unsigned int size, sim_op op,
                           unsigned long long argument, unsigned long long expected, bool ordered)
{
    here = __builtin_return_address(0);
    void *memory = const_cast<void *>(at);
    atomic_update(memory, size);
    unsigned long long old = 0, mask = size == 8 ? ~0ULL : (1ULL << size * 8) - 1;
    std::memcpy(&old, memory, size);
    unsigned long long now = argument;
    switch (op) {
    case SIM_XCHG:
        break;
    case SIM_ADD:
        now = old + argument;
        break;
    case SIM_AND:
        now = old & argument;
        break;
    case SIM_OR:
        now = old | argument;
        break;
    case SIM_XOR:
        now = old ^ argument;
        break;
    case SIM_CMPXCHG:
        now = old == (expected & mask) ? argument : old;
        break;
    }
    std::memcpy(memory, &now, size);
    tell_access("makes it ", memory, size);
    if (ordered) {
        acquire_from(memory);
        release_to(memory);
    }
    return old;
}

void sim_acquire(const volatile void *object)
{
    acquire_from(const_cast<const void *>(object));
}

void sim_release(const volatile void *object)
{
    release_to(const_cast<const void *>(object));
}

void sim_mb()
{
    here = __builtin_return_address(0);
    full_barrier();
}

static bool has_changed(const void *argument)
{
    const auto &self = *static_cast<const Task *>(argument);
    unsigned long long now = 0;
    std::memcpy(&now, self.last_read, self.last_size);
    return now != self.last_value;
}

void sim_relax()
{
    here = __builtin_return_address(0);
    Task &self = current();
    if (!self.last_read)
        refuse("%s loops, and nothing that it looks at can change", self.name);
    self.waits_for = self.last_read;
    self.waits_for_name = "a loop with cpu_relax()";
    point_when(has_changed, &self, self.last_read);
    self.waits_for = nullptr;
    touch(self.last_read, Access::read);
}

// ---- reports ----

static std::array<char, 512> formatted(const char *format, std::va_list arguments)
{
    std::array<char, 512> text{};
    std::vsnprintf(text.data(), text.size(), format, arguments);
    return text;
}

void sim_refuse(const char *format, ...)
{
    here = __builtin_return_address(0);
    std::va_list arguments;
    va_start(arguments, format);
    const auto text = formatted(format, arguments);
    va_end(arguments);
    refuse("%s: %s", current().name, text.data());
}

void sim_give_up(const char *format, ...)
{
    here = __builtin_return_address(0);
    std::va_list arguments;
    va_start(arguments, format);
    const auto text = formatted(format, arguments);
    va_end(arguments);
    give_up("%s: %s", current().name, text.data());
}

void sim_tell(const char *format, ...)
{
    if (!telling())
        return;
    here = __builtin_return_address(0);
    std::va_list arguments;
    va_start(arguments, format);
    const auto text = formatted(format, arguments);
    va_end(arguments);
    tell("%s", text.data());
}

void sim_warn(const char *text)
{
    here = __builtin_return_address(0);
    refuse("%s: %s", current().name, text);
}

} // extern "C"
