// SPDX-License-Identifier: GPL-2.0
// The patterns, and the figures that a measurement gives of each.
#pragma once

#include "bench/statistics.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace waitq::cli::bench {

enum class Unit { Instructions, Nanoseconds };

/// The name of a unit, in the plural.
[[nodiscard]] constexpr std::string_view name_of(Unit unit)
{
    return unit == Unit::Instructions ? "instructions" : "nanoseconds";
}

enum class Kind {
    Cost,    ///< in the unit of the measurement
    Longest, ///< the same, and the figure is the largest of all batches, not their median
    Bytes,   ///< memory of the kernel
    Number,  ///< a plain number
};

/// Something that a pattern measures.
struct Quantity {
    std::string_view name;
    Kind kind = Kind::Cost;
    unsigned from = 0; ///< with fewer things it is not known

    [[nodiscard]] constexpr bool is_cost() const
    {
        return kind == Kind::Cost || kind == Kind::Longest;
    }
};

/// A way in which tasks signal and wait.
struct Pattern {
    std::string_view name;
    std::string_view text;
    std::span<const Quantity> quantities; ///< at most quantities_max
    std::span<const unsigned> numbers;    ///< how many things there are; empty: that is not varied
    double repeats_within = 0.005;        ///< instructions counted twice may differ by this part
    std::string_view things = "waiters";
};

inline constexpr std::size_t quantities_max = 3;

enum PatternId {
    Uncontended,
    Blocking,
    Preempting,
    WakeOne,
    WakeAll,
    HeldUp,
    ScaleWaiters,
    ScaleFiles,
    ScaleQueues,
    Across,
    pattern_count
};

namespace detail {
inline constexpr std::array operation{Quantity{"operation"}};
inline constexpr std::array round_trip{Quantity{"round trip"}, Quantity{"switches", Kind::Number},
                                       Quantity{"of the peer", Kind::Number}};
inline constexpr std::array wake_one{Quantity{"signal"}, Quantity{"round trip"}};
inline constexpr std::array wake_all{Quantity{"signal"}, Quantity{"waiter"}};
inline constexpr std::array held_up{Quantity{"late", Kind::Longest}, Quantity{"signal"},
                                    Quantity{"round"}};
inline constexpr std::array across{Quantity{"apart"}, Quantity{"free"},
                                   Quantity{"same CPU", Kind::Number}};
// The kernel takes memory by pages, and keeps some for the next object: of few things that is more
// than they take themselves.
inline constexpr Quantity memory_of_file{"memory", Kind::Bytes, 1000};
inline constexpr Quantity memory_of_queue{"memory", Kind::Bytes, 256};
inline constexpr std::array of_waiters{Quantity{"memory", Kind::Bytes},
                                       Quantity{"of the wait", Kind::Number, 1024}};
inline constexpr std::array of_files{Quantity{"operation"}, memory_of_file};
inline constexpr std::array of_queues{Quantity{"operation"}, memory_of_queue};
inline constexpr std::array waiters{1U, 4U, 16U, 64U, 256U, 1024U, 4096U};
inline constexpr std::array herds{64U, 1024U, 4096U};
inline constexpr std::array many_waiters{256U, 1024U, 4096U};
inline constexpr std::array files{1U, 10U, 100U, 1000U, 10'000U};
inline constexpr std::array queues{1U, 4U, 16U, 64U, 256U};
} // namespace detail

/// By PatternId.
inline constexpr std::array<Pattern, pattern_count> patterns{{
    {"uncontended", "signal, then consume; no task sleeps", detail::operation, {}},
    {"blocking",
     "two tasks of one priority take turns on one CPU; each one sleeps",
     detail::round_trip,
     {}},
    // How the two tasks overlap depends on what ran before.
    {"preempting", "the same with the scheduler's ordinary policy", detail::round_trip, {}, 0.02},
    // A call of eventfd's for thousands of waiters is as long as a tick: one tick more is 0.6 %.
    {"wake-one", "one of N exclusive waiters is woken; it answers and waits again",
     detail::wake_one, detail::waiters, 0.01},
    {"wake-all", "all of N waiters are woken, and wait again; each figure is divided by N",
     detail::wake_all, detail::waiters, 0.01},
    // The longest delay depends on where in a chunk the points lie.
    {"held-up", "the longest delay of a task of higher priority while a call wakes N waiters",
     detail::held_up, detail::herds, 0.05},
    {"scale-waiters", "N tasks wait: the kernel's memory for each, and what the wait is of it",
     detail::of_waiters, detail::many_waiters},
    {"scale-files", "signal, then consume, with N open files; memory for each", detail::of_files,
     detail::files, 0.005, "files"},
    {"scale-queues", "signal, then consume, with N queues; memory for each", detail::of_queues,
     detail::queues, 0.005, "queues"},
    {"across",
     "two tasks on two CPUs take turns: each on its own CPU; free to move",
     detail::across,
     {}},
}};

/// A measured quantity.
struct Figure {
    double value = 0;            ///< the median of the batches (but see Kind)
    double spread = 0;           ///< middle_spread() of the batches
    std::optional<double> again; ///< the value of the second measurement
};

/// One contender in one pattern.
struct Row {
    std::string_view contender;
    bool floor = false;          ///< not a contender, but what no contender can be cheaper than
    unsigned number = 0;         ///< of waiters or the like; 0: the pattern does not vary it
    std::vector<Figure> figures; ///< by the pattern's quantities
    std::optional<Percentiles> percentiles; ///< of the first quantity
};

/// All rows of one pattern: by contender, then by number.
struct Measured {
    const Pattern *pattern;
    std::vector<Row> rows;

    /// Null if there is none.
    [[nodiscard]] const Row *find(std::string_view contender, unsigned number) const;
};

/// A pattern that this machine, or this call of the program, cannot measure.
struct Skipped {
    const Pattern *pattern;
    std::string why;
};

struct Results {
    Unit unit = Unit::Nanoseconds;
    std::string kernel;          ///< uname -r
    unsigned processors = 1;     ///< that the program may run on
    std::optional<bool> settled; ///< instructions only: whether batches agreed before the start
    std::vector<Measured> patterns;
    std::vector<Skipped> skipped{};

    /// Null if the pattern was not measured.
    [[nodiscard]] const Measured *find(std::string_view pattern) const;
};

/// The contender that all others are compared with.
inline constexpr std::string_view reference = "eventfd";

} // namespace waitq::cli::bench
