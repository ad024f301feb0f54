// SPDX-License-Identifier: GPL-2.0
#include "report.hpp"

#include <iostream>

namespace waitq::cli {

bool print(const Report &report, const Settings &settings)
{
    if (settings.json)
        std::cout << report.json.dump() << '\n';
    else
        std::cout << report.text;
    return static_cast<bool>(std::cout.flush());
}

std::string plural(std::uint64_t number, const std::string &singular)
{
    return std::to_string(number) + ' ' + singular + (number == 1 ? "" : "s");
}

} // namespace waitq::cli
