// SPDX-License-Identifier: GPL-2.0
// waitq lab waiters
#include "failure.hpp"
#include "lab/lab_commands.hpp"
#include "options.hpp"
#include "waiter_lines.hpp"
#include "words.hpp"

#include <array>

namespace waitq::cli {

namespace {

/// Those of lab_waiter.flags that are told by name.
constexpr auto told_flags = std::to_array<Choice<std::uint32_t>>({
    {LAB_WAITER_EXCLUSIVE, "exclusive", ""},
    {LAB_WAITER_PRIORITY, "priority", ""},
    {LAB_WAITER_WOKEN, "woken", ""},
});

/// A module newer than this command may have more kinds.
std::string kind_name(std::uint32_t kind)
{
    const lab::WaitKindRow *row = find_kind(static_cast<lab::WaitKind>(kind));
    return row ? std::string(row->name) : "kind " + std::to_string(kind);
}

} // namespace

WaiterLine to_line(const lab_waiter &waiter)
{
    WaiterLine line{};
    line.queue = place_name(lab::places, waiter.place);
    line.pid = waiter.pid;
    line.comm = text_of(waiter.comm);
    line.state = waiter.state == '?' ? '\0' : waiter.state;
    line.task = (waiter.flags & LAB_WAITER_TASK) != 0;
    line.flags = names_of(told_flags, waiter.flags);
    line.function = text_of(waiter.function);
    if ((waiter.flags & LAB_WAITER_KNOWN) != 0) {
        line.since = std::chrono::nanoseconds(waiter.since_ns);
        line.more = kind_name(waiter.kind);
        line.more_json = line.more;
    }
    return line;
}

namespace of_lab {

namespace {

Report show(const DeviceName &name)
{
    const lab::Waiters found = require(open_lab(name).waiters(), Call::Waiters, name);
    std::vector<WaiterLine> lines;
    for (const lab_waiter &waiter : found.entries)
        lines.push_back(to_line(waiter));
    return waiters_report(name.path, lines, found.linked, {"KIND", "kind"},
                          std::chrono::steady_clock::now());
}

#define LAB_X(value, id, name, text) "\n  " #name ": " text
constexpr const char *footer =
    R"(One line for each entry of the node's wait queues, in the order of the queues: wake-ups walk them
in that order. KIND and SINCE are those of the wait that the task is in, by either engine; they
are - for a task that is in none any more.

STATE is as in ps: S interruptible, D uninterruptible or killable, I idle, R running.
FLAGS: exclusive: a wake-up for one ends behind it; priority: linked before all others; woken:
wait_woken has been woken.

The queues:)" LAB_PLACES(LAB_X);
#undef LAB_X

} // namespace

const Command waiters = {
    "waiters", "Show the entries of the wait queues of a node", footer,
    [](Options &options) { return add_device_only<show>(options, lab_module); }};

} // namespace of_lab

} // namespace waitq::cli
