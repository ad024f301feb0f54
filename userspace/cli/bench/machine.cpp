// SPDX-License-Identifier: GPL-2.0
#include "bench/machine.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sched.h>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>

namespace waitq::cli::bench {

namespace {

constexpr int fifo_priority = 10, first_priority = 20;
constexpr const char *throttle = "/proc/sys/kernel/sched_rt_runtime_us";

/// The processors that the program was started on.
const cpu_set_t &allowed()
{
    static const cpu_set_t set = [] {
        cpu_set_t now;
        CPU_ZERO(&now);
        sched_getaffinity(0, sizeof now, &now);
        return now;
    }();
    return set;
}

/// The @index-th of them alone.
cpu_set_t only(unsigned index)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
        if (CPU_ISSET(cpu, &allowed()) && index-- == 0)
            CPU_SET(cpu, &set);
    return set;
}

[[noreturn]] void fail(int error, const std::string &what)
{
    throw std::system_error(error, std::generic_category(), what);
}

bool set_policy(int policy, int priority)
{
    const sched_param parameter{priority};
    return sched_setscheduler(0, policy, &parameter) == 0;
}

} // namespace

double clock_cost()
{
    constexpr int readings = 10'000;
    const std::int64_t begin = now();
    for (int reading = 0; reading < readings; ++reading)
        (void)now();
    return static_cast<double>(now() - begin) / (readings + 1);
}

unsigned processors()
{
    return static_cast<unsigned>(CPU_COUNT(&allowed()));
}

long voluntary_switches()
{
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw;
}

void broken(const char *call)
{
    std::fprintf(stderr, "waitq: %s failed in the measurement: %s\n", call, std::strerror(errno));
    _exit(1);
}

void run_on(Where where)
{
    const cpu_set_t set =
        where == Where::Anywhere ? allowed() : only(where == Where::First ? 0 : 1);
    if (sched_setaffinity(0, sizeof set, &set) != 0)
        fail(errno, "sched_setaffinity");
}

Fifo::Fifo(bool needed)
{
    if (!set_policy(SCHED_FIFO, fifo_priority) && needed)
        fail(errno, "this pattern needs SCHED_FIFO (CAP_SYS_NICE: run it as root)");
}

Fifo::~Fifo()
{
    set_policy(SCHED_OTHER, 0);
}

void run_first()
{
    if (!set_policy(SCHED_FIFO, first_priority))
        broken("sched_setscheduler");
}

void sleep_until(std::int64_t time)
{
    constexpr std::int64_t second = 1'000'000'000;
    const timespec point{time / second, time % second};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &point, nullptr) == EINTR)
        ;
}

bool allow_files(unsigned count)
{
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = std::max<rlim_t>(limit.rlim_cur, count);
    limit.rlim_max = std::max(limit.rlim_max, limit.rlim_cur);
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return false;
    const int highest = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, static_cast<int>(count - 1));
    close(highest);
    return highest >= 0;
}

NoThrottle::NoThrottle()
{
    std::ifstream(throttle) >> former_;
    std::ofstream(throttle) << -1 << std::flush;
}

NoThrottle::~NoThrottle()
{
    if (!former_.empty())
        std::ofstream(throttle) << former_ << std::flush;
}

void Threads::start(std::size_t count, void *(*run)(void *), void *argument)
{
    constexpr std::size_t room = 16384;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes,
                              static_cast<std::size_t>(sysconf(_SC_THREAD_STACK_MIN)) + room);
    threads_.reserve(threads_.size() + count);
    int error = 0;
    for (std::size_t index = 0; index < count && error == 0; ++index) {
        pthread_t thread{};
        error = pthread_create(&thread, &attributes, run, argument);
        if (error == 0)
            threads_.push_back(thread);
    }
    pthread_attr_destroy(&attributes);
    // Those that were made sleep by now and cannot be told to end.
    if (error != 0) {
        errno = error;
        broken("pthread_create (too many threads for this machine's memory?)");
    }
}

void Threads::join()
{
    for (const pthread_t thread : threads_)
        pthread_join(thread, nullptr);
    threads_.clear();
}

} // namespace waitq::cli::bench
