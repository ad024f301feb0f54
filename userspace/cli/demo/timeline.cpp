// SPDX-License-Identifier: GPL-2.0
#include "demo/timeline.hpp"

#include <algorithm>
#include <functional>

namespace waitq::cli {

namespace {

// A longer name would make its lane wide: a letter stands for it.
constexpr std::size_t short_name = 6;

} // namespace

std::size_t Timeline::lane(const std::string &name, State first)
{
    const auto at = std::ranges::find(lanes_, name, &Lane::name);
    const auto found = static_cast<std::size_t>(at - lanes_.begin());
    if (at == lanes_.end())
        lanes_.push_back({name, first, first});
    return found;
}

void Timeline::event(std::size_t lane, State after, const std::string &what)
{
    lanes_[lane].now = after;
    if (after == State::Asleep)
        lanes_[lane].slept = events_.size();
    events_.push_back({lane, after, what, false, {}});
}

void Timeline::runs(const std::string &actor, const std::string &what)
{
    event(lane(actor), State::Running, what);
}

void Timeline::sleeps(const std::string &actor, const std::string &what)
{
    woken(actor);
    event(lane(actor), State::Asleep, what);
}

void Timeline::acts(const std::string &actor, const std::string &what)
{
    const std::size_t at = lane(actor, State::Running);
    // Not by event(): an actor that sleeps on did not fall asleep here.
    events_.push_back({at, lanes_[at].now, what, false, {}});
}

void Timeline::wakes(const std::string &actor, const std::string &what)
{
    event(lane(actor, State::Running), State::Running, what);
    events_.back().wakes = true;
}

void Timeline::woken(const std::string &actor)
{
    const std::size_t at = lane(actor);
    const auto wake = std::ranges::find_if(events_.rbegin(), events_.rend(), &Event::wakes);
    if (lanes_[at].now != State::Asleep || wake == events_.rend() ||
        &*wake < &events_[lanes_[at].slept])
        return;
    wake->woken.push_back(at);
    lanes_[at].now = State::Running;
}

void Timeline::returns(const std::string &actor, const std::string &what, By by)
{
    if (by == By::Wake)
        woken(actor);
    event(lane(actor), State::Absent, what);
}

std::string Timeline::head(std::size_t lane) const
{
    const auto is_short = [](const Lane &one) { return one.name.size() <= short_name; };
    if (is_short(lanes_[lane]))
        return lanes_[lane].name;
    // The letters stand for the long names in turn: a, b, c.
    const auto before = lanes_.begin() + static_cast<std::ptrdiff_t>(lane);
    const auto letter = std::count_if(lanes_.begin(), before, std::not_fn(is_short));
    return {static_cast<char>('a' + letter)};
}

std::size_t Timeline::column(std::size_t lane) const
{
    std::size_t column = 0;
    for (std::size_t left = 0; left < lane; ++left)
        column += head(left).size() + 1;
    return column;
}

std::string Timeline::row(const Event &event, const std::vector<State> &states) const
{
    std::string row(column(lanes_.size()), ' ');
    const std::size_t actor = column(event.lane);
    for (const std::size_t lane : event.woken) {
        const std::size_t other = column(lane);
        std::fill(row.begin() + static_cast<std::ptrdiff_t>(std::min(actor, other)),
                  row.begin() + static_cast<std::ptrdiff_t>(std::max(actor, other)), '-');
    }
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane)
        if (states[lane] != State::Absent)
            row[column(lane)] = states[lane] == State::Asleep ? 'z' : '|';
    for (const std::size_t lane : event.woken)
        row[column(lane)] = column(lane) < actor ? '<' : '>';
    row[actor] = '*';
    return row;
}

std::string Timeline::told(const Event &event) const
{
    std::string text = lanes_[event.lane].name + ": " + event.what;
    std::vector<std::size_t> woken = event.woken;
    std::ranges::sort(woken);
    for (const std::size_t lane : woken)
        text += (lane == woken.front() ? ": " : " ") + head(lane);
    return text;
}

void Timeline::draw(std::ostream &out) const
{
    if (events_.empty())
        return;
    out << "\n   | runs, z sleeps, * acts; - leads from a waker * to each < or > that it wakes\n";
    std::string heads;
    std::vector<State> states;
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
        if (head(lane) != lanes_[lane].name)
            out << "   " << head(lane) << " = " << lanes_[lane].name << '\n';
        heads += head(lane) + ' ';
        states.push_back(lanes_[lane].first);
    }
    heads.pop_back();
    out << "   " << heads << '\n';
    for (const Event &event : events_) {
        out << "   " << row(event, states) << "  " << told(event) << '\n';
        states[event.lane] = event.after;
        for (const std::size_t lane : event.woken)
            states[lane] = State::Running;
    }
    out << std::flush;
}

} // namespace waitq::cli
