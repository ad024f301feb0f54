// SPDX-License-Identifier: GPL-2.0
// tasks.hpp - threads and processes that sleep in a module, and how to see that they do.
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
#include <sys/wait.h>
#include <thread>

namespace waitq::test {

// The state letter of /proc/PID/stat, but R for a task that has set its state and still runs; 0 if
// there is no such task.
char state_of(pid_t task);

// The function that the task sleeps in, as /proc/PID/wchan tells, without what the compiler adds to
// a part of it (".isra.0").
std::string wchan(pid_t task);
// Whether this kernel tells it. (5.10 does not where it has no frame pointers.)
bool tells_wchan();

// How often the task has been put to sleep or preempted. It stays the same only while the task does
// not run.
unsigned long switches_of(pid_t task);

// True if the task is asleep in `state` ('S' or 'D') and the module counts `count` waiters in
// that figure of its INFO: only both together say that it sleeps in the wait queue.
template <class Opened, class Figures>
[[nodiscard]] testing::AssertionResult asleep(pid_t task, char state, const Opened &file,
                                              __u64 Figures::*figure, __u64 count = 1)
{
    return until([&] { return state_of(task) == state && info(file).*figure == count; })
           << "; state " << state_of(task) << ", waiters " << info(file).*figure;
}

// The same by the device's WAITERS: for what no figure counts.
[[nodiscard]] testing::AssertionResult asleep_at(pid_t task, char state, const Descriptor &file,
                                                 waitq_place place, __u64 count = 1);

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

// Becomes that user, without groups and capabilities. False: that failed.
bool become(uid_t user);
constexpr uid_t nobody = 65534;
// Runs `body` in a child that is that user. Returns its exit status, 100 or more: it did not run.
int as_user(uid_t user, const std::function<int()> &body);

// Frees every task that sleeps in one of the device's first four queues, or in queue 0 of the lab:
// posts, writes and reads until `freed()`.
void rescue(const std::function<bool()> &freed);

} // namespace waitq::test
