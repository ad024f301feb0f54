// SPDX-License-Identifier: GPL-2.0
// What `waitq wait` and `waitq lab wait` share: Ctrl+C during the wait, and how its end is told.
#pragma once

#include "durations.hpp"
#include "report.hpp"
#include "sigint.hpp"
#include "words.hpp"

#include <optional>
#include <string>

namespace waitq::cli {

template <typename Result>
struct WaitEnd {
    Result result;
    bool interrupted; ///< Ctrl+C came
};

/**
 * Waits on @node. A SIGINT that comes before the kernel sleeps is an outcome like one that comes
 * after. With @killable it is not caught: a caught signal is not fatal, and would not end the
 * sleep where an uncaught one does. @require gives the value of a result or throws.
 */
template <typename Node, typename Request, typename Require>
[[nodiscard]] auto wait_for_end(const Node &node, const Request &request, bool killable,
                                Require require) -> WaitEnd<decltype(require(node.wait(request)))>
{
    std::optional<SigintGuard> guard;
    if (!killable)
        guard.emplace(node.fd());
    const auto result = node.wait(request);
    const bool caught = guard && SigintGuard::caught();
    if (!result && caught) {
        decltype(require(result)) interrupted{};
        interrupted.outcome = Outcome::Signalled;
        return {interrupted, true};
    }
    return {require(result), caught};
}

[[nodiscard]] inline ExitCode exit_code(Outcome outcome, bool interrupted)
{
    if (interrupted || outcome == Outcome::Signalled)
        return ExitCode::Interrupted;
    return outcome == Outcome::TimedOut ? ExitCode::TimedOut : ExitCode::Ok;
}

/// "satisfied: the counter reached 1; 2s left", without an end of line.
template <typename Request, typename Result>
[[nodiscard]] std::string first_line(const Request &request, const Result &result, bool interrupted)
{
    std::string text(said(result.outcome));
    if (result.outcome == Outcome::Satisfied) {
        text += ": the counter reached " + std::to_string(request.threshold);
        if (request.consume)
            text += ", and " + std::to_string(request.threshold) + " was taken off";
    }
    if (result.left.count() != 0)
        text += "; " + format_duration(result.left) + " left";
    if (interrupted && result.outcome != Outcome::Signalled)
        text += "; Ctrl+C came while it slept";
    return text;
}

} // namespace waitq::cli
