// SPDX-License-Identifier: GPL-2.0
// What a command has to say, for people and for machines.
#pragma once

#include "json.hpp"

#include <string>

namespace waitq::cli {

enum class ExitCode {
    Ok = 0,
    Error = 1,
    Usage = 2,
    TimedOut = 124,   // as of timeout(1)
    Interrupted = 130 // 128 + SIGINT, as of a shell
};

struct Settings {
    bool json = false;
};

/// The answer of a command: one JSON object, and the same as lines for people.
struct Report {
    ExitCode exit = ExitCode::Ok;
    Json json;
    std::string text;
};

/// Prints to stdout; false if not all of it could be written.
[[nodiscard]] bool print(const Report &report, const Settings &settings);

/// "1 task", "2 tasks".
[[nodiscard]] std::string plural(std::uint64_t number, const std::string &singular);

} // namespace waitq::cli
