// SPDX-License-Identifier: GPL-2.0
#include "demo/process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <poll.h>
#include <pty.h>
#include <sstream>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace waitq::cli {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::chrono::seconds hang{10};
constexpr milliseconds between_looks{1};

[[noreturn]] void exec(std::vector<std::string> &argv)
{
    // The terminal's Ctrl+C must work, even if the parent ignores or blocks SIGINT.
    std::signal(SIGINT, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);

    std::vector<char *> words;
    words.reserve(argv.size() + 1);
    for (std::string &word : argv)
        words.push_back(word.data());
    words.push_back(nullptr);
    execvp(words.front(), words.data());
    _exit(127);
}

} // namespace

bool eventually(const std::function<bool()> &done)
{
    const auto give_up = steady_clock::now() + hang;
    while (!done()) {
        if (steady_clock::now() >= give_up)
            return false;
        std::this_thread::sleep_for(between_looks);
    }
    return true;
}

PtyProcess::PtyProcess(std::vector<std::string> argv)
{
    pid_ = forkpty(&master_, nullptr, nullptr, nullptr);
    if (pid_ < 0)
        throw std::system_error(errno, std::generic_category(), "forkpty");
    if (pid_ == 0)
        exec(argv);
}

PtyProcess::~PtyProcess()
{
    if (!reaped_) {
        kill(pid_, SIGKILL);
        (void)ended();
    }
    close(master_);
}

void PtyProcess::type(const std::string &keys) const
{
    if (write(master_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size()))
        throw std::system_error(errno, std::generic_category(), "terminal");
}

bool PtyProcess::read_some(milliseconds patience)
{
    pollfd terminal = {master_, POLLIN, 0};
    if (poll(&terminal, 1, static_cast<int>(patience.count())) <= 0)
        return true;
    std::array<char, 4096> buffer{};
    // EIO: the program has closed its end.
    const ssize_t bytes = read(master_, buffer.data(), buffer.size());
    if (bytes > 0)
        screen_.append(buffer.data(), static_cast<std::size_t>(bytes));
    return bytes > 0;
}

bool PtyProcess::shows(const std::string &text)
{
    const auto give_up = steady_clock::now() + hang;
    bool more = true;
    while (screen_.find(text) == std::string::npos) {
        const auto left = std::chrono::ceil<milliseconds>(give_up - steady_clock::now());
        if (!more || left.count() <= 0)
            return false;
        more = read_some(left);
    }
    return true;
}

bool PtyProcess::ended()
{
    const auto reap = [this] { return waitpid(pid_, &status_, WNOHANG) == pid_; };
    if (!reaped_)
        reaped_ = eventually(reap);
    return reaped_;
}

int PtyProcess::exit_code() const
{
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : -1;
}

int PtyProcess::signal() const
{
    return WIFSIGNALED(status_) ? WTERMSIG(status_) : 0;
}

std::string PtyProcess::proc(const std::string &file) const
{
    std::ifstream stream("/proc/" + std::to_string(pid_) + '/' + file);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

char PtyProcess::state() const
{
    // "pid (name) state ...", and a name may hold anything, ")" as well.
    const std::string stat = proc("stat");
    const auto name_end = stat.rfind(") ");
    return name_end == std::string::npos ? '?' : stat[name_end + 2];
}

std::string PtyProcess::wchan() const
{
    const std::string symbol = proc("wchan");
    return symbol == "0" ? "" : symbol;
}

bool PtyProcess::pending(int signal) const
{
    const std::uint64_t bit = std::uint64_t{1} << (signal - 1);
    std::istringstream lines(proc("status"));
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("SigPnd:") || line.starts_with("ShdPnd:"))
            if (std::stoull(line.substr(line.find(':') + 1), nullptr, 16) & bit)
                return true;
    return false;
}

} // namespace waitq::cli
