// SPDX-License-Identifier: GPL-2.0
// What `waitq torture` and `waitq lab torture` share: options, and the report.
#pragma once

#include "command.hpp"
#include "torture/torture.hpp"

#include <optional>

namespace waitq::cli::torture {

struct Given {
    Plan plan;
    Limits limits{std::chrono::seconds(60), std::chrono::milliseconds(500)};
    std::optional<std::uint64_t> seed;
    std::string noises; ///< as given; empty: all that this machine can make
};

void add_torture(Options &options, Given &given);

/// Tortures, and tells how it went, as KTAP. Throws UsageError, Failure.
[[nodiscard]] Report run_torture(Subject &subject, const Given &given, const Settings &settings);

[[nodiscard]] Report torture_report(std::string_view subject, const Plan &plan,
                                    const Outcome &outcome,
                                    const std::vector<std::string> &left_out);

} // namespace waitq::cli::torture
