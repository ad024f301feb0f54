// SPDX-License-Identifier: GPL-2.0
#include "lab/lab_reports.hpp"
#include "lab/lab_words.hpp"
#include "wait_end.hpp"

#include <cerrno>

namespace waitq::cli {

namespace {

/// The value as kernel source has it. errno.h of user space lacks the kernel's own ERESTARTSYS.
std::string returned(const lab::WaitKindRow &row, std::int64_t value)
{
    constexpr std::int64_t restart = -512;
    std::string text = std::to_string(value);
    if (value == restart)
        return text + " (-ERESTARTSYS)";
    if (value == -ETIME)
        return text + " (-ETIME)";
    if (value > 0 && row.clock == "JIFFIES")
        return text + " (jiffies left)";
    return text;
}

std::string in_vain(const lab::WaitResult &result)
{
    return result.spurious ? "; woken in vain: " + plural(result.spurious, "time") : "";
}

/// What else there is to tell, a line each: what every wait has, and has alike, is left out.
std::string details(const lab::WaitRequest &request, const lab::WaitResult &result)
{
    const lab::WaitKindRow &row = *find_kind(request.kind);
    std::string text;
    const auto line = [&text](const std::string &name, const std::string &value) {
        text += "  " + name + ": " + value + '\n';
    };
    if (return_class(row) != "V")
        line("returned", returned(row, result.returned));
    if (request.engine == lab::Engine::Macro || request.window || request.nap)
        line("tests of the condition", std::to_string(result.tests));
    if (row.sleep == "CMD" || row.sleep == "BEFORE_CMD")
        line("command before the sleep", plural(result.before, "time"));
    if (row.sleep == "CMD")
        line("command after the sleep", plural(result.after, "time"));
    if (row.sleep == "FUNC")
        line("wake function called", plural(result.calls, "time"));
    for (const auto &seen : observations)
        if ((result.observed & seen.value) != 0)
            line("seen", std::string(seen.text));
    return text;
}

} // namespace

Report wait_report(const std::string &path, const lab::WaitRequest &request,
                   const lab::WaitResult &result, bool interrupted)
{
    return {.exit = exit_code(result.outcome, interrupted),
            .json = {{"device", path},
                     {"kind", find_kind(request.kind)->name},
                     {"engine", name_of(engines, request.engine)},
                     {"threshold", request.threshold},
                     {"outcome", said(result.outcome)},
                     {"returned", result.returned},
                     {"left_ns", result.left.count()},
                     {"spurious", result.spurious},
                     {"tests", result.tests},
                     {"before", result.before},
                     {"after", result.after},
                     {"calls", result.calls},
                     {"observed", names_of(observations, result.observed)},
                     {"interrupted", interrupted}},
            .text = first_line(request, result, interrupted) + in_vain(result) + '\n' +
                    details(request, result)};
}

} // namespace waitq::cli
