// SPDX-License-Identifier: GPL-2.0
#include "lab/lab_words.hpp"

namespace waitq::cli {

std::string_view return_class(const lab::WaitKindRow &row)
{
    if (row.clock == "HRTIMER")
        return "H";
    // No signal ends these sleeps, so no signal is ever reported.
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
