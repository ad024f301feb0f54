// SPDX-License-Identifier: GPL-2.0
// waitq waiters
#include "commands.hpp"
#include "durations.hpp"
#include "failure.hpp"
#include "options.hpp"
#include "reports.hpp"
#include "table.hpp"
#include "words.hpp"

#include <memory>

namespace waitq::cli {

namespace {

using nlohmann::ordered_json;
using std::chrono::nanoseconds;

/// A name that a module newer than this command may have, as well.
std::string place_of(const waitq_waiter &waiter)
{
    return waiter.place < places.size() ? std::string(places[waiter.place])
                                        : "place " + std::to_string(waiter.place);
}

std::string kind_of(const waitq_waiter &waiter)
{
    const WaitKindRow *row = find_kind(static_cast<WaitKind>(waiter.kind));
    return row ? std::string(row->name) : "kind " + std::to_string(waiter.kind);
}

/// Nobody reads the microseconds of a minute.
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

Report waiters_report(const std::string &path, const Waiters &found,
                      std::chrono::steady_clock::time_point now)
{
    Report report;
    report.json = {{"device", path}, {"linked", found.linked}, {"waiters", ordered_json::array()}};
    std::vector<Row> rows = {
        {"QUEUE", "PID", "COMM", "STATE", "FLAGS", "KIND", "SINCE", "WAKE FUNCTION"}};
    for (const waitq_waiter &waiter : found.entries) {
        const bool known = (waiter.flags & WAITQ_WAITER_KNOWN) != 0;
        const nanoseconds age = now.time_since_epoch() - nanoseconds(waiter.since_ns);
        const auto flags = names_of(waiter_flags, waiter.flags);
        const std::string kind = known ? kind_of(waiter) : "";
        rows.push_back({place_of(waiter), waiter.pid ? std::to_string(waiter.pid) : "-",
                        or_dash(printable(waiter.comm)), printable({waiter.state}),
                        or_dash(joined(flags)), or_dash(kind), known ? coarse(age) + " ago" : "-",
                        or_dash(printable(waiter.function))});
        report.json["waiters"].push_back(
            {{"queue", place_of(waiter)},
             {"pid", waiter.pid ? ordered_json(waiter.pid) : ordered_json()},
             {"comm", waiter.comm},
             {"state", std::string{waiter.state}},
             {"task", (waiter.flags & WAITQ_WAITER_TASK) != 0},
             {"flags", flags},
             {"kind", known ? ordered_json(kind) : ordered_json()},
             {"since_ns", known ? ordered_json(waiter.since_ns) : ordered_json()},
             {"age_ns", known ? ordered_json(age.count()) : ordered_json()},
             {"function", waiter.function}});
    }
    report.text = found.entries.empty() ? "nobody\n" : aligned(rows);
    if (found.linked > found.entries.size())
        report.text += "and " + std::to_string(found.linked - found.entries.size()) + " more\n";
    return report;
}

namespace {

Report run(const DeviceName &name)
{
    const Waiters found = require(open_device(name).waiters(), Call::Waiters, name);
    return waiters_report(name.path, found, std::chrono::steady_clock::now());
}

#define WAITQ_X(value, id, name, text) "\n  " #name ": " text
constexpr const char *footer =
    R"(One line for each entry of the device's wait queues, in the order of the queues: wake-ups walk
them in that order. A poller's entry is no task's. A task that /proc would not show you is hidden.

STATE is as in ps: S interruptible, D uninterruptible or killable, I idle, R running. KIND and SINCE
are unknown (-) of entries that the kernel's own macros made (`waitq wait --engine macro`).

The queues:)" WAITQ_PLACES(WAITQ_X);
#undef WAITQ_X

} // namespace

const Command waiters = {"waiters", "Show who is linked into the wait queues of a device", footer,
                         [](CLI::App &app) -> Action {
                             auto name = std::make_shared<DeviceName>();
                             add_device(app, *name);
                             return [name](const Settings & /*settings*/) { return run(*name); };
                         }};

} // namespace waitq::cli
