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

/// Something that a pattern measures.
struct Quantity {
    std::string_view name;
    bool cost = true; ///< in the unit of the measurement; else a plain number
};

/// A way in which tasks signal and wait.
struct Pattern {
    std::string_view name;
    std::string_view text;
    std::span<const Quantity> quantities; ///< at most quantities_max
    std::span<const unsigned> waiters;    ///< how many tasks wait; empty: that is not varied
    double repeats_within = 0.005;        ///< instructions counted twice may differ by this part
};

inline constexpr std::size_t quantities_max = 3;

enum PatternId { Uncontended, Blocking, Preempting, WakeOne, WakeAll, Across, pattern_count };

namespace detail {
inline constexpr std::array operation{Quantity{"operation"}};
inline constexpr std::array round_trip{Quantity{"round trip"}, Quantity{"switches", false},
                                       Quantity{"of the peer", false}};
inline constexpr std::array wake_one{Quantity{"signal"}, Quantity{"round trip"}};
inline constexpr std::array wake_all{Quantity{"signal"}, Quantity{"waiter"}};
inline constexpr std::array across{Quantity{"apart"}, Quantity{"free"},
                                   Quantity{"same CPU", false}};
inline constexpr std::array waiters{1U, 4U, 16U, 64U, 256U, 1024U, 4096U};
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
    {"across",
     "two tasks on two CPUs take turns: each on its own CPU; free to move",
     detail::across,
     {}},
}};

/// A measured quantity.
struct Figure {
    double value = 0;            ///< the median of the batches
    double spread = 0;           ///< middle_spread() of the batches
    std::optional<double> again; ///< the value of the second measurement
};

/// One contender in one pattern.
struct Row {
    std::string_view contender;
    bool floor = false;          ///< not a contender, but what no contender can be cheaper than
    unsigned waiters = 0;        ///< 0: the pattern does not vary it
    std::vector<Figure> figures; ///< by the pattern's quantities
    std::optional<Percentiles> percentiles; ///< of the first quantity
};

/// All rows of one pattern: by contender, then by the number of waiters.
struct Measured {
    const Pattern *pattern;
    std::vector<Row> rows;

    /// Null if there is none.
    [[nodiscard]] const Row *find(std::string_view contender, unsigned waiters) const;
};

struct Results {
    Unit unit = Unit::Nanoseconds;
    std::string kernel;          ///< uname -r
    unsigned processors = 1;     ///< that the program may run on
    std::optional<bool> settled; ///< instructions only: whether batches agreed before the start
    std::vector<Measured> patterns;

    /// Null if the pattern was not measured.
    [[nodiscard]] const Measured *find(std::string_view pattern) const;
};

/// The contender that all others are compared with.
inline constexpr std::string_view reference = "eventfd";

} // namespace waitq::cli::bench
