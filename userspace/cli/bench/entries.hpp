// SPDX-License-Identifier: GPL-2.0
// The list of contenders.
#pragma once

#include "bench/runs.hpp"

namespace waitq::cli::bench {

/// A Run is made for it.
struct Setting {
    unsigned number = 0; ///< of waiters or the like
    std::string module;  ///< the file of waitq.ko; empty: it must not be loaded anew
};

using MakeRun = std::unique_ptr<Run> (*)(const Setting &);

/// A contender or a floor, and how it is measured in each pattern (by PatternId; null: it is not).
struct Entry {
    std::string_view name;
    bool floor;
    bool (*available)();
    std::array<MakeRun, pattern_count> make;
};

/// All of them, in the order of the tables; the floors come first.
[[nodiscard]] std::span<const Entry> entries();

} // namespace waitq::cli::bench
