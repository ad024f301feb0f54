// SPDX-License-Identifier: GPL-2.0
// rows.hpp - the parts of the table.
#pragma once

#include "act.hpp"

#include <vector>

namespace core {

using Rows = std::vector<Row>;

namespace lab {
// Several waiters and wakers of the first kinds; then add_kind_rows() of the others.
void add_mixed_rows(Rows &rows);
// Each wait kind from `first_wait` on, each wake kind from `first_wake` on, each context.
void add_kind_rows(Rows &rows, unsigned int first_wait, unsigned int first_wake);
} // namespace lab

namespace device {
void add_event_rows(Rows &rows);
void add_page_rows(Rows &rows);
void add_many_rows(Rows &rows);
void add_eventfd_rows(Rows &rows);
void add_stream_rows(Rows &rows);
void add_timer_rows(Rows &rows);
void add_readiness_rows(Rows &rows);
} // namespace device

} // namespace core
