// SPDX-License-Identifier: GPL-2.0
// Durations as people write them: 1.5s, 200ms, 50us, 10ns, 2m, 1h, 0.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace waitq::cli {

/**
 * A decimal number and a unit: ns, us, ms, s, m or h; 0 needs no unit. The value is exact.
 * Throws std::invalid_argument, with a message for the user: no number, no unit, an unknown
 * unit, negative, finer than a nanosecond, more than 2^63 - 1 nanoseconds (292 years).
 */
[[nodiscard]] std::chrono::nanoseconds parse_duration(std::string_view text);

/// The same notation, exact, in the largest of ns, us, ms and s that gives 1 or more.
[[nodiscard]] std::string format_duration(std::chrono::nanoseconds duration);

} // namespace waitq::cli
