// SPDX-License-Identifier: GPL-2.0
// flow.hpp - what the machine knows of a flow of control: a task, an interrupt, a worker. The
// kernel that is simulated knows more (World::new_flow()).
#pragma once

#include <array>
#include <cstdint>

namespace sim {

// worker: a thread of the kernel that waits for work; nobody waits for its end.
enum class Context : std::uint8_t { task, interrupt, worker };

struct HeldLock {
    const void *lock;
    bool irqs_were_on;
};

struct Flow {
    const char *name;
    unsigned int index;
    Context context;
    bool done;
    bool patient; // takes a step when nobody else can

    // Of a task (sched.hpp).
    unsigned int state;
    bool signal_pending, fatal_signal_pending;
    unsigned int times_woken;
    unsigned int resumed_at; // step in which it last came back from schedule(), or saw a signal

    // Its CPU.
    bool irqs_on;
    std::array<HeldLock, 6> held; // spinlocks, innermost last
    unsigned int held_count;
};

} // namespace sim
