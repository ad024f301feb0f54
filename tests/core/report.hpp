// SPDX-License-Identifier: GPL-2.0
// report.hpp - what core_tests prints: a line for each family of scenarios, the sums, and while
// it runs, on the error output, how far it is.
#pragma once

#include <sim/explorer.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace core {

// Of all scenarios, as they are told at the end.
struct Sums {
    unsigned int scenarios = 0, exhausted = 0, passed = 0, failures = 0;
    std::uint64_t schedules = 0, cut = 0, steps = 0;
};

class Report {
public:
    Report();

    // A family begins; the one before ends.
    void begin(const std::string &family);
    void end_family();
    // A scenario of the family was explored.
    void scenario(bool exhausted, bool failed);
    void fail() { failed_ = true; }
    void add(const sim::Result &result);
    // Now and then. False: the time is up.
    bool progress(const std::string &scenario, std::uint64_t executions);
    void quiet() { quiet_ = true; }

    void until(double seconds);
    [[nodiscard]] bool time_left() const;
    [[nodiscard]] std::uint64_t schedules() const { return sums_.schedules; }
    [[nodiscard]] const Sums &sums() const { return sums_; }
    // Those of another process.
    void add(const Sums &sums);
    // The sums. Returns the exit status.
    int finish();

private:
    using Clock = std::chrono::steady_clock;

    [[nodiscard]] double seconds_since(Clock::time_point begin) const;

    Clock::time_point begin_ = Clock::now(), family_begin_, shown_;
    Clock::time_point end_ = Clock::time_point::max();
    bool terminal_, quiet_ = false, shown_any_ = false;

    std::string family_;
    unsigned int family_scenarios_ = 0, family_exhausted_ = 0;
    std::uint64_t family_schedules_ = 0;
    bool failed_ = false;

    Sums sums_;
};

} // namespace core
