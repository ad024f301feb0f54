// SPDX-License-Identifier: GPL-2.0
#include "schedule.hpp"

#include "chance.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

namespace sim {
namespace {

// Follows a schedule, or a name, and keeps both.
class Follower : public Decider {
public:
    // A name's parts: after `steps` by default, this.
    struct Turn {
        unsigned int steps;
        Choice choice;
    };

    explicit Follower(const std::vector<Choice> *schedule, std::vector<Turn> turns = {})
        : schedule_(schedule), turns_(std::move(turns))
    {}

    bool decide(unsigned int number, Mask enabled, unsigned int last, Choice &choice) override
    {
        const auto usual = static_cast<std::uint8_t>(by_default(Machine::get(), enabled, last));
        choice = {usual, 0};
        if (schedule_) {
            if (number > schedule_->size())
                return false;
            choice = (*schedule_)[number - 1];
            if (choice.thread == usual && choice.value == 0) {
                ++usual_steps_;
            } else {
                turns_.push_back({usual_steps_, choice});
                usual_steps_ = 0;
            }
        } else if (next_ < turns_.size() && usual_steps_ == turns_[next_].steps) {
            choice = turns_[next_++].choice;
            usual_steps_ = 0;
            fits_ &= (enabled & bit(choice.thread)) != 0;
            if (!fits_)
                return false;
        } else {
            ++usual_steps_;
        }
        taken_.push_back(choice);
        return true;
    }

    void begin()
    {
        taken_.clear();
        next_ = usual_steps_ = 0;
        if (schedule_)
            turns_.clear();
    }
    [[nodiscard]] const std::vector<Turn> &turns() const { return turns_; }
    [[nodiscard]] const std::vector<Choice> &followed() const { return taken_; }
    [[nodiscard]] bool fits() const { return fits_; }

private:
    const std::vector<Choice> *schedule_;
    std::vector<Turn> turns_;
    std::vector<Choice> taken_;
    std::size_t next_ = 0;
    unsigned int usual_steps_ = 0;
    bool fits_ = true;
};

void follow(Scenario &scenario, Follower &follower)
{
    do
        follower.begin();
    while (Machine::get().execute(scenario, follower) == End::again);
}

constexpr std::size_t column = 30;

std::vector<std::string> wrapped(const std::string &text)
{
    std::vector<std::string> lines{""};
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        if (!lines.back().empty() && lines.back().size() + 1 + word.size() > column)
            lines.emplace_back();
        lines.back() += (lines.back().empty() ? "" : " ") + word;
    }
    return lines;
}

void put(std::string &out, const std::string &number, std::size_t at, const std::string &text)
{
    std::string line = number;
    line.resize(5 + at * (column + 2), ' ');
    line += text;
    out += line + '\n';
}

} // namespace

std::string name_of(Scenario &scenario, const std::vector<Choice> &schedule)
{
    Follower follower(&schedule);
    follow(scenario, follower);
    std::string name;
    for (const auto &turn : follower.turns()) {
        name += std::to_string(turn.steps);
        name += static_cast<char>('A' + turn.choice.thread);
        if (turn.choice.value)
            name += static_cast<char>('a' + turn.choice.value);
    }
    return name.empty() ? "0" : name;
}

std::optional<std::vector<Choice>> schedule_of(Scenario &scenario, std::string_view name)
{
    std::vector<Follower::Turn> turns;
    if (name != "0") {
        if (name.empty())
            return {};
        for (const char *at = name.begin(); at != name.end();) {
            Follower::Turn turn{};
            const auto [end, error] = std::from_chars(at, name.end(), turn.steps);
            if (error != std::errc() || end == name.end() || *end < 'A' ||
                *end >= static_cast<char>('A' + max_threads))
                return {};
            turn.choice.thread = static_cast<std::uint8_t>(*end - 'A');
            at = end + 1;
            if (at != name.end() && *at >= 'a' && *at <= 'z')
                turn.choice.value = static_cast<std::uint8_t>(*at++ - 'a');
            turns.push_back(turn);
        }
    }
    Follower follower(nullptr, std::move(turns));
    follow(scenario, follower);
    if (!follower.fits())
        return {};
    return follower.followed();
}

std::string timeline(const Machine &machine)
{
    return timeline(machine, machine.story());
}

std::string timeline(const Machine &machine, const std::vector<Line> &story)
{
    // A column for each thread that has something to say.
    std::vector<unsigned int> columns;
    for (unsigned int thread = 0; thread < machine.threads(); ++thread)
        if (std::ranges::any_of(story, [&](const Line &line) { return line.thread == thread; }))
            columns.push_back(thread);
    std::string out, names = "step", rule = "    ";
    for (std::size_t at = 0; at < columns.size(); ++at) {
        names.resize(5 + at * (column + 2), ' ');
        names += machine.flow(columns[at]).name;
        rule.resize(5 + at * (column + 2), ' ');
        rule += std::string(column, '-');
    }
    out = names + '\n' + rule + '\n';
    unsigned int step = 0;
    for (const Line &line : story) {
        const auto at = std::ranges::find(columns, line.thread);
        std::string number = line.step != step ? std::to_string(line.step) : "";
        number.insert(0, 3 - std::min<std::size_t>(3, number.size()), ' ');
        if (at == columns.end() || line.text.starts_with("***")) {
            out += '\n' + line.text + '\n';
            continue;
        }
        for (const std::string &part : wrapped(line.text)) {
            put(out, number, static_cast<std::size_t>(at - columns.begin()), part);
            number = "";
        }
        step = line.step;
    }
    return out;
}

} // namespace sim
