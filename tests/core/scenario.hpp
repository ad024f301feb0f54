// SPDX-License-Identifier: GPL-2.0
// scenario.hpp - runs a Row: what the device's scenarios and the lab's have in common.
#pragma once

#include "../sim/objects.hpp"
#include "act.hpp"
#include <sim/machine.hpp>

#include <array>
#include <memory>

namespace core {

class RowScenario : public sim::Scenario {
public:
    explicit RowScenario(const Row &row) : row_(row) {}

    void set_up() override;
    bool rescue() override;

    [[nodiscard]] const Row &row() const { return row_; }
    // What came of each call, one line; the same for equivalent executions.
    [[nodiscard]] virtual std::string outcome() const;

protected:
    static constexpr unsigned int max_actors = 6, max_acts = 4;

    // A call that an actor makes.
    struct Call {
        const Act *act;
        unsigned int begun_at;     // step
        unsigned int true_since;   // the step after which its condition held; 0: it does not
        unsigned int linked_since; // the step after which its entry was linked; 0: it is not
        long long begun_ns;
        long long first_linked_ns, last_linked_ns; // the clock when its entry was seen linked
        // Of the task's counts, when the call began.
        unsigned int woken_before, exclusive_before, through_entry_before;
    };
    struct Player {
        RowScenario *scenario;
        const Actor *actor;
        sim::Task *task;
        Call call;
        std::array<long, max_acts> results;
        unsigned int result_count;
    };
    // What both count.
    struct Sums {
        unsigned long long posted, consumed;
        unsigned long long timeouts, signals;
        unsigned int signals_sent, faults, rescues;
    };

    // Makes the queue, or refuses; then the actors are spawned, then the rest is made.
    virtual void create() = 0;
    virtual void prepare() = 0;
    // Carries out an act and says what came of it, by end().
    virtual void perform(Player &player, const Act &act) = 0;
    // A player sleeps as it should: something else than a fatal signal that frees it.
    virtual void set_free(Player &player) = 0;

    void begin(Player &player, const Act &act);
    void end(Player &player, const char *what, long result);
    [[nodiscard]] unsigned int index_of(const Player &player) const
    {
        return static_cast<unsigned int>(&player - players_.data());
    }
    // Refuses ETIMEDOUT or EINTR for a condition that was true when the task ran again.
    void must_not_have_been_true(const Player &player, bool timed_out) const;
    // A task sleeps at rest: refuses one that a signal or its timeout must end.
    void check_may_sleep(const Player &player, unsigned int state) const;
    // Exclusive waiters woken by threads that are no actors: interrupts and workers.
    [[nodiscard]] unsigned long long exclusive_woken_elsewhere() const;
    // Tasks that were woken through wait entries, by all threads.
    [[nodiscard]] static unsigned long long all_woken();
    [[nodiscard]] static unsigned long long all_exclusive_woken();
    static bool is_empty(wait_queue_head *head);

    const Row &row_;
    std::array<Player, max_actors> players_{};
    unsigned int player_count_ = 0;
    Sums sums_{};

private:
    static void play(void *player);
};

std::unique_ptr<RowScenario> make_scenario(const Row &row);

} // namespace core
