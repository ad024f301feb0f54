// SPDX-License-Identifier: GPL-2.0
// The director of a torture: rounds of noise, each of which ends at rest, where all is looked at.
#pragma once

#include "bench/statistics.hpp"
#include "torture/subject.hpp"

#include <chrono>
#include <functional>

namespace waitq::cli::torture {

struct Limits {
    std::chrono::nanoseconds time{}, round{};
};

struct Outcome {
    Checks checks;
    std::uint64_t rounds = 0, operations = 0, kills = 0;
    std::chrono::nanoseconds lasted{};
    bench::Percentiles waits; ///< of waits that were satisfied
    std::chrono::nanoseconds longest{};
    std::string longest_operation; ///< which it was
    bool interrupted = false;
};

/// Tells how far it is: a line now and then.
using Say = std::function<void(const std::string &text)>;

/// Throws Failure, std::system_error: it could not be done at all.
[[nodiscard]] Outcome torture(Subject &subject, const Plan &plan, const Limits &limits,
                              const Say &say);

} // namespace waitq::cli::torture
