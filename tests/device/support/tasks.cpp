// SPDX-License-Identifier: GPL-2.0
#include "tasks.hpp"

#include <fstream>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace waitq::test {

char state_of(pid_t task)
{
    std::ifstream file("/proc/" + std::to_string(task) + "/stat");
    std::string line;
    std::getline(file, line);
    const auto name_end = line.rfind(')');
    const char state = name_end == std::string::npos ? '\0' : line[name_end + 2];
    if (state != 'S' && state != 'D' && state != 'I')
        return state;
    // A task that has set its state still runs, tests its condition and counts. The kernel tells a
    // sleeper's system call only once it is off the CPU (wait_task_inactive()).
    std::string call;
    std::ifstream("/proc/" + std::to_string(task) + "/syscall") >> call;
    return call == "running" ? 'R' : state;
}

testing::AssertionResult asleep(pid_t task, char state, const File &file, __u64 waitq_info::*figure,
                                __u64 count)
{
    return until([&] { return state_of(task) == state && info(file).*figure == count; })
           << "; state " << state_of(task) << ", waiters " << info(file).*figure;
}

void rescue(const std::function<bool()> &freed)
{
    const File file(O_RDWR | O_NONBLOCK);
    char byte = 0;
    for (int i = 0; i < 1000000 && !freed(); ++i) {
        wake(file, 1000, WAITQ_WAKE_UP_ALL);
        write(file, &byte, 1);
        read(file, &byte, 1);
        sched_yield();
    }
}

namespace {

void ignore_wake_signal()
{
    struct sigaction action {};
    action.sa_handler = [](int) {};
    sigaction(SIGUSR1, &action, nullptr);
}

} // namespace

Caller::Caller(std::function<long()> call)
{
    ignore_wake_signal();
    thread_ = std::thread([this, call = std::move(call)] {
        tid_ = static_cast<pid_t>(syscall(SYS_gettid));
        result_ = call();
        done_ = true;
    });
    while (tid_ == 0)
        sched_yield();
}

long Caller::result()
{
    EXPECT_TRUE(until([&] { return done(); })) << "a call did not come back";
    rescue([&] { return done(); });
    if (thread_.joinable())
        thread_.join();
    return result_;
}

Caller::~Caller()
{
    if (thread_.joinable())
        static_cast<void>(result());
}

Child::Child(const std::function<int()> &body) : pid_(fork())
{
    if (pid_ == 0)
        _exit(body());
}

bool Child::ended()
{
    int status = 0;
    if (!status_ && waitpid(pid_, &status, WNOHANG) == pid_)
        status_ = status;
    return status_.has_value();
}

int Child::status()
{
    EXPECT_TRUE(until([&] { return ended(); })) << "a process did not end";
    if (!ended()) {
        signal(SIGKILL);
        rescue([&] { return ended(); });
    }
    return status_.value_or(-1);
}

Child::~Child()
{
    if (!ended()) {
        signal(SIGKILL);
        static_cast<void>(status());
    }
}

} // namespace waitq::test
