// SPDX-License-Identifier: GPL-2.0
// A command of the command line.
#pragma once

#include "report.hpp"

#include <CLI/CLI.hpp>
#include <functional>
#include <span>

namespace waitq::cli {

/// What a command does when its options are parsed. Throws Failure, CLI::ParseError (usage).
using Action = std::function<Report(const Settings &)>;

struct Command {
    const char *name;
    const char *summary;
    const char *footer; ///< of its --help: details and examples
    /// Declares the options and returns what is to be done with them.
    Action (*add)(CLI::App &);
};

/// All commands, in the order of the help.
[[nodiscard]] std::span<const Command> commands();

} // namespace waitq::cli
