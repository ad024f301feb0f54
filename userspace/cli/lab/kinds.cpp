// SPDX-License-Identifier: GPL-2.0
// waitq lab kinds
#include "failure.hpp"
#include "lab/lab_commands.hpp"
#include "lab/lab_reports.hpp"
#include "lab/lab_words.hpp"
#include "options.hpp"
#include "table.hpp"

namespace waitq::cli {

namespace {

constexpr const char *wait_key =
    R"(FAMILY     macro: of the wait_event family; hand: an idiom, a task that sleeps by hand
STATE      of the sleeping task; caller: `waitq lab wait --state` says
CLOCK      of the timeout; jiffies: in the kernel's ticks, hrtimer: in nanoseconds
RETURNS    what the kernel's call returns. V: nothing. I: 0, or -ERESTARTSYS for a signal. T: the
           jiffies left, or 0. IT: T, or -ERESTARTSYS. H: 0, -ETIME or -ERESTARTSYS
EXCLUSIVE  yes: an exclusive entry; priority: linked before all others; sole: both, and alone
LOCK       held while the condition is tested; caller: the caller's, head: the wait queue's own,
           head-irq: that one, with interrupts off
SLEEP      plain: schedule(); io: counted as waiting for I/O; cmd: between two commands;
           before-cmd: after one; the others name the idiom
HERE       whether the running kernel has it, and if not, since or until when Linux has
)";

constexpr const char *wake_key =
    R"(WAKES      normal: interruptible and uninterruptible sleepers; interruptible: those only
EXCLUSIVE  the number of exclusive waiters that it wakes
LOCK       held: the waker holds the wait queue's lock
HINT       sync: the waker is about to sleep, so the woken task may have its CPU
KEY        key: `waitq lab wake --key` is handed to the wake functions
HERE       as above
)";

} // namespace

Report kinds_report(const std::string &path, const lab::Kinds &here)
{
    Report report;
    Json waits = Json::array(), wakes = Json::array(), contexts = Json::array();

    std::vector<Row> rows = {
        {"WAIT KIND", "FAMILY", "STATE", "CLOCK", "RETURNS", "EXCLUSIVE", "LOCK", "SLEEP", "HERE"}};
    for (const lab::WaitKindRow &row : lab::wait_kinds) {
        const bool has = here.has(row.kind);
        rows.push_back({std::string(row.name), word(row.family), word(row.state), word(row.clock),
                        std::string(return_class(row)), word(row.exclusive), word(row.lock),
                        word(row.sleep), availability(has, row.since)});
        waits.push_back({{"name", row.name},
                         {"family", word(row.family)},
                         {"state", word(row.state)},
                         {"clock", word(row.clock)},
                         {"returns", return_class(row)},
                         {"exclusive", word(row.exclusive)},
                         {"lock", word(row.lock)},
                         {"sleep", word(row.sleep)},
                         {"here", has},
                         {"since", row.since}});
    }
    report.text = aligned(rows) + '\n' + wait_key;

    rows = {{"WAKE KIND", "WAKES", "EXCLUSIVE", "LOCK", "HINT", "KEY", "HERE"}};
    for (const lab::WakeKindRow &row : lab::wake_kinds) {
        const bool has = here.has(row.kind);
        rows.push_back({std::string(row.name), word(row.mode), word(row.scope), word(row.lock),
                        word(row.hint), word(row.key), availability(has, row.since)});
        wakes.push_back({{"name", row.name},
                         {"mode", word(row.mode)},
                         {"scope", word(row.scope)},
                         {"lock", word(row.lock)},
                         {"hint", word(row.hint)},
                         {"key", word(row.key)},
                         {"here", has},
                         {"since", row.since}});
    }
    report.text += '\n' + aligned(rows) + '\n' + wake_key;

    rows = {{"CONTEXT", "WHICH IS"}};
    for (const lab::ContextRow &row : lab::contexts) {
        rows.push_back({word(row.name), std::string(row.text)});
        contexts.push_back({{"name", word(row.name)}, {"text", row.text}});
    }
    report.text += '\n' + aligned(rows);
    report.json = {{"device", path}, {"wait", waits}, {"wake", wakes}, {"contexts", contexts}};
    return report;
}

namespace of_lab {

namespace {

Report show(const DeviceName &name)
{
    return kinds_report(name.path, require(open_lab(name).kinds(), Call::Kinds, name));
}

constexpr const char *footer =
    R"(Wait kinds are for `waitq lab wait --kind`, wake kinds for `waitq lab wake --kind`, contexts for
`waitq lab wake --context`. Below each table is the key to its columns.)";

} // namespace

const Command kinds = {
    "kinds", "Show every kind of wait and wake, and which of them this kernel has", footer,
    [](Options &options) { return add_device_only<show>(options, lab_module); }};

} // namespace of_lab

} // namespace waitq::cli
