// SPDX-License-Identifier: GPL-2.0
// report.hpp - a schedule that must not be, as people read it.
#pragma once

#include "source.hpp"

#include <sim/machine.hpp>
#include <string>
#include <vector>

namespace waitq::explore {

/// The story of the machine's last execution, as far as the driver's author knows the words: what
/// the driver calls and accesses, and what becomes of its tasks. Each line says where.
std::vector<sim::Line> story(Source &source);
/// Where the last line of the story is, and the source's line there.
std::string place_of_failure(Source &source);
/// The data races that were met, a line each.
std::vector<std::string> races(Source &source);

} // namespace waitq::explore
