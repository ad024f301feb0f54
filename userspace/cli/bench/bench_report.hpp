// SPDX-License-Identifier: GPL-2.0
// A measurement as tables for people and as one JSON document.
#pragma once

#include "bench/limits.hpp"
#include "report.hpp"

namespace waitq::cli::bench {

/**
 * A table for each pattern. With @checks, which may be null, also the verdict: the lines of the
 * tables then begin with "# ", each check is a line "ok" or "not ok", and the exit status is 1 if
 * one failed.
 */
[[nodiscard]] Report bench_report(const Results &results, const std::vector<Check> *checks);

} // namespace waitq::cli::bench
