// SPDX-License-Identifier: GPL-2.0
#include "bench/results.hpp"

#include <algorithm>

namespace waitq::cli::bench {

const Row *Measured::find(std::string_view contender, unsigned number) const
{
    const auto found = std::ranges::find_if(
        rows, [&](const Row &row) { return row.contender == contender && row.number == number; });
    return found == rows.end() ? nullptr : &*found;
}

const Measured *Results::find(std::string_view pattern) const
{
    const auto found = std::ranges::find_if(
        patterns, [&](const Measured &measured) { return measured.pattern->name == pattern; });
    return found == patterns.end() ? nullptr : &*found;
}

} // namespace waitq::cli::bench
