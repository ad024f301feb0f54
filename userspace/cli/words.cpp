// SPDX-License-Identifier: GPL-2.0
#include "words.hpp"

#include <cctype>

namespace waitq::cli {

std::string word(std::string_view of_table)
{
    std::string text;
    for (const char character : of_table)
        text += character == '_'
                    ? '-'
                    : static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
    return text;
}

std::string_view return_class(const WaitKindRow &row)
{
    if (row.clock == "HRTIMER")
        return "H";
    // No signal ends these sleeps, so that there is none to be told of.
    const bool deaf = row.state == "UNINTERRUPTIBLE" || row.state == "IDLE";
    if (row.clock == "JIFFIES")
        return deaf ? "T" : "IT";
    return deaf ? "V" : "I";
}

std::string availability(bool here, std::string_view since)
{
    if (here)
        return "yes";
    return since.empty() ? "no" : "no, " + std::string(since);
}

} // namespace waitq::cli
