// SPDX-License-Identifier: GPL-2.0
// tasks.hpp - threads and processes that sleep in the device, and how to see that they do.
#pragma once

#include "calls.hpp"
#include "until.hpp"

#include <atomic>
#include <csignal>
#include <functional>
#include <optional>
#include <pthread.h>
#include <string>
#include <sys/types.h>
#include <thread>

namespace waitq::test {

// The state letter of /proc/PID/stat, but R for a task that has set its state and still runs; 0 if
// there is no such task.
char state_of(pid_t task);

// True if the task is asleep in `state` ('S' or 'D') and the device counts `count` waiters
// in that figure: only both together say that it sleeps in the wait queue.
[[nodiscard]] testing::AssertionResult asleep(pid_t task, char state, const File &file,
                                              __u64 waitq_info::*figure, __u64 count = 1);

// A thread that makes one call and keeps what it returned.
class Caller {
public:
    explicit Caller(std::function<long()> call);
    ~Caller(); // a thread that hangs is freed by force: see rescue()
    Caller(const Caller &) = delete;
    Caller &operator=(const Caller &) = delete;

    [[nodiscard]] pid_t tid() const { return tid_; }
    [[nodiscard]] bool done() const { return done_; }
    // SIGUSR1, whose handler does nothing, installed without SA_RESTART.
    void signal() { pthread_kill(thread_.native_handle(), SIGUSR1); }
    // Waits for the call; a failure of the test if it does not come back.
    long result();

private:
    std::atomic<pid_t> tid_{0};
    std::atomic<bool> done_{false};
    long result_ = -1;
    std::thread thread_;
};

// A child process: `body` is its main.
class Child {
public:
    explicit Child(const std::function<int()> &body);
    ~Child(); // killed and reaped
    Child(const Child &) = delete;
    Child &operator=(const Child &) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }
    void signal(int number) const { kill(pid_, number); }
    // The wait status once it has ended; a failure of the test if it does not end.
    int status();
    bool ended();

private:
    pid_t pid_;
    std::optional<int> status_;
};

// Frees everyone who sleeps in queue 0: posts, writes and reads until `freed()`.
void rescue(const std::function<bool()> &freed);

} // namespace waitq::test
