// SPDX-License-Identifier: GPL-2.0
#include "command_line.hpp"

#include <algorithm>
#include <CLI/CLI.hpp>
#include <sstream>

namespace waitq::cli {

namespace {

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

void declare(CLI::App &app, std::span<const Command> commands, Action &chosen)
{
    app.require_subcommand(0, 1);
    for (const Command &command : commands) {
        CLI::App *sub = app.add_subcommand(command.name, command.summary);
        sub->group("Commands");
        sub->footer(command.footer);
        if (command.commands) {
            declare(*sub, command.commands(), chosen);
            continue;
        }
        Options options(*sub);
        const Action action = command.add(options);
        // Only remembered here: it runs when all of the command line is known to be right.
        sub->final_callback([&chosen, action] { chosen = action; });
    }
}

} // namespace

Option Option::excludes(Option other) const
{
    option_->excludes(other.option_);
    return *this;
}

Option Option::required() const
{
    option_->required();
    return *this;
}

Option Options::flag(const std::string &name, bool &target, const std::string &text)
{
    return Option(app_.add_flag(name, target, text));
}

Option Options::flag(const std::string &name, std::function<void()> use, const std::string &text)
{
    return Option(app_.add_flag_callback(name, std::move(use), text));
}

namespace {

/// @take, whose std::invalid_argument becomes a UsageError of the option @name.
Take taken_for(const std::string &name, Take take)
{
    return [take = std::move(take), name](const std::string &given) {
        try {
            take(given);
        } catch (const std::invalid_argument &error) {
            throw UsageError(name, error.what());
        }
    };
}

} // namespace

Option Options::value(const std::string &name, const std::string &type, Take take,
                      const std::string &text)
{
    return Option(
        app_.add_option_function<std::string>(name, taken_for(name, std::move(take)), text)
            ->type_name(type));
}

Option Options::values(const std::string &name, const std::string &type, Take take,
                       const std::string &text)
{
    auto each = [take = taken_for(name, std::move(take))](const std::vector<std::string> &words) {
        std::ranges::for_each(words, take);
    };
    return Option(
        app_.add_option_function<std::vector<std::string>>(name, each, text)->type_name(type));
}

Asked parse(std::vector<std::string> words, const std::string &version)
{
    Asked asked;
    CLI::App app{"Sleep in the kernel's wait queues, wake the sleepers, and watch."};
    app.name("waitq");
    app.formatter(std::make_shared<Formatter>());
    app.set_version_flag("--version", "waitq " + version);
    app.add_flag("--json", asked.settings.json, "one JSON object instead of text, errors as well");
    app.fallthrough();
    app.footer("`waitq COMMAND --help` tells more, with examples.\n"
               "Exit status: 0 ok, 1 error, 2 usage, 124 timed out, 130 interrupted.");
    declare(app, commands(), asked.action);
    std::ranges::reverse(words); // as CLI11 has it
    try {
        app.parse(std::move(words));
    } catch (const CLI::Success &help) {
        std::ostringstream text;
        app.exit(help, text, text);
        asked.text = text.str();
        return asked;
    } catch (const CLI::ParseError &error) {
        throw UsageError(error.what());
    }
    if (!asked.action)
        throw UsageError(CLI::RequiredError("a command").what());
    return asked;
}

} // namespace waitq::cli
