// SPDX-License-Identifier: GPL-2.0
// A table for people.
#pragma once

#include <string>
#include <vector>

namespace waitq::cli {

using Row = std::vector<std::string>;

/// The rows as lines, every column as wide as its widest cell; the first row is the titles.
[[nodiscard]] std::string aligned(const std::vector<Row> &rows);

/// A string that others made, fit for a terminal: all but printable ASCII is '?'.
[[nodiscard]] std::string printable(std::string text);

} // namespace waitq::cli
