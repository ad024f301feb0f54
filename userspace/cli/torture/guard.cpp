// SPDX-License-Identifier: GPL-2.0
#include "torture/guard.hpp"

#include "sigint.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace waitq::cli::torture {

namespace {

volatile std::sig_atomic_t was_told = 0;

void try_it(const std::function<void()> &step)
{
    try {
        step();
    } catch (const std::exception &error) {
        std::fprintf(stderr, "torture: %s\n", error.what());
    }
}

sigset_t handed_on()
{
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD})
        sigaddset(&set, signal);
    return set;
}

/// Until the child ends. Returns its status.
int stand_by(pid_t child, const sigset_t &signals)
{
    for (int status = 0;;) {
        siginfo_t info{};
        const int signal = sigwaitinfo(&signals, &info);
        // Children of tasks that were killed are this process's too.
        for (pid_t ended = 0; (ended = waitpid(-1, &status, WNOHANG)) > 0;)
            if (ended == child)
                return status;
        // The terminal sends its signals to both.
        if (signal > 0 && signal != SIGCHLD && info.si_code != SI_KERNEL)
            kill(child, signal);
    }
}

/// Waits for all tasks, whose parent this process became when theirs died.
void bury_all(const std::function<void()> &free_tasks)
{
    constexpr int looks = 1000;
    for (int look = 0; look < looks; ++look) {
        while (waitpid(-1, nullptr, WNOHANG) > 0) {
        }
        if (waitpid(-1, nullptr, WNOHANG) < 0)
            return;
        try_it(free_tasks);
        usleep(5000);
    }
    std::fputs("torture: tasks are left that kill -9 does not end; `waitq waiters` and "
               "`waitq lab waiters` show where they sleep\n",
               stderr);
}

} // namespace

void guard(const std::function<void()> &free_tasks, const std::function<void()> &put_back)
{
    const sigset_t signals = handed_on();
    sigset_t before;
    sigprocmask(SIG_BLOCK, &signals, &before);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const pid_t parent = getpid(), child = fork();
    if (child < 0)
        throw std::system_error(errno, std::generic_category(), "fork of the torture");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent)
            _exit(1);
        struct sigaction action {};
        action.sa_handler = [](int) { was_told = 1; };
        sigaction(SIGTERM, &action, nullptr);
        sigaction(SIGHUP, &action, nullptr);
        sigprocmask(SIG_SETMASK, &before, nullptr);
        return;
    }
    const int status = stand_by(child, signals);
    if (WIFEXITED(status))
        _exit(WEXITSTATUS(status));
    std::fprintf(stderr, "torture: it was killed by signal %d; putting back what it changed\n",
                 WTERMSIG(status));
    bury_all(free_tasks);
    try_it(put_back);
    _exit(1);
}

bool asked_to_end()
{
    return SigintGuard::caught() || was_told != 0;
}

} // namespace waitq::cli::torture
