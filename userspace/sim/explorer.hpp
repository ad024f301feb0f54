// SPDX-License-Identifier: GPL-2.0
// explorer.hpp - runs a scenario again and again, in other orders, until there are none left.
#pragma once

#include "machine.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace sim {

enum class Strategy : unsigned char {
    reduced, // one of each class of equivalent orders: see explorer.cpp
    every,   // all orders, equivalent or not
    bounded, // all orders with so many preemptions at most
    random,  // orders by dice
    pct,     // orders by priorities that change in few places
};

struct Plan {
    Strategy strategy = Strategy::reduced;
    std::uint64_t limit = ~0ULL;    // executions
    unsigned int preemptions = ~0U; // bounded
    std::uint64_t seed = 1;         // random, pct
    unsigned int depth = 3;         // pct: orderings that a failure needs
    // Called now and then; false: stop.
    std::function<bool(std::uint64_t executions)> go_on{};
    // Called after each complete execution.
    std::function<void()> completed{};
};

struct Result {
    std::uint64_t schedules = 0; // complete executions
    std::uint64_t cut = 0;       // ended early: what follows was seen elsewhere
    std::uint64_t steps = 0;
    bool exhausted = false; // there are no others
    bool failed = false;
    std::string failure;          // what was refused
    std::vector<Choice> schedule; // in which
};

Result explore(Scenario &scenario, const Plan &plan);

// Runs one schedule and tells its story, which Machine::story() has afterwards. Choices that do
// not fit, or are missing at the end, are replaced by the default: see schedule.hpp.
End replay(Scenario &scenario, const std::vector<Choice> &schedule);

// Looks for a schedule that fails with as few preemptions as possible: easier to read.
Result simplest_failure(Scenario &scenario, const Result &found);

} // namespace sim
