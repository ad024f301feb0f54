// SPDX-License-Identifier: GPL-2.0
// Measures contenders in patterns.
#pragma once

#include "bench/entries.hpp"
#include "bench/results.hpp"

#include <functional>

namespace waitq::cli::bench {

/// A plan of a measurement.
struct Plan {
    Unit unit = Unit::Nanoseconds;
    bool twice = false; ///< all of it a second time, for Figure::again
    std::vector<const Pattern *> patterns;
    std::vector<Skipped> skipped;       ///< for the report
    std::string module;                 ///< of Setting
    std::vector<const Entry *> entries; ///< those that this kernel lacks are left out
    std::function<void(const std::string &)> say = [](const std::string &) {};
};

/// Throws Failure, std::system_error, std::runtime_error.
[[nodiscard]] Results measure(const Plan &plan);

/// For `scripts/bench --functions`: says on standard output what comes, and then makes one
/// operation after the other between two marks: of each contender, in those patterns of the plan
/// that have few.
void trace(const Plan &plan);

} // namespace waitq::cli::bench
