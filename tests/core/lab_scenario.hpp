// SPDX-License-Identifier: GPL-2.0
// lab_scenario.hpp - runs a Row on the lab core, and watches over what must hold.
#pragma once

#include "scenario.hpp"

namespace core {

class LabScenario : public RowScenario {
public:
    using RowScenario::RowScenario;

    const char *each_state() override;
    void quiescent() override;
    void tear_down() override;

private:
    void create() override;
    void prepare() override;
    void perform(Player &player, const Act &act) override;
    void set_free(Player &player) override;
    void spawn_others();
    long do_wait(Player &player, const Act &act);
    long do_wake(Player &player, const Act &act);
    long do_list(Player &player, const Act &act);
    long do_info(Player &player, const Act &act);
    long ioctl(unsigned int nr, void *argument, unsigned int size);

    // lab_oracle.cpp
    void check_wait(const Player &player, const Act &act, const lab_wait &request, long result);
    void check_wake(const Player &player, const Act &act, const lab_wake &request, long result);
    void check_asleep(const Player &player);
    void check_sums() const;
    [[nodiscard]] bool spent_on_others(const Player &player) const;

    lab_queue *queue_ = nullptr;
    unsigned long long asked_ = 0;           // exclusive waiters that wakes asked for
    unsigned long long spurious_ = 0;        // wake-ups in vain
    unsigned long long asked_elsewhere_ = 0; // of asked_, from contexts that are no tasks
};

struct WakeScope {
    bool all;
    unsigned int nr; // else
};
// How many exclusive waiters a wake of that kind wakes, from the table of the contract.
WakeScope scope_of(unsigned int kind, unsigned int nr);
// What the table says of a wait kind.
struct WaitTraits {
    const char *name;
    bool by_hand;
    unsigned int state; // sim::TASK_*; of those that leave it to the caller: interruptible
    bool has_timeout;
    bool exclusive;
    bool holds_head; // with interrupts on
};
WaitTraits traits_of(unsigned int kind);
unsigned int wait_kind_count();
unsigned int wake_kind_count();

} // namespace core
