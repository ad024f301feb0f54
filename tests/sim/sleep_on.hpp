// SPDX-License-Identifier: GPL-2.0
// sleep_on.hpp - the sleep that Linux had until 3.14, and why it had to go: see sleep_on.cpp.
#pragma once

#include "objects.hpp"
#include <sim/machine.hpp>

namespace sim {

// As kernel/sched/wait.c had it: sleeps in the queue until a wake-up. The caller has tested its
// condition before, and nothing makes the two one.
void sleep_on(wait_queue_head *head);

// A task that sleeps until a flag is set, by sleep_on() or by the loop that took its place, and
// a waker.
class SleepOnScenario : public Scenario {
public:
    enum class Way : unsigned char { sleep_on, prepare_first };
    explicit SleepOnScenario(Way way) : way_(way) {}

    void set_up() override;
    void quiescent() override;
    void tear_down() override {}

private:
    static void sleeper(void *scenario);
    static void waker(void *scenario);
    [[nodiscard]] bool test() const;

    Way way_;
    wait_queue_head queue_{};
    bool flag_ = false;
    Task *sleeper_ = nullptr;
};

} // namespace sim
