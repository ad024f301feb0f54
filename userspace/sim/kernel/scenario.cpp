// SPDX-License-Identifier: GPL-2.0
#include "scenario.hpp"

#include "../memory.hpp"

#include <cstdio>
#include <cstring>

namespace sim {
namespace {

DriverScenario *active_scenario = nullptr;

bool sleeps(const Task &task)
{
    return task.context != Context::interrupt && !task.done && task.state != TASK_RUNNING;
}

// All that a driver can have changed: its variables and its memory.
std::vector<unsigned char> snapshot()
{
    const Program &loaded = program();
    std::vector<unsigned char> bytes(loaded.variables, loaded.variables + loaded.size);
    append_memory(bytes);
    return bytes;
}

std::uint64_t place_of(const Task &task)
{
    std::uint64_t sum = task.depth;
    for (unsigned int i = 0; i < task.depth && i < task.calls.size(); ++i)
        sum = sum * 0x9e3779b97f4a7c15ULL + reinterpret_cast<std::uintptr_t>(task.calls[i].from);
    return sum;
}

} // namespace

DriverScenario *DriverScenario::active()
{
    return active_scenario;
}

void DriverScenario::run()
{
    active_scenario = this;
    // (Vectors: abandoned, not ended, when an execution is cut. Their memory is used again.)
    started_.clear();
    started_.reserve(max_threads);
    signals_.clear();
    signals_.reserve(max_threads);
    after_ = nullptr;
    ended_ = unloading_ = unloaded_ = false;
    const Program &loaded = program();
    if (loaded.init) {
        sim_enter_module();
        if (const int error = loaded.init())
            refuse("the module's init function fails with %d", error);
        sim_leave_module();
    }
    known_.body();
    if (!ended_)
        give_up("the scenario has no thread: THREAD(name) { ... }");
    if (loaded.exit && !unloading_ && Machine::get().everybody_is_done())
        exit_module();
}

void DriverScenario::exit_module()
{
    const Program &loaded = program();
    unloading_ = true;
    sim_enter_module();
    loaded.exit();
    sim_leave_module();
    unloaded_ = true;
    for (unsigned int i = 0; i < Machine::get().threads(); ++i)
        if (task(i).in_module && !task(i).done) {
            blame(&task(i), Machine::get().here_of(task(i)));
            refuse("the module is unloaded while %s is in it%s", task(i).name,
                   sleeps(task(i)) ? ", asleep" : "");
        }
    if (const char *timer = timer_left_behind())
        refuse("the module is unloaded, and its timer %s is armed or runs", timer);
    if (const char *pending = loaded.pending ? loaded.pending(nullptr, 0) : nullptr)
        refuse("the module is unloaded, and %s is still pending or runs", pending);
    if (const std::size_t left = memory_in_use())
        refuse("the module is unloaded, and %zu bytes that it allocated are never freed", left);
}

static bool is_unused(const void *users)
{
    return *static_cast<const unsigned int *>(users) == 0;
}

void DriverScenario::unload(const unsigned int *users, bool *going)
{
    if (!program().exit)
        give_up("the module has no exit function: it can't be unloaded");
    point_when(is_unused, users);
    touch(users, Access::write);
    *going = true;
    tell("unloads the module");
    exit_module();
}

void DriverScenario::run_body(void *argument)
{
    static_cast<Started *>(argument)->body();
}

void DriverScenario::flow(const char *name, Context context, void (*body)())
{
    if (find(name))
        give_up("two threads of the scenario are called %s", name);
    started_.push_back({name, body, nullptr});
    started_.back().task = &spawn_flow(name, context, run_body, &started_.back());
}

Task *DriverScenario::find(const char *name) const
{
    for (const Started &started : started_)
        if (std::strcmp(started.name, name) == 0)
            return started.task;
    return nullptr;
}

void DriverScenario::run_signal(void *argument)
{
    const auto &signal = *static_cast<Signal *>(argument);
    if (Task *task = signal.scenario->find(signal.name))
        send_signal(*task, signal.fatal);
    else
        give_up("a signal for %s, which is no thread of the scenario", signal.name);
}

void DriverScenario::signal(const char *name, bool fatal)
{
    signals_.push_back({this, name, fatal, {}});
    Signal &signal = signals_.back();
    std::snprintf(signal.flow_name.data(), signal.flow_name.size(), "%s %s",
                  fatal ? "kill" : "signal", name);
    spawn_flow(signal.flow_name.data(), Context::interrupt, run_signal, &signal);
}

// Called by each THREAD() at the end of the block, while the block's variables still live.
void DriverScenario::end_of_block()
{
    if (ended_)
        return;
    ended_ = true;
    Machine::get().explore_now();
    at_rest();
}

void DriverScenario::at_rest()
{
    check_locks();
    check_sleepers();
    if (after_)
        after_();
    free_all();
}

// A flow that waits for a lock at rest waits for ever.
void DriverScenario::check_locks() const
{
    for (unsigned int i = 0; i < Machine::get().threads(); ++i) {
        const Task &waiting = task(i);
        if (waiting.done || !waiting.waits_for)
            continue;
        const unsigned int holder = holder_of(waiting.waits_for);
        blame(&waiting, Machine::get().here_of(waiting));
        if (holder == max_threads)
            refuse("deadlock: %s waits for \"%s\", and nobody is left who will end that",
                   waiting.name, waiting.waits_for_name);
        const Task &other = task(holder);
        refuse("deadlock: %s waits for \"%s\", which %s holds, and %s", waiting.name,
               waiting.waits_for_name, other.name,
               other.done        ? "has returned"
               : other.waits_for ? "waits for another"
                                 : "sleeps");
    }
}

// Wakes it for no reason, which is always allowed. Returns a sum of where the code has been until
// all are at rest again.
static std::uint64_t wake_spuriously(Task &sleeper)
{
    std::uint64_t sum = 1;
    sleeper.state = TASK_RUNNING;
    trail = &sum;
    Machine::get().drain_now();
    trail = nullptr;
    return sum;
}

// A task that is woken for no reason and then leaves its wait had a true condition, and nobody is
// left who would have told it. One that sleeps again where it slept may have found nothing, or may
// have taken something and come back: if it changed nothing, or goes the same way each time, it
// found nothing.
void DriverScenario::check_sleepers()
{
    constexpr unsigned int times = 6;
    for (unsigned int i = 0; i < Machine::get().threads(); ++i) {
        Task &sleeper = task(i);
        if (!sleeps(sleeper))
            continue;
        const unsigned int state = sleeper.state;
        const std::uint64_t place = place_of(sleeper);
        const std::vector<unsigned char> before = snapshot();
        const Task asleep = sleeper;
        const void *const stands = Machine::get().here_of(sleeper);
        const auto stays = [&] {
            return sleeps(sleeper) && sleeper.state == state && place_of(sleeper) == place;
        };
        const std::uint64_t way = wake_spuriously(sleeper);
        bool found_nothing = stays();
        if (found_nothing && snapshot() != before)
            for (unsigned int n = 1; n < times && found_nothing; ++n)
                found_nothing = wake_spuriously(sleeper) == way && stays();
        if (found_nothing)
            continue;
        blame(&asleep, stands);
        refuse("a wake-up is lost: %s sleeps (%s), its condition is true, and nobody is left who "
               "will wake it",
               sleeper.name, in_words(state));
    }
}

// So that they leave nothing behind. A sleeper that no signal wakes is left as it is.
void DriverScenario::free_all()
{
    for (const Started &started : started_)
        if (!started.task->done)
            send_signal(*started.task, true);
    Machine::get().drain_now();
}

} // namespace sim

