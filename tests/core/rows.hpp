// SPDX-License-Identifier: GPL-2.0
// rows.hpp - the parts of the table.
#pragma once

#include "act.hpp"

#include <vector>

namespace core {

using Rows = std::vector<Row>;

void add_stream_rows(Rows &rows);
void add_timer_rows(Rows &rows);
void add_readiness_rows(Rows &rows);

} // namespace core
