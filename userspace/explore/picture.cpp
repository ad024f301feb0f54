// SPDX-License-Identifier: GPL-2.0
#include "picture.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

namespace waitq::explore {
namespace {

constexpr int margin = 24, left = 56, column = 270, line_height = 17, head = 84;
constexpr std::size_t width_in_letters = 36;

constexpr const char *look = R"(<style>
text { font: 12px sans-serif; fill: #222 }
.name { font-weight: bold; font-size: 14px }
.step { fill: #888; text-anchor: end }
.failure { fill: #b00020; font-weight: bold }
.place { font-family: monospace }
.title { font-size: 16px; font-weight: bold }
line, path { stroke: #888; stroke-width: 1.5; fill: none }
.asleep { stroke: #b00020; stroke-dasharray: 3 4; stroke-width: 2 }
.wake { stroke: #1a7f37; stroke-width: 2 }
circle { fill: #222 }
</style>
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6"
orient="auto"><path d="M0 0L8 4L0 8z" style="fill:#1a7f37;stroke:none"/></marker></defs>
)";

std::string escaped(const std::string &text)
{
    std::string out;
    for (const char letter : text)
        switch (letter) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        default:
            out += letter;
        }
    return out;
}

std::vector<std::string> wrapped(const std::string &text, std::size_t most)
{
    std::vector<std::string> lines{""};
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        if (!lines.back().empty() && lines.back().size() + 1 + word.size() > most)
            lines.emplace_back();
        lines.back() += (lines.back().empty() ? "" : " ") + word;
    }
    return lines;
}

// Which thread of those an event wakes, if it wakes one.
std::optional<int> woken_by(const Event &event, const std::vector<std::string> &names)
{
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string wakes = "wakes " + names[i];
        if (event.text == wakes || event.text.starts_with(wakes + " "))
            return static_cast<int>(i);
    }
    return {};
}

class Drawing {
public:
    explicit Drawing(const Outcome &outcome) : outcome_(outcome)
    {
        // A column for each thread that has something to say.
        for (const Event &event : outcome.events)
            if (event.thread >= 0)
                columns_.emplace(event.thread, 0);
        int next = 0;
        for (auto &[thread, at] : columns_)
            at = next++;
    }

    std::string svg()
    {
        int y = head;
        for (const Event &event : outcome_.events)
            if (event.thread >= 0)
                y = draw(event, y);
        for (const auto &[thread, at] : columns_)
            lifeline(thread, y);
        const int width = std::max(left + static_cast<int>(columns_.size()) * column + margin, 560);
        int bottom = y + 28;
        std::ostringstream end;
        const auto room = static_cast<std::size_t>((width - 2 * margin) / 7);
        for (const std::string &line : wrapped(outcome_.failure, room)) {
            text(end, margin, bottom, "failure", line);
            bottom += line_height;
        }
        for (const std::string &line : wrapped(outcome_.place, room)) {
            text(end, margin, bottom, "place", line);
            bottom += line_height;
        }
        std::ostringstream all;
        all << R"(<svg xmlns="http://www.w3.org/2000/svg" width=")" << width << R"(" height=")"
            << bottom + margin << R"(" viewBox="0 0 )" << width << ' ' << bottom + margin << R"(">)"
            << '\n'
            << look << R"(<rect width="100%" height="100%" fill="#fff"/>)" << '\n';
        text(all, margin, 30, "title", outcome_.scenario);
        for (const auto &[thread, at] : columns_)
            text(all, x_of(thread) - 6, head - 22, "name",
                 outcome_.names.at(static_cast<std::size_t>(thread)));
        all << lines_.str() << words_.str() << end.str() << "</svg>\n";
        return all.str();
    }

private:
    [[nodiscard]] int x_of(int thread) const { return left + columns_.at(thread) * column + 12; }

    static void text(std::ostream &out, int x, int y, const char *kind, const std::string &words)
    {
        out << "<text x=\"" << x << "\" y=\"" << y << "\" class=\"" << kind << "\">"
            << escaped(words) << "</text>\n";
    }

    // Returns where the next goes.
    int draw(const Event &event, int y)
    {
        const int x = x_of(event.thread);
        if (event.step != step_) {
            y += 5;
            text(words_, left - 16, y + 4, "step", std::to_string(event.step));
        }
        step_ = event.step;
        words_ << R"(<circle cx=")" << x << R"(" cy=")" << y << R"(" r="3"/>)" << '\n';
        if (const auto woken = woken_by(event, outcome_.names);
            woken && *woken != event.thread && columns_.contains(*woken)) {
            const int to = x_of(*woken), side = to < x ? 4 : -4;
            lines_ << "<path class=\"wake\" marker-end=\"url(#head)\" d=\"M" << x << ' ' << y << "L"
                   << to + side << ' ' << y << "\"/>\n";
        }
        if (event.text.starts_with("goes to sleep"))
            asleep_[event.thread].emplace_back(y, 0);
        else if (auto &periods = asleep_[event.thread];
                 !periods.empty() && periods.back().second == 0)
            periods.back().second = y;
        last_[event.thread] = y;
        for (const std::string &line : wrapped(event.text, width_in_letters)) {
            text(words_, x + 10, y + 4, "says", line);
            y += line_height;
        }
        return y;
    }

    void lifeline(int thread, int bottom)
    {
        const int x = x_of(thread);
        int from = head - 12;
        const auto line = [&](const char *kind, int begin, int end) {
            if (end > begin)
                lines_ << "<line class=\"" << kind << "\" x1=\"" << x << "\" y1=\"" << begin
                       << "\" x2=\"" << x << "\" y2=\"" << end << "\"/>\n";
        };
        for (const auto &[begin, end] : asleep_[thread]) {
            line("awake", from, begin);
            line("asleep", begin, end ? end : bottom);
            from = end ? end : bottom;
        }
        line("awake", from, last_[thread]);
    }

    const Outcome &outcome_;
    std::map<int, int> columns_;
    std::map<int, std::vector<std::pair<int, int>>> asleep_;
    std::map<int, int> last_; // where a thread's last event is
    std::ostringstream lines_, words_;
    unsigned step_ = 0;
};

} // namespace

std::string picture(const Outcome &outcome)
{
    return Drawing(outcome).svg();
}

} // namespace waitq::explore
