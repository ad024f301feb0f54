// SPDX-License-Identifier: GPL-2.0
// The tasks of a torture, as their director sees them: it starts, watches and buries them.
#pragma once

#include "torture/worker.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace waitq::cli::torture {

/// Makes the worker of a task, in its process.
using MakeWorker = std::function<std::unique_ptr<Worker>(Slot &slot, std::uint64_t seed)>;

/// What tasks that were killed in a call may have done or not.
struct Uncertain {
    std::array<std::uint64_t, queues_max> posted{}, taken{};
    bool written = false, read = false;
};

/// What a task that rests was doing, for a later look.
struct Mark {
    std::uint64_t number = 0;
    unsigned long switches = 0;
};

using PassOn = std::function<void(std::size_t queue)>;

class Crew {
public:
    /// @pass_on: makes the bare wake-up that a task owed when it was killed.
    Crew(Arena &arena, const Plan &plan, MakeWorker make, PassOn pass_on);
    Crew(const Crew &) = delete;
    Crew &operator=(const Crew &) = delete;
    ~Crew(); ///< end()

    /// Kills all tasks. Those that no signal ends must be freed: by @release, called again and
    /// again.
    void end(const std::function<void()> &release);

    /// Starts a task for each slot that has none.
    void fill();
    /// Buries tasks that have ended. Those that no one killed are a failure: see deaths().
    void bury();
    /// kill -9 of one; its place is empty once it is buried.
    void kill(std::size_t index);
    [[nodiscard]] bool alive(std::size_t index) const { return tasks_.at(index).pid > 0; }
    [[nodiscard]] bool killed(std::size_t index) const { return tasks_.at(index).killed; }
    [[nodiscard]] pid_t pid(std::size_t index) const { return tasks_.at(index).pid; }
    [[nodiscard]] std::size_t size() const { return tasks_.size(); }
    [[nodiscard]] Role role(std::size_t index) const;
    /// Whether the task has something to do at this round's pace.
    [[nodiscard]] bool is_active(std::size_t index) const
    {
        return arena_.is_active(index, plan_.waiters);
    }
    [[nodiscard]] const Slot &slot(std::size_t index) const { return arena_.slots()[index]; }

    /// True: each task is parked, or sleeps in a call, and none has run between two looks.
    [[nodiscard]] bool at_rest();
    [[nodiscard]] bool all_parked();
    /// At rest: each task's call, and how often it has run.
    [[nodiscard]] std::vector<Mark> marks() const;
    /// Whether the call of that time has ended.
    [[nodiscard]] bool left(std::size_t index, const Mark &mark) const
    {
        return !alive(index) || slot(index).counted().calls >= mark.number;
    }
    /// Whether the task has run since, and so was woken.
    [[nodiscard]] bool ran(std::size_t index, const Mark &mark) const;
    /// Of the task: its call, how long, its state and where in the kernel it sleeps. One line.
    [[nodiscard]] std::string describe(std::size_t index, std::string_view operation) const;

    [[nodiscard]] Uncertain &uncertain() { return uncertain_; }
    [[nodiscard]] std::vector<std::string> &deaths() { return deaths_; }
    [[nodiscard]] std::uint64_t kills() const { return kills_; }
    /// All tallies are zero, and nothing is uncertain. All tasks are parked.
    void begin_round();
    [[nodiscard]] Tally sum() const;
    /// How often, about, tasks got what they waited for.
    [[nodiscard]] std::uint64_t gains() const;

private:
    struct Task {
        pid_t pid = 0;
        bool killed = false;
    };

    [[nodiscard]] bool rests(std::size_t index) const;

    Arena &arena_;
    const Plan &plan_;
    MakeWorker make_;
    PassOn pass_on_;
    std::vector<Task> tasks_;
    std::vector<unsigned long> switches_; ///< at the last look
    Uncertain uncertain_;
    std::vector<std::string> deaths_;
    std::uint64_t started_ = 0, kills_ = 0;
};

} // namespace waitq::cli::torture
