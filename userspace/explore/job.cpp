// SPDX-License-Identifier: GPL-2.0
#include "job.hpp"

#include "compile.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace waitq::explore {

namespace fs = std::filesystem;

Job start(const std::vector<std::string> &command, const fs::path &said)
{
    std::vector<char *> arguments;
    arguments.reserve(command.size() + 1);
    for (const std::string &word : command)
        arguments.push_back(const_cast<char *>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, said.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    Job job{0, said};
    const int error =
        posix_spawnp(&job.pid, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error == ENOENT)
        throw CompileError("there is no compiler " + command[0] +
                           " here: install gcc, or name one with CC=...");
    if (error != 0)
        throw CompileError(command[0] + " can't be run: " + std::generic_category().message(error));
    return job;
}

std::string contents(const fs::path &path)
{
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string finish(const Job &job)
{
    int status = 0;
    while (waitpid(job.pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return "";
    const std::string said = contents(job.said);
    return said.empty() ? "the compiler ended without a word\n" : said;
}

} // namespace waitq::explore
