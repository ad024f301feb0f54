// SPDX-License-Identifier: GPL-2.0
#include "tasks.hpp"

#include "lab.hpp"

#include <fstream>
#include <grp.h>
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

std::string wchan(pid_t task)
{
    std::string name;
    std::getline(std::ifstream("/proc/" + std::to_string(task) + "/wchan"), name);
    return name.substr(0, name.find('.'));
}

bool tells_wchan()
{
    return wchan(1) != "0"; // init waits for its child
}

unsigned long switches_of(pid_t task)
{
    std::ifstream file("/proc/" + std::to_string(task) + "/status");
    unsigned long sum = 0;
    for (std::string word; file >> word;)
        if (unsigned long count = 0; word.ends_with("ctxt_switches:") && file >> count)
            sum += count;
    return sum;
}

testing::AssertionResult asleep_at(pid_t task, char state, const Descriptor &file,
                                   waitq_place place, __u64 count)
{
    return until([&] { return state_of(task) == state && linked(file, place) == count; })
           << "; state " << state_of(task) << ", linked " << linked(file, place);
}

namespace {

void rescue_from_device(const File &file)
{
    char byte = 0;
    // No threshold is higher, and then there is room again for a write of an EVENTFD.
    wake(file, WAITQ_COUNTER_MAX - info(file).counter, every_one);
    write(file, &byte, 1);
    read(file, &byte, 1);
    take(file, info(file).counter);
}

void rescue_from_lab(const LabFile &file)
{
    wake(file, 1000, LAB_WAKE_UP_ALL);
    wake(file, {sizeof(lab_wake), LAB_WAKE_UP_POLLFREE, 0, 0, 0, 0, 0, 0, 0});
}

void ignore_wake_signal()
{
    struct sigaction action {};
    action.sa_handler = [](int) {};
    sigaction(SIGUSR1, &action, nullptr);
}

} // namespace

void rescue(const std::function<bool()> &freed)
{
    const std::array<File, 4> devices{File(O_RDWR | O_NONBLOCK, 0), File(O_RDWR | O_NONBLOCK, 1),
                                      File(O_RDWR | O_NONBLOCK, 2), File(O_RDWR | O_NONBLOCK, 3)};
    const LabFile lab;
    for (int i = 0; i < 1000000 && !freed(); ++i) {
        for (const File &device : devices)
            if (device.fd() >= 0)
                rescue_from_device(device);
        if (lab.fd() >= 0)
            rescue_from_lab(lab);
        sched_yield();
    }
}

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

bool become(uid_t user)
{
    return setgroups(0, nullptr) == 0 && setresgid(user, user, user) == 0 &&
           setresuid(user, user, user) == 0;
}

int as_user(uid_t user, const std::function<int()> &body)
{
    Child child([&] { return become(user) ? body() : 100; });
    const int status = child.status();
    return WIFEXITED(status) ? WEXITSTATUS(status) : 200;
}

} // namespace waitq::test
