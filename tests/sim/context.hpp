// SPDX-License-Identifier: GPL-2.0
// context.hpp - who else runs the module's code: workers, interrupts for an errand, and RCU.
#pragma once

#include "task.hpp"

namespace sim {

// For scenarios, before the first thread that needs it. Without one, scheduling work is refused,
// and so is running something elsewhere.
void spawn_worker();
void spawn_errand_runner(Context context);
// RCU's readers and who waits for them are steps only then.
void watch_rcu();
// Before each execution.
void reset_contexts();

} // namespace sim
