// SPDX-License-Identifier: GPL-2.0
#include "lab/lab_options.hpp"

namespace waitq::cli {

Option add_key(Options &options, std::function<void(std::uint32_t)> use, const std::string &text)
{
    auto take = [use = std::move(use)](const std::string &given) {
        const auto number = given.starts_with("0x")
                                ? whole_number(std::string_view(given).substr(2), 16)
                                : whole_number(given, 10);
        if (!number || *number > std::numeric_limits<std::uint32_t>::max())
            throw std::invalid_argument("'" + given +
                                        "' is no key: a whole number below 2^32, or 0x and digits");
        use(static_cast<std::uint32_t>(*number));
    };
    return options.value("--key", "N", take, text);
}

void refuse_kind(std::string_view kind, const std::string &why)
{
    throw UsageError("--kind " + std::string(kind), why);
}

} // namespace waitq::cli
