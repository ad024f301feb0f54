// SPDX-License-Identifier: GPL-2.0
#include "durations.hpp"
#include "reports.hpp"
#include "words.hpp"

#include <cerrno>
#include <cstring>

namespace waitq::cli {

namespace {

const char *said(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Satisfied:
        return "satisfied";
    case Outcome::TimedOut:
        return "timed out";
    case Outcome::Signalled:
        break;
    }
    return "signalled";
}

ExitCode exit_code(Outcome outcome, bool interrupted)
{
    if (interrupted || outcome == Outcome::Signalled)
        return ExitCode::Interrupted;
    return outcome == Outcome::TimedOut ? ExitCode::TimedOut : ExitCode::Ok;
}

std::string first_line(const WaitRequest &request, const WaitResult &result, bool interrupted)
{
    std::string text = said(result.outcome);
    if (result.outcome == Outcome::Satisfied) {
        text += ": the counter reached " + std::to_string(request.threshold);
        if (request.consume)
            text += ", and " + std::to_string(request.threshold) + " was taken off";
    }
    if (result.left.count() != 0)
        text += "; " + format_duration(result.left) + " left";
    if (result.spurious != 0)
        text += "; woken in vain: " + plural(result.spurious, "time");
    if (interrupted && result.outcome != Outcome::Signalled)
        text += "; Ctrl+C came while it slept";
    return text + '\n';
}

/// The value as kernel source has it. errno.h of user space lacks the kernel's own ERESTARTSYS.
std::string returned(const WaitKindRow &row, std::int64_t value)
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

/// What else there is to tell, a line each: what every wait has, and has alike, is left out.
std::string details(const WaitRequest &request, const WaitResult &result)
{
    const WaitKindRow &row = *find_kind(request.kind);
    std::string text;
    const auto line = [&text](const std::string &name, const std::string &value) {
        text += "  " + name + ": " + value + '\n';
    };
    if (return_class(row) != "V")
        line("returned", returned(row, result.returned));
    if (request.engine == Engine::Macro || request.window || request.nap)
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

Report wait_report(const std::string &path, const WaitRequest &request, const WaitResult &result,
                   bool interrupted)
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
            .text = first_line(request, result, interrupted) + details(request, result)};
}

} // namespace waitq::cli
