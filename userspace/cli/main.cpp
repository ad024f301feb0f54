// SPDX-License-Identifier: GPL-2.0
// waitq - look at wait queues, sleep in them and wake the sleepers.
#include "command.hpp"
#include "failure.hpp"

#include <algorithm>
#include <iostream>

namespace {

using namespace waitq::cli;

/// CLI11's help without the notes on what excludes what: the errors tell that.
class Formatter : public CLI::Formatter {
public:
    Formatter()
    {
        column_width(28);
        label("SUBCOMMAND", "COMMAND");
    }

    std::string make_option_opts(const CLI::Option *option) const override
    {
        const std::string type =
            option->get_type_name().empty() ? "" : ' ' + option->get_type_name();
        return type + (option->get_required() ? " (required)" : "");
    }
};

struct CommandLine {
    CLI::App app{"Sleep in the kernel's wait queues, wake the sleepers, and watch."};
    Settings settings;
    Action action;
};

void declare(CommandLine &line)
{
    CLI::App &app = line.app;
    app.name("waitq");
    app.formatter(std::make_shared<Formatter>());
    app.set_version_flag("--version", "waitq " WAITQ_VERSION);
    app.add_flag("--json", line.settings.json, "one JSON object instead of text, errors as well");
    app.require_subcommand(0, 1);
    app.fallthrough();
    app.footer("`waitq COMMAND --help` tells more, with examples.\n"
               "Exit status: 0 ok, 1 error, 2 usage, 124 timed out, 130 interrupted.");
    for (const Command &command : commands()) {
        CLI::App *sub = app.add_subcommand(command.name, command.summary);
        sub->group("Commands");
        sub->footer(command.footer);
        const Action action = command.add(*sub);
        // Only remembered here: it runs when all of the command line is known to be right.
        sub->final_callback([&line, action] { line.action = action; });
    }
}

/// A full disk under stdout must not pass for success.
bool written(bool complete)
{
    if (!complete)
        std::cerr << "waitq: stdout: could not be written\n";
    return complete;
}

ExitCode usage_error(const CLI::ParseError &error, bool json)
{
    if (json)
        std::cerr << nlohmann::json{{"error", {{"call", "usage"}, {"message", error.what()}}}}.dump(
                         2)
                  << '\n';
    else
        std::cerr << "waitq: " << error.what()
                  << "\n  see `waitq --help`, `waitq COMMAND --help`\n";
    return ExitCode::Usage;
}

ExitCode failure(const Failure &failure, bool json)
{
    const Surroundings around = failure.look();
    if (json)
        std::cerr << failure.json(around).dump(2) << '\n';
    else
        std::cerr << "waitq: " << failure.text(around);
    return ExitCode::Error;
}

ExitCode run(int argc, char **argv)
{
    // A command line that can't be parsed is to be answered in JSON, too.
    const bool json = std::any_of(argv, argv + argc,
                                  [](std::string_view argument) { return argument == "--json"; });
    CommandLine line;
    try {
        declare(line);
        line.app.parse(argc, argv);
        if (!line.action)
            throw CLI::RequiredError("a command");
        const Report report = line.action(line.settings);
        return written(print(report, line.settings)) ? report.exit : ExitCode::Error;
    } catch (const CLI::Success &help) {
        line.app.exit(help);
        return written(static_cast<bool>(std::cout.flush())) ? ExitCode::Ok : ExitCode::Error;
    } catch (const CLI::ParseError &error) {
        return usage_error(error, json);
    } catch (const Failure &error) {
        return failure(error, json);
    } catch (const std::exception &error) {
        std::cerr << "waitq: " << error.what() << '\n';
        return ExitCode::Error;
    }
}

} // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): run() catches all that is not a bug
int main(int argc, char **argv)
{
    return static_cast<int>(run(argc, argv));
}
