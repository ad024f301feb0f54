// SPDX-License-Identifier: GPL-2.0
// undefended_test.cpp - what docs/security.md says that the device does not defend: the machine
// stays usable all the same, and the figures there come from here.
#include "support/herd.hpp"
#include "support/module.hpp"
#include "support/tasks.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <vector>

namespace waitq::test {
namespace {

class Undefended : public WithModule {
protected:
    Undefended() : WithModule("queues=2 capacity=64") {}
};

// ---- SIGIO for every process of a group, by every file ------------------------------------

constexpr unsigned int files = 10'000, processes = 100;

// Subscribes a group of processes to `path` so many times, and makes one event there. 0, or where
// it failed.
template <class Event>
int tell_group(const char *path, Event event)
{
    const rlimit limit{files + 100, files + 100};
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGIO);
    if (setpgid(0, 0) != 0 || setrlimit(RLIMIT_NOFILE, &limit) != 0 ||
        sigprocmask(SIG_BLOCK, &set, nullptr) != 0)
        return 1;
    std::vector<std::unique_ptr<Child>> group;
    for (unsigned int i = 0; i < processes; ++i)
        group.push_back(std::make_unique<Child>([] { return pause(); }));
    int last = -1;
    for (unsigned int i = 0; i < files; ++i) {
        last = open(path, O_RDWR | O_NONBLOCK);
        if (last < 0 || fcntl(last, F_SETOWN, -getpgrp()) != 0 ||
            fcntl(last, F_SETFL, O_ASYNC | O_NONBLOCK) != 0)
            return 2;
    }
    const __s64 begin = now();
    if (event(last) < 0)
        return 3;
    std::cout << "# " << path << ": told " << files << " files of a group of " << processes + 1
              << " processes in " << (now() - begin) / us << " us\n";
    std::cout.flush();
    sigset_t pending;
    return sigpending(&pending) == 0 && sigismember(&pending, SIGIO) == 1 ? 0 : 4;
}

TEST_F(Undefended, SigioForAGroupIsAsByAFifo)
{
    const char *const fifo = "/tmp/waitq_subscribers";
    unlink(fifo);
    ASSERT_EQ(mkfifo(fifo, 0600), 0);
    std::cout.flush();
    Child on_device([&] {
        return tell_group("/dev/waitq0", [](int fd) { return ioctl(fd, WAITQ_IOC_POST, 1UL); });
    });
    EXPECT_EQ(on_device.status(), 0);
    Child on_fifo([&] { return tell_group(fifo, [](int fd) { return ::write(fd, "x", 1); }); });
    EXPECT_EQ(on_fifo.status(), 0);
    unlink(fifo);
}

// ---- the thread of the kernel behind a timer ------------------------------------------------

// The time that threads of unbound work have had, in ms.
long time_of_workers()
{
    long ticks = 0;
    for (const auto &process : std::filesystem::directory_iterator("/proc")) {
        std::ifstream file(process.path() / "stat");
        std::string line;
        std::getline(file, line);
        if (line.find("(kworker/u") == std::string::npos)
            continue;
        std::istringstream rest(line.substr(line.rfind(')') + 1));
        std::string word;
        for (int field = 3; field < 15 && rest >> word; ++field) {
        }
        long system = 0;
        rest >> system;
        ticks += system;
    }
    return ticks * 1000 / sysconf(_SC_CLK_TCK);
}

// Each firing passes all waiters, and they are too many for an interrupt.
TEST_F(Undefended, AThreadGoesOnBehindATimerAndLetsOthersRun)
{
    constexpr unsigned int waiters = 4000;
    const File file, other(O_RDWR, 1);
    Herd herd(waiters, [&] { return wait(file, wait_request(WAITQ_COUNTER_MAX)).error; });
    herd.go();
    const auto waiting = [&] { return info(file).event_waiters; };
    ASSERT_TRUE(until([&] { return waiting() == waiters; }, waiting));
    const auto firings = [&] { return info(file).wakes; };
    const long worked = time_of_workers();
    const __s64 begin = now();
    ASSERT_EQ(timer(file, timer_request(0, WAITQ_TIMER_PERIOD_MIN_NS, 0)).error, 0);
    for (int i = 0; i < 200; ++i) {
        Caller waiter([&] { return wait(other, wait_request(1, WAITQ_CONSUME)).error; });
        ASSERT_TRUE(asleep(waiter.tid(), 'S', other, &waitq_info::event_waiters));
        ASSERT_EQ(wake(other, 1).woken, 1U);
        ASSERT_EQ(waiter.result(), 0);
    }
    ASSERT_TRUE(until([&] { return firings() > 1000 && now() > begin + 2 * one_second; }, firings));
    std::cout << "# the kernel's threads worked for " << time_of_workers() - worked << " of "
              << (now() - begin) / ms << " ms\n";
    ASSERT_EQ(cancel_timer(file).error, 0);
    herd.kill();
    ASSERT_TRUE(until([&] { return waiting() == 0; }, waiting));
}

} // namespace
} // namespace waitq::test
