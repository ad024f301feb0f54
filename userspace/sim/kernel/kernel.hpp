// SPDX-License-Identifier: GPL-2.0
// kernel.hpp - the simulated kernel that drivers run on: what its parts share.
#pragma once

#include "../machine.hpp"
#include "../sched.hpp"
#include "../shim/include/sim/kernel.h"

#include <array>
#include <string>
#include <vector>

namespace sim {

struct Call {
    const void *from;
    std::uintptr_t frame;
};

// The timer behind schedule_timeout().
struct Timeout {
    bool armed, running, has_flow;
    unsigned long expires;
    std::array<char, 40> name;
};

struct Task : Flow {
    task_struct task;
    std::array<char, 40> name_storage;
    void (*body)(void *);
    void *argument;

    Timeout timeout;
    bool soft;              // an interrupt: a softirq
    bool bh_off;            // a task: softirqs are off
    unsigned int in_module; // calls of the module's code that it is in
    const void *waits_for;  // a lock or a counter that it can't go on without; null: none
    const char *waits_for_name;
    const void *last_read; // see sim_relax()
    unsigned long long last_value;
    unsigned int last_size;

    std::array<Call, 64> calls;
    unsigned int depth;
    std::uintptr_t dead_below;           // where the function's frame was that it has left last
    std::array<const void *, 16> linked; // list entries on its stack that are in lists
    unsigned int linked_count;
    // The end of the stack that list entries were on, as an object: the function that held the
    // topmost of them writes to it when it returns; others read it with each access of the stack.
    std::uintptr_t topmost_linked; // 0: none since that
};

inline Task &current()
{
    return static_cast<Task &>(running());
}
Task &task(unsigned int index); // the boot flow's is max_threads
// The next refusal is about this task, which stands still there, and not about the current one.
void blame(const Task *task, const void *where);
// Refuses what is no task, as memory that was one may be.
Task &task_of(const task_struct *known);

// A step: from here on, others may have come first.
#define SIM_STEP() (sim::here = __builtin_return_address(0), sim::point())

Task &spawn_flow(const char *name, Context context, void (*body)(void *), void *argument);
// Refuses what needs process context, interrupts on and no spinlock.
void must_be_able_to_sleep(const char *what);
// And a task that is about to sleep already: its state would be lost.
void must_not_be_asleep(const char *what);
// At the end of a flow: nothing may be held.
void must_be_clean();
void reset_time();
void reset_locks();
// Refuses an armed timer in memory that is freed.
void timers_in_freed_memory(const void *memory, std::size_t size);
const char *timer_left_behind(); // its name, or null
// The index of the flow that holds a lock; max_threads: none.
unsigned int holder_of(const void *lock);

// ---- the program that was loaded ----

struct Known {
    const char *name;
    void (*body)();
};
struct Program {
    std::vector<Known> scenarios; // of the program's own
    std::vector<Known> defaults;  // for one that has none
    std::vector<Known> always;    // for each driver
    const char *(*pending)(const void *memory, std::size_t size) = nullptr;
    int (*init)() = nullptr;
    void (*exit)() = nullptr;
    // Its variables: as they were when it had been loaded, and where they are.
    std::vector<unsigned char> image;
    unsigned char *variables = nullptr;
    std::size_t size = 0;
};
Program &program();

// ---- data races ----

struct NotedRace {
    std::string one, other;
    const void *here, *there;
};
std::vector<NotedRace> &noted_races();

} // namespace sim
