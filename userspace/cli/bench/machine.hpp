// SPDX-License-Identifier: GPL-2.0
// The clock, the scheduler and the threads that a measurement uses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <pthread.h>
#include <string>
#include <vector>

namespace waitq::cli::bench {

/// CLOCK_MONOTONIC, in nanoseconds. Where the machine's clock counts instructions, that many of
/// them.
[[nodiscard]] inline std::int64_t now()
{
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// Keeps the processor for @ns nanoseconds.
inline void spin(std::int64_t ns)
{
    const std::int64_t end = now() + ns;
    while (now() < end) {
    }
}

/// The time that one reading of the clock takes, within a long row of them.
[[nodiscard]] double clock_cost();

/// How many processors this thread may run on.
[[nodiscard]] unsigned processors();

/// The voluntary context switches of this thread so far.
[[nodiscard]] long voluntary_switches();

/// A call inside a measurement failed, which must not be: says so with errno and ends the program.
[[noreturn]] void broken(const char *call);

/// This thread and those that it makes run on one processor, or may run on all of
/// @Where::Anywhere's.
enum class Where { First, Second, Anywhere };

/// Moves this thread. Throws std::system_error.
void run_on(Where where);

/**
 * While it lives, this thread and those that it makes are scheduled by SCHED_FIFO, all with one
 * priority: a task that wakes another goes on until it sleeps itself. Without the privilege: throws
 * std::system_error if @needed, else nothing changes.
 */
class Fifo {
public:
    explicit Fifo(bool needed);
    Fifo(const Fifo &) = delete;
    Fifo &operator=(const Fifo &) = delete;
    ~Fifo();
};

/// Moves this thread, which is scheduled by SCHED_FIFO, before those of Fifo's priority. Ends the
/// program if it may not.
void run_first();

/// This thread sleeps until that time on the clock of now().
void sleep_until(std::int64_t time);

/// Lets this process have so many files open, and has the kernel make its table of them as large as
/// that, once and for all. Returns whether it may.
[[nodiscard]] bool allow_files(unsigned count);

/// While it lives, the scheduler lets SCHED_FIFO have all the time of a processor, if it can be
/// told so.
class NoThrottle {
public:
    NoThrottle();
    NoThrottle(const NoThrottle &) = delete;
    NoThrottle &operator=(const NoThrottle &) = delete;
    ~NoThrottle();

private:
    std::string former_;
};

/// Threads with small stacks, which all run one function. They are joined at the end.
class Threads {
public:
    Threads() = default;
    Threads(const Threads &) = delete;
    Threads &operator=(const Threads &) = delete;
    ~Threads() { join(); }

    /// Starts @count threads that call (@object.*@run)(). Throws std::system_error.
    template <auto run, typename Object>
    void start(std::size_t count, Object &object)
    {
        start(
            count,
            [](void *argument) -> void * {
                (static_cast<Object *>(argument)->*run)();
                return nullptr;
            },
            &object);
    }

    void join();

private:
    void start(std::size_t count, void *(*run)(void *), void *argument);

    std::vector<pthread_t> threads_;
};

} // namespace waitq::cli::bench
