// SPDX-License-Identifier: GPL-2.0
#include "reports.hpp"

#include "durations.hpp"
#include "failure.hpp"
#include "table.hpp"

#include <iomanip>
#include <sstream>

namespace waitq::cli {

using std::chrono::nanoseconds;

Report info_report(const std::string &path, const std::vector<Shown> &figures)
{
    constexpr int name_width = 24;
    constexpr int value_width = 8;
    Json values{};
    std::ostringstream text;
    text << path << '\n';
    for (const Shown &figure : figures) {
        values.add(figure.name, figure.value);
        text << "  " << std::left << std::setw(name_width) << figure.name << std::right
             << std::setw(value_width) << figure.value << "  " << figure.text << '\n';
    }
    return {.json = {{"device", path}, {"figures", values}}, .text = text.str()};
}

Report list_report(const Module &module, std::span<const Column> columns,
                   Result<std::vector<Shown>> (*look)(const std::string &path))
{
    const std::string name(module.name);
    const auto found = require(nodes(module), Call::List, {&module, "/sys/class/" + name, {}});

    Json listed = Json::array();
    std::vector<Row> rows = {{"DEVICE"}};
    for (const Column &column : columns)
        rows.front().emplace_back(column.title);
    for (const Node &node : found) {
        Json one = {{"device", node.path}, {"index", node.index}};
        rows.push_back({node.path});
        if (const auto figures = look(node.path)) {
            Json values{};
            for (const Shown &figure : *figures)
                values.add(figure.name, figure.value);
            one.add("figures", values);
            for (const Column &column : columns)
                for (const Shown &figure : *figures)
                    if (figure.name == column.figure)
                        rows.back().push_back(std::to_string(figure.value));
        } else {
            one.add("error", figures.error().message());
            rows.back().push_back(figures.error().message());
        }
        listed.push_back(one);
    }
    return {.json = {{"devices", listed}},
            .text = found.empty() ? name + ".ko is loaded, but has no device\n" : aligned(rows)};
}

namespace {

/// Microseconds are of no use in an age of a minute.
std::string coarse(nanoseconds age)
{
    using namespace std::chrono;
    return age < 1s ? format_duration(floor<microseconds>(age))
                    : format_duration(floor<milliseconds>(age));
}

std::string or_dash(const std::string &text)
{
    return text.empty() ? "-" : text;
}

std::string joined(const std::vector<std::string_view> &words)
{
    std::string text;
    for (const std::string_view one : words)
        text += (text.empty() ? "" : ",") + std::string(one);
    return text;
}

} // namespace

Report waiters_report(const std::string &path, const std::vector<WaiterLine> &lines,
                      std::uint64_t linked, const MoreColumn &more,
                      std::chrono::steady_clock::time_point now)
{
    Json waiters = Json::array();
    std::vector<Row> rows = {
        {"QUEUE", "PID", "COMM", "STATE", "FLAGS", more.title, "SINCE", "WAKE FUNCTION"}};
    for (const WaiterLine &line : lines) {
        const nanoseconds age = now.time_since_epoch() - line.since.value_or(nanoseconds(0));
        const std::string state = line.state ? std::string{line.state} : "";
        rows.push_back(
            {line.queue, line.pid ? std::to_string(line.pid) : "-", or_dash(printable(line.comm)),
             or_dash(printable(state)), or_dash(joined(line.flags)), or_dash(line.more),
             line.since ? coarse(age) + " ago" : "-", or_dash(printable(line.function))});
        waiters.push_back({{"queue", line.queue},
                           {"pid", line.pid ? Json(line.pid) : Json()},
                           {"comm", line.comm},
                           {"state", state.empty() ? Json() : Json(state)},
                           {"task", line.task},
                           {"flags", line.flags},
                           {more.name, line.more_json},
                           {"since_ns", line.since ? Json(line.since->count()) : Json()},
                           {"age_ns", line.since ? Json(age.count()) : Json()},
                           {"function", line.function}});
    }
    std::string text = lines.empty() ? "no waiter\n" : aligned(rows);
    if (linked > lines.size())
        text += "and " + std::to_string(linked - lines.size()) + " more\n";
    return {.json = {{"device", path}, {"linked", linked}, {"waiters", waiters}}, .text = text};
}

} // namespace waitq::cli
