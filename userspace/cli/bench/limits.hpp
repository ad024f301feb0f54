// SPDX-License-Identifier: GPL-2.0
// The limits that measurements are held against.
#pragma once

#include "bench/results.hpp"

#include <string>
#include <vector>

namespace waitq::cli::bench {

/// A contender's figure may be at most `factor` times another figure of the same pattern.
struct Limit {
    std::string_view pattern;
    std::string_view quantity;
    std::string_view contender;
    unsigned number;     ///< of waiters or the like; 0: the pattern does not vary it
    std::string_view of; ///< the contender of the other figure
    unsigned of_number;
    double factor;
    double newer = 0; ///< the factor on Linux above 6.1; 0: the same
};

/// All limits.
[[nodiscard]] std::span<const Limit> limits();

/// A blocking round trip has one voluntary switch on each side, give or take this.
inline constexpr double switches_within = 0.005;

/// Memory that is measured twice may differ by this part: the kernel takes it by pages, and keeps
/// some of objects that were.
inline constexpr double memory_within = 0.20;

/// One line of the verdict.
struct Check {
    bool ok;
    std::string text;
};

/// Holds @results against @limits; limits of figures that were not measured are left out. Figures
/// that were measured twice must repeat.
[[nodiscard]] std::vector<Check> check(const Results &results, std::span<const Limit> limits);

} // namespace waitq::cli::bench
