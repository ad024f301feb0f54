// SPDX-License-Identifier: GPL-2.0
// trap.hpp - what the simulation can't see coming: a crash of the driver's, and a loop without a
// step.
#pragma once

namespace waitq::explore {

/// From here on either is a refusal in the flow that runs, with a story, like all others. Of this
/// process: those that it forks have no timer.
void catch_traps();

} // namespace waitq::explore
