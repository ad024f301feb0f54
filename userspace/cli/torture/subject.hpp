// SPDX-License-Identifier: GPL-2.0
// What is tortured: the device, or the lab.
#pragma once

#include "torture/checks.hpp"
#include "torture/crew.hpp"

#include <random>
#include <waitq/nodes.hpp>

namespace waitq::cli::torture {

/// Waits until @done, and buries the dead meanwhile. False: not within the time that only a hang
/// takes.
using Await = std::function<bool(const std::function<bool()> &done)>;

class Subject {
public:
    Subject() = default;
    virtual ~Subject() = default;
    Subject(const Subject &) = delete;
    Subject &operator=(const Subject &) = delete;

    [[nodiscard]] virtual std::string_view name() const = 0;
    /// What the tasks do in a call, by Step::operation.
    [[nodiscard]] virtual std::string_view operation(std::uint32_t index) const = 0;
    [[nodiscard]] virtual std::unique_ptr<Worker> worker(Arena &arena, Slot &slot, const Plan &plan,
                                                         std::uint64_t seed) = 0;
    /// What is left out and why, a line each: known mistakes of this kernel, say.
    [[nodiscard]] virtual std::vector<std::string> left_out() const { return {}; }

    /// Opens the nodes; again after the module was loaded anew. Throws Failure.
    virtual void open() = 0;
    virtual void close() = 0;
    [[nodiscard]] virtual const Module &module() const = 0;
    /// Parameters to load it with anew.
    [[nodiscard]] virtual std::string parameters() const = 0;
    /// Nobody runs: chooses a mode, and notes where the counters stand. The mode in words.
    virtual std::string begin_round(Arena &arena, std::minstd_rand &random) = 0;
    /// All tasks rest. Holds that none of them should not.
    virtual void look_at_rest(Crew &crew, Checks &checks) = 0;
    /// Wakes sleepers one wake-up at a time, and holds who was woken against who should have been.
    virtual void wake_in_order(Crew &crew, Checks &checks, std::minstd_rand &random,
                               const Await &await) = 0;
    /// Makes the bare wake-up that a task owed.
    virtual void pass_on(std::size_t /*queue*/) {}
    /// Posts, reads and writes until no task is asleep in a queue. Called again and again.
    virtual void release(Crew &crew) = 0;
    /// The same when nobody knows any more what the tasks wait for: as many as @tasks.
    virtual void release(std::size_t tasks) = 0;
    /// All tasks are parked. Holds the sums.
    virtual void end_round(Crew &crew, Checks &checks, const Await &await) = 0;
    /// The entries in the queues, for a report: a line each.
    [[nodiscard]] virtual std::string entries() = 0;
};

/// All tasks are parked: what was posted, by tasks and by the director, was taken or is there.
void hold_conserved(Checks &checks, Crew &crew, std::size_t queue, std::uint64_t posted_by_director,
                    std::uint64_t counter);

[[nodiscard]] std::unique_ptr<Subject> device_subject();

} // namespace waitq::cli::torture
