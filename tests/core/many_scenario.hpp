// SPDX-License-Identifier: GPL-2.0
// many_scenario.hpp - runs a Row of several queues: WAIT_ANY and WAIT_ALL, beside what else waits
// and posts there. File i is of queue i; the EVENTFD, if the row has one, is the last file, of
// queue 1.
#pragma once

#include "scenario.hpp"
#include <device/file.hpp>

namespace core {

class ManyScenario : public RowScenario {
public:
    using RowScenario::RowScenario;

    const char *each_state() override;
    void quiescent() override;
    void tear_down() override;

private:
    static constexpr unsigned int max_queues = 3;

    // A queue, and what came and went there.
    struct Place {
        waitq_queue *queue;
        waitq_file *file;
        unsigned long long posted, consumed;
        const Act *armed; // the last arming of the file's timer
    };

    void create() override;
    void prepare() override;
    void perform(Player &player, const Act &act) override;
    void set_free(Player &) override {}

    long do_wait_many(const Player &player, const Act &act);
    long do_wait(const Player &player, const Act &act);
    long do_post(const Player &player, const Act &act);
    long do_add(const Player &player, const Act &act);
    long do_timer(const Act &act);
    long do_list(const Player &player, const Act &act);
    Place &place(unsigned int file) { return places_.at(file); }
    // The queue of a file of the row.
    [[nodiscard]] unsigned int queue_of(unsigned int file) const
    {
        return file < row_.queues ? file : 1;
    }
    [[nodiscard]] unsigned long long counter(unsigned int file) const;
    [[nodiscard]] bool reached(const waitq_item &item) const;
    [[nodiscard]] bool satisfied(const Act &act) const;
    void take(const waitq_item &item);
    void check_failed(const Player &player, const Act &act, long result);

    std::array<Place, max_queues> places_{};
};

} // namespace core
