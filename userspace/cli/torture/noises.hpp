// SPDX-License-Identifier: GPL-2.0
// The director's part of the noise: it disturbs tasks, and ends all disturbance before they rest.
#pragma once

#include "torture/crew.hpp"
#include "torture/machine.hpp"

#include <optional>
#include <random>
#include <sched.h>
#include <string>
#include <vector>

namespace waitq::cli::torture {

class Disturber {
public:
    Disturber(const Plan &plan, Crew &crew);
    Disturber(const Disturber &) = delete;
    Disturber &operator=(const Disturber &) = delete;
    ~Disturber();

    /// Why this machine cannot make that noise; empty if it can.
    [[nodiscard]] static std::string obstacle(Noise noise, const Plan &plan);

    /// Makes one noise, chosen at random.
    void disturb(std::minstd_rand &random);
    /// Now and then: all tasks share one processor until calm(), and none preempts another when it
    /// is woken. Much can come between its wake-up and its next step then.
    void gather(std::minstd_rand &random);
    /// Ends what is under way: tasks that are stopped or frozen go on, processors are back.
    void calm();

private:
    struct Stopped {
        std::size_t index;
        pid_t pid;
    };
    using Make = void (Disturber::*)(std::minstd_rand &random);

    [[nodiscard]] std::optional<std::size_t> any_task(std::minstd_rand &random) const;
    void signal(std::minstd_rand &random);
    void kill(std::minstd_rand &random);
    void stop(std::minstd_rand &random);
    void trace(std::minstd_rand &random);
    void freeze(std::minstd_rand &random);
    void unplug(std::minstd_rand &random);
    void move(std::minstd_rand &random);
    void run_all(int policy, const cpu_set_t &where) const;
    void reschedule(std::minstd_rand &random);
    void regroup(std::minstd_rand &random);

    /// Tasks that are stopped go on.
    void go_on();

    const Plan &plan_;
    Crew &crew_;
    const Machine machine_;
    std::vector<Make> makes_;
    std::vector<Stopped> stopped_;
    std::vector<unsigned> offline_;
    bool gathered_ = false;
};

} // namespace waitq::cli::torture
