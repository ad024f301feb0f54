// SPDX-License-Identifier: GPL-2.0
// job.hpp - the compiler, run as a process.
#pragma once

#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace waitq::explore {

/// A command that runs, with all that it says in a file.
struct Job {
    pid_t pid = 0;
    std::filesystem::path said;
};

/// Throws CompileError when there is no such command.
Job start(const std::vector<std::string> &command, const std::filesystem::path &said);
/// Waits for its end. Returns what it said, or nothing when it has succeeded.
std::string finish(const Job &job);

std::string contents(const std::filesystem::path &path);

} // namespace waitq::explore
