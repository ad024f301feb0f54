// SPDX-License-Identifier: GPL-2.0
// waitq - look at wait queues, sleep in them and wake the sleepers.
#include "command_line.hpp"
#include "failure.hpp"

#include <algorithm>
#include <iostream>

namespace {

using namespace waitq::cli;

/// A full disk under stdout must not pass for success.
bool written(bool complete)
{
    if (!complete)
        std::cerr << "waitq: cannot write to stdout\n";
    return complete;
}

ExitCode usage_error(const UsageError &error, bool json)
{
    if (json)
        std::cerr << Json{{"error", Json{{"call", "usage"}, {"message", error.what()}}}}.dump()
                  << '\n';
    else
        std::cerr << "waitq: " << error.what()
                  << "\n  see `waitq --help`, `waitq COMMAND --help`\n";
    return ExitCode::Usage;
}

ExitCode failed(const Failure &failure, bool json)
{
    const Surroundings around = failure.look();
    if (json)
        std::cerr << failure.json(around).dump() << '\n';
    else
        std::cerr << "waitq: " << failure.text(around);
    return ExitCode::Error;
}

ExitCode run(const std::vector<std::string> &words)
{
    // A command line that can't be parsed is to be answered in JSON, too.
    const bool json = std::ranges::find(words, "--json") != words.end();
    try {
        const Asked asked = parse(words, WAITQ_VERSION);
        if (asked.text) {
            std::cout << *asked.text;
            return written(static_cast<bool>(std::cout.flush())) ? ExitCode::Ok : ExitCode::Error;
        }
        const Report report = asked.action(asked.settings);
        return written(print(report, asked.settings)) ? report.exit : ExitCode::Error;
    } catch (const UsageError &error) {
        return usage_error(error, json);
    } catch (const Failure &error) {
        return failed(error, json);
    } catch (const std::exception &error) {
        std::cerr << "waitq: " << error.what() << '\n';
        return ExitCode::Error;
    }
}

} // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): run() catches all that is not a bug
int main(int argc, char **argv)
{
    return static_cast<int>(run({argv + 1, argv + argc}));
}
