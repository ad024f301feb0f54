// SPDX-License-Identifier: GPL-2.0
// A picture of who slept and who woke whom.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace waitq::cli {

/**
 * A narrow lane for each actor, time downwards, what happens at the right:
 *
 *     | runs, z sleeps, * acts; - leads from a waker * to each < or > that it wakes
 *     A B waker
 *     *   |       A: sleeps
 *     z * |       B: sleeps
 *     z <-*       waker: wake_up() -> 1 woken: B
 *     z * |       B: returns
 */
class Timeline {
public:
    /// What ended a sleep: the last wake-up, or something else, as its timeout.
    enum class By { Wake, Else };

    /// Runs: it begins, or a signal has ended its sleep.
    void runs(const std::string &actor, const std::string &what);
    /// Goes to sleep; if it was asleep already, it was woken in vain.
    void sleeps(const std::string &actor, const std::string &what);
    /// Does something, or something is done to it; it runs or sleeps on.
    void acts(const std::string &actor, const std::string &what);
    /// Wakes. Whom: those whose sleep ends By::Wake from here on, before the next wake-up.
    void wakes(const std::string &actor, const std::string &what);
    /// Was woken by the last wake-up. Nothing if it was not asleep then.
    void woken(const std::string &actor);
    /// Ends.
    void returns(const std::string &actor, const std::string &what, By by = By::Wake);

    void draw(std::ostream &out) const;

private:
    enum class State { Absent, Running, Asleep };
    struct Lane {
        std::string name;
        State first;           // before its first event
        State now;             // as of the last event
        std::size_t slept = 0; // the event by which it fell asleep
    };
    struct Event {
        std::size_t lane;
        State after;
        std::string what;
        bool wakes = false;
        std::vector<std::size_t> woken; // lanes
    };

    std::size_t lane(const std::string &name, State first = State::Absent);
    void event(std::size_t lane, State after, const std::string &what);
    [[nodiscard]] std::string row(const Event &event, const std::vector<State> &states) const;
    [[nodiscard]] std::string told(const Event &event) const;
    [[nodiscard]] std::string head(std::size_t lane) const;
    [[nodiscard]] std::size_t column(std::size_t lane) const;

    std::vector<Lane> lanes_;
    std::vector<Event> events_;
};

} // namespace waitq::cli
