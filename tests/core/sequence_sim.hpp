// SPDX-License-Identifier: GPL-2.0
// sequence_sim.hpp - a Sequence on the simulated kernel.
#pragma once

#include <string>

namespace core {

// `backwards`: of those that can run the last goes first. It must not matter.
std::string sequence_on_simulation(unsigned int seed, unsigned int length, bool backwards = false);

} // namespace core
