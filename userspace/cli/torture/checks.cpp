// SPDX-License-Identifier: GPL-2.0
#include "torture/checks.hpp"

#include <algorithm>

namespace waitq::cli::torture {

void Checks::hold(Check check, bool holds, const std::string &why)
{
    ++made_.at(static_cast<std::size_t>(check));
    // The first few tell; a thousand of them would tell no more.
    constexpr std::size_t enough = 20;
    if (!holds && failures_.size() < enough)
        failures_.push_back({check, why});
}

bool Checks::failed(Check check) const
{
    return std::ranges::any_of(failures_, [&](const Failure &one) { return one.check == check; });
}

std::vector<std::string_view> Checks::whys(Check check) const
{
    std::vector<std::string_view> all;
    for (const Failure &failure : failures_)
        if (failure.check == check)
            all.emplace_back(failure.why);
    return all;
}

} // namespace waitq::cli::torture
