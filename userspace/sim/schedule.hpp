// SPDX-License-Identifier: GPL-2.0
// schedule.hpp - a schedule as a short name, and as a timeline.
#pragma once

#include "explorer.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

// By default the thread that took the last step takes the next one, or the first that can. A
// name lists where a schedule does otherwise: how many steps go by default, the thread as a
// letter (A is the first), and in small letters how a choice turned out, if not in the first
// way. "5B12Ab": five steps, then B takes the next; after twelve more A takes one, whose choice
// turns out the second way. The schedule that goes by default throughout is "0".
//
// The name fits the scenario and the code that it was found with.
std::string name_of(Scenario &scenario, const std::vector<Choice> &schedule);
// Nothing if `name` is not such a name. Steps beyond it go by default.
std::optional<std::vector<Choice>> schedule_of(Scenario &scenario, std::string_view name);

// The story of the machine's last execution: a column for each thread, a line for each step.
std::string timeline(const Machine &machine);
std::string timeline(const Machine &machine, const std::vector<Line> &story);

} // namespace sim
