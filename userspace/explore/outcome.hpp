// SPDX-License-Identifier: GPL-2.0
// outcome.hpp - what the exploration of a scenario has found, as it is printed.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace waitq::explore {

/// A line of a failing schedule's story.
struct Event {
    unsigned step;
    int thread;       ///< column; -1: none
    std::string text; ///< with its place
    NLOHMANN_DEFINE_TYPE_INTRUSIVE(Event, step, thread, text)
};

struct Outcome {
    std::string scenario;
    std::uint64_t schedules = 0;
    double seconds = 0;
    bool exhausted = false; ///< there are no others
    unsigned bound = 0;     ///< not 0: with at most so many preemptions
    bool failed = false;
    bool unusable = false;          ///< `failure` says why it can't be explored
    std::string failure;            ///< the *** line, without the stars
    std::string place;              ///< file:line: text of the line
    std::string replay;             ///< for --replay
    std::string timeline;           ///< for people
    std::vector<std::string> names; ///< of the threads
    std::vector<Event> events;
    std::vector<std::string> races; ///< data races, met on the way
    NLOHMANN_DEFINE_TYPE_INTRUSIVE(Outcome, scenario, schedules, seconds, exhausted, bound, failed,
                                   unusable, failure, place, replay, timeline, names, events, races)

    [[nodiscard]] std::uint64_t per_second() const
    {
        return seconds > 0 ? static_cast<std::uint64_t>(static_cast<double>(schedules) / seconds)
                           : 0;
    }
};

} // namespace waitq::explore
