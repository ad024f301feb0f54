// SPDX-License-Identifier: GPL-2.0
// A command of the command line, and how it declares its options.
#pragma once

#include "report.hpp"

#include <functional>
#include <span>
#include <stdexcept>
#include <string>

// The parser's header takes seconds to compile: only command_line.cpp includes it.
namespace CLI {
class App;
class Option;
} // namespace CLI

namespace waitq::cli {

/// The command line is wrong. Ends the command with ExitCode::Usage; what() is for the user.
class UsageError : public std::runtime_error {
public:
    explicit UsageError(const std::string &what) : std::runtime_error(what) {}
    /// "@option: @why"
    UsageError(const std::string &option, const std::string &why)
        : std::runtime_error(option + ": " + why)
    {}
};

/// An option that was declared.
class Option {
public:
    explicit Option(CLI::Option *option) : option_(option) {}
    /// The two can't be given together.
    Option excludes(Option other) const; // NOLINT(modernize-use-nodiscard)
    Option required() const;             // NOLINT(modernize-use-nodiscard)

private:
    CLI::Option *option_;
};

/// Takes the text that was given for an option; throws std::invalid_argument or UsageError.
using Take = std::function<void(const std::string &)>;

/// Where a command declares its options. @text is what its --help says of the option.
class Options {
public:
    explicit Options(CLI::App &app) : app_(app) {}

    /// An option without a value.
    Option flag(const std::string &name, bool &target, const std::string &text); // NOLINT
    Option flag(const std::string &name, std::function<void()> use, const std::string &text);
    /// An option with a value, which --help calls @type. A name without dashes is a position.
    Option value(const std::string &name, const std::string &type, Take take,
                 const std::string &text);

    /// The same, for one word or more; @take is called for each.
    Option values(const std::string &name, const std::string &type, Take take,
                  const std::string &text);

private:
    CLI::App &app_;
};

/// What a command does when its options are parsed. Throws Failure, UsageError.
using Action = std::function<Report(const Settings &)>;

struct Command {
    const char *name;
    const char *summary;
    const char *footer; ///< of its --help: details and examples
    /// Declares the options and returns what is to be done with them; null: see `commands`.
    Action (*add)(Options &);
    /// The commands that it is a group of, in the order of the help.
    std::span<const Command> (*commands)() = nullptr;
};

/// All commands, in the order of the help.
[[nodiscard]] std::span<const Command> commands();

} // namespace waitq::cli
