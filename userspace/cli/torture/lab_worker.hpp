// SPDX-License-Identifier: GPL-2.0
// A task that waits and wakes in the lab: every kind, engine and context.
#pragma once

#include "torture/worker.hpp"

#include <vector>
#include <waitq/lab.hpp>

namespace waitq::cli::torture {

/// What the waits and the wake-ups of a round are, so that nobody may sleep with its condition
/// true.
enum class LabMode : std::uint32_t {
    All,           ///< each wake-up is for all waiters; waits of every kind
    One,           ///< a post of n wakes n exclusive waiters; waits of exclusive kinds
    Interruptible, ///< as All, but only interruptible waits, and wake-ups that wake no others
    Callbacks,     ///< wake functions that refuse, end the walk, and poll; every wait has a timeout
};

inline constexpr auto lab_modes = std::to_array<std::string_view>(
    {"wake-ups for all", "wake-ups for one", "interruptible", "wake functions"});

/// A bit beside the mode: only the director wakes.
inline constexpr std::uint32_t lab_no_passing_on = 1U << 31;

/// The kinds and engines that are tortured.
struct LabChoice {
    lab::Kinds here{};
    std::vector<lab::WaitKind> kinds; ///< empty: all but sleep_on_timeout, which loses wake-ups
    std::optional<lab::Engine> engine;
    /// Nothing makes up for the wake-ups that exclusive macros with a timeout lost before
    /// Linux 6.15 (84654c7f4730).
    bool known_bugs = false;
};

/// The name of a call by its number: waits by the core, waits by the macro, wake-ups.
[[nodiscard]] std::string_view lab_operation(std::uint32_t index);

class LabWorker : public Worker {
public:
    /// Opens the nodes. Throws std::system_error.
    LabWorker(Arena &arena, Slot &slot, const Plan &plan, std::uint64_t seed, unsigned queues,
              const LabChoice &choice);

    void advance(Role role) override;
    void park() override {}

private:
    [[nodiscard]] LabMode mode()
    {
        return static_cast<LabMode>(arena().mode().load() & ~lab_no_passing_on);
    }
    [[nodiscard]] bool fits(const lab::WaitKindRow &row, lab::Engine engine);
    [[nodiscard]] bool fits(const lab::WakeKindRow &row);
    [[nodiscard]] lab::WaitRequest request_for(const lab::WaitKindRow &row, lab::Engine engine,
                                               bool &timed);
    void wait();
    void wake();
    void pass_on(std::uint32_t queue);

    std::vector<lab::Lab> files_;
    const LabChoice &choice_;
};

} // namespace waitq::cli::torture
