// SPDX-License-Identifier: GPL-2.0
// From the words of a command line to the command that it names.
#pragma once

#include "command.hpp"

#include <optional>
#include <string>
#include <vector>

namespace waitq::cli {

/// What a command line asks for: the action, or the text of --help or --version.
struct Asked {
    Settings settings;
    Action action;
    std::optional<std::string> text;
};

/// Parses the words after the program's name. Throws UsageError.
[[nodiscard]] Asked parse(std::vector<std::string> words, const std::string &version);

} // namespace waitq::cli
