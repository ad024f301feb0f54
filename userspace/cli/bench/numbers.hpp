// SPDX-License-Identifier: GPL-2.0
// Figures as text.
#pragma once

#include <array>
#include <cstdio>
#include <string>

namespace waitq::cli::bench {

/// A number with so many digits after the point.
[[nodiscard]] inline std::string decimals(double number, int digits)
{
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f", digits, number);
    return text.data();
}

/// A cost: whole, unless it is so small that its first decimal matters.
[[nodiscard]] inline std::string cost(double number)
{
    return decimals(number, number < 100 ? 1 : 0);
}

} // namespace waitq::cli::bench
