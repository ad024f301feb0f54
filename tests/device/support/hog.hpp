// SPDX-License-Identifier: GPL-2.0
// hog.hpp - keeps others off a CPU for a moment.
#pragma once

#include <atomic>
#include <sched.h>
#include <sys/types.h>
#include <thread>

namespace waitq::test {

inline void pin(pid_t task, int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    sched_setaffinity(task, sizeof set, &set);
}

inline void unpin(pid_t task)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
        CPU_SET(cpu, &set);
    sched_setaffinity(task, sizeof set, &set);
}

// From begin() to end() no ordinary task runs on that CPU. (Well below the second after which the
// scheduler would let them.)
class Hog {
public:
    explicit Hog(int cpu)
        : thread_([this, cpu] {
              pin(0, cpu);
              const sched_param first{50};
              sched_setscheduler(0, SCHED_FIFO, &first);
              ready_ = true;
              wanted_.wait(false);
              runs_ = true;
              while (wanted_) {
              }
          })
    {
        while (!ready_)
            sched_yield();
    }
    ~Hog() { thread_.join(); }
    Hog(const Hog &) = delete;
    Hog &operator=(const Hog &) = delete;

    void begin() const
    {
        wanted_ = true;
        wanted_.notify_one();
        while (!runs_)
            sched_yield();
    }
    void end() const { wanted_ = false; }

private:
    mutable std::atomic<bool> wanted_{false};
    std::atomic<bool> ready_{false}, runs_{false};
    std::thread thread_; // last: runs on those above
};

} // namespace waitq::test
