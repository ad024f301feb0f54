// SPDX-License-Identifier: GPL-2.0
// waitq kinds
#include "commands.hpp"
#include "failure.hpp"
#include "options.hpp"
#include "reports.hpp"
#include "table.hpp"
#include "words.hpp"

#include <memory>

namespace waitq::cli {

Report kinds_report(const std::string &path, const Kinds &here)
{
    Report report;
    report.json["device"] = path;

    std::vector<Row> rows = {
        {"WAIT KIND", "STATE", "CLOCK", "RETURNS", "EXCLUSIVE", "LOCK", "SLEEP", "HERE"}};
    for (const WaitKindRow &row : wait_kinds) {
        const bool has = here.has(row.kind);
        rows.push_back({std::string(row.name), word(row.state), word(row.clock),
                        std::string(return_class(row)), word(row.exclusive), word(row.lock),
                        word(row.sleep), availability(has, row.since)});
        report.json["wait"].push_back({{"name", row.name},
                                       {"state", word(row.state)},
                                       {"clock", word(row.clock)},
                                       {"returns", return_class(row)},
                                       {"exclusive", word(row.exclusive)},
                                       {"lock", word(row.lock)},
                                       {"sleep", word(row.sleep)},
                                       {"here", has},
                                       {"since", row.since}});
    }
    report.text = aligned(rows);

    rows = {{"WAKE KIND", "WAKES", "EXCLUSIVE", "LOCK", "HINT", "KEY", "HERE"}};
    for (const WakeKindRow &row : wake_kinds) {
        const bool has = here.has(row.kind);
        rows.push_back({std::string(row.name), word(row.mode), word(row.scope), word(row.lock),
                        word(row.hint), word(row.key), availability(has, row.since)});
        report.json["wake"].push_back({{"name", row.name},
                                       {"mode", word(row.mode)},
                                       {"scope", word(row.scope)},
                                       {"lock", word(row.lock)},
                                       {"hint", word(row.hint)},
                                       {"key", word(row.key)},
                                       {"here", has},
                                       {"since", row.since}});
    }
    report.text += '\n' + aligned(rows);

    rows = {{"CONTEXT", "WHICH IS"}};
    for (const ContextRow &row : contexts) {
        rows.push_back({word(row.name), std::string(row.text)});
        report.json["contexts"].push_back({{"name", word(row.name)}, {"text", row.text}});
    }
    report.text += '\n' + aligned(rows);
    return report;
}

namespace {

Report run(const DeviceName &name)
{
    return kinds_report(name.path, require(open_device(name).kinds(), Call::Kinds, name));
}

constexpr const char *footer =
    R"(Wait kinds are for `waitq wait --kind`, wake kinds for `waitq wake --kind`, contexts for
`waitq wake --context`.

STATE      of the sleeping task; caller: `waitq wait --state` says
RETURNS    what the kernel's call returns. V: nothing. I: 0, or -ERESTARTSYS for a signal. T: the
           jiffies left, or 0. IT: T, or -ERESTARTSYS. H: 0, -ETIME or -ERESTARTSYS
LOCK       of a wait: held while the condition is tested; of a wake: held while waking
SLEEP      plain, io and those with a command (cmd) are macros; the others sleep by hand
WAKES      normal: whoever sleeps; interruptible: those in an interruptible sleep only
EXCLUSIVE  of a wake: how many of the exclusive waiters it wakes
HERE       whether the running kernel has it, and if not, since or until when Linux has)";

} // namespace

const Command kinds = {"kinds",
                       "Show every kind of wait and wake, and what this kernel has of them", footer,
                       [](CLI::App &app) -> Action {
                           auto name = std::make_shared<DeviceName>();
                           add_device(app, *name);
                           return [name](const Settings & /*settings*/) { return run(*name); };
                       }};

} // namespace waitq::cli
