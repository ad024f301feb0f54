// SPDX-License-Identifier: GPL-2.0
// crowd.hpp - the tasks of a stress test.
#pragma once

#include "kernel.hpp"

#include <list>
#include <random>

namespace threads {

class Crowd {
public:
    template <class Body>
    void add(unsigned int tasks, Body body)
    {
        for (unsigned int i = 0; i < tasks; ++i)
            tasks_.emplace_back([body, i] { body(i); });
    }
    void join()
    {
        for (TaskThread &task : tasks_)
            task.join();
        tasks_.clear();
    }
    // Those who sleep for good now.
    void signal_all(bool fatal = false)
    {
        for (TaskThread &task : tasks_)
            send_signal(task.task(), fatal);
    }
    // Sends signals until `done`.
    template <class Done>
    void disturb(Done done)
    {
        while (!done()) {
            for (TaskThread &task : tasks_)
                if (!task.task().signal_pending) // the former was seen
                    send_signal(task.task(), false);
            std::this_thread::yield();
        }
    }

private:
    std::list<TaskThread> tasks_;
};

// Numbers by the dice of one task: the seed is its index, so that a run is like the next.
class Dice {
public:
    explicit Dice(unsigned int seed) : engine_(seed) {}
    unsigned int below(unsigned int n) { return static_cast<unsigned int>(engine_() % n); }

private:
    std::minstd_rand engine_;
};

// A number that several add to, to be looked at when they are through.
using Sum = std::atomic<std::uint64_t>;

} // namespace threads
