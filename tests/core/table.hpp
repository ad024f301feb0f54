// SPDX-License-Identifier: GPL-2.0
// table.hpp - the scenarios.
#pragma once

#include "act.hpp"

#include <vector>

namespace core {

// All rows, in order of their groups: the part of a name before the first '/'.
const std::vector<Row> &rows();

} // namespace core
