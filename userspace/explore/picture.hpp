// SPDX-License-Identifier: GPL-2.0
// picture.hpp - a failing schedule, drawn.
#pragma once

#include "outcome.hpp"

namespace waitq::explore {

/// An SVG document: a column for each thread, time runs downwards; where a thread sleeps its line
/// is dashed, and a wake-up is an arrow.
std::string picture(const Outcome &outcome);

} // namespace waitq::explore
