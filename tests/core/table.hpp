// SPDX-License-Identifier: GPL-2.0
// table.hpp - the scenarios.
#pragma once

#include "act.hpp"

#include <vector>

namespace core {

// The first two parts of a row's name: all kinds of waits and wakes alike.
std::string family(const Row &row);
// All rows, in order of their families.
const std::vector<Row> &rows();

} // namespace core