using namespace sim;

extern "C" {

void explore_end(void *)
{
    DriverScenario::active()->end_of_block();
}

void explore_flow(const char *name, sim_context context, void (*body)())
{
    DriverScenario::active()->flow(
        name, context == SIM_INTERRUPT ? Context::interrupt : Context::task, body);
}

void explore_signal(const char *name, bool fatal)
{
    DriverScenario::active()->signal(name, fatal);
}

void explore_after(void (*body)())
{
    DriverScenario::active()->after(body);
}

void explore_assert(bool holds, const char *text, const char *file, int line)
{
    here = __builtin_return_address(0);
    if (!holds)
        refuse("ASSERT(%s) fails, %s:%d", text, file, line);
}

unsigned int explore_choose(unsigned int n)
{
    here = __builtin_return_address(0);
    constexpr unsigned int most = 26; // a letter each in a replay string
    if (n == 0 || n > most)
        give_up("explore_choose(%u): one of 1 to %u ways", n, most);
    if (sim_is_boot())
        give_up("explore_choose() outside of a thread: only a thread's steps are chosen");
    return choose(n);
}

bool nobody_sleeps()
{
    return Machine::get().everybody_is_done();
}

bool explore_returned(const char *name)
{
    const Task *task = DriverScenario::active()->find(name);
    if (!task)
        give_up("no thread of the scenario is called %s", name);
    return task->done;
}

void sim_init_is(int (*init)())
{
    program().init = init;
}

void sim_exit_is(void (*exit)())
{
    program().exit = exit;
}

void sim_default_scenario_is(const char *name, void (*body)(), bool always)
{
    (always ? program().always : program().defaults).push_back({name, body});
}

void sim_enter_module()
{
    here = __builtin_return_address(0);
    if (DriverScenario::active()->unloaded())
        refuse("%s calls the module's code, which is unloaded", current().name);
    ++current().in_module;
}

void sim_leave_module()
{
    --current().in_module;
}

void sim_unload(const unsigned int *users, bool *going)
{
    here = __builtin_return_address(0);
    DriverScenario::active()->unload(users, going);
}

void sim_tells_pending(const char *(*pending)(const void *memory, std::size_t size))
{
    program().pending = pending;
}

void sim_scenario_is(const char *name, void (*body)())
{
    program().scenarios.push_back({name, body});
}

} // extern "C"
