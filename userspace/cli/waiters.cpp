// SPDX-License-Identifier: GPL-2.0
// waitq waiters
#include "commands.hpp"
#include "failure.hpp"
#include "options.hpp"
#include "reports.hpp"
#include "waiter_lines.hpp"
#include "words.hpp"

#include <array>
#include <waitq/figures.hpp>

namespace waitq::cli {

namespace {

/// Those of waitq_waiter.flags that are told by name.
constexpr auto told_flags = std::to_array<Choice<std::uint32_t>>({
    {WAITQ_WAITER_EXCLUSIVE, "exclusive", ""},
    {WAITQ_WAITER_HIDDEN, "hidden", ""},
});

Report run(const DeviceName &name)
{
    const Waiters found = require(open_device(name, O_RDONLY).waiters(), Call::Waiters, name);
    std::vector<WaiterLine> lines;
    for (const waitq_waiter &waiter : found.entries)
        lines.push_back(to_line(waiter));
    return waiters_report(name.path, lines, found.linked, {"THRESHOLD", "threshold"},
                          std::chrono::steady_clock::now());
}

#define WAITQ_X(value, id, name, text) "\n  " #name ": " text
constexpr const char *footer =
    R"(One line for each entry of the device's wait queues, in the order of the queues: wake-ups walk
them in that order. A poller's entry is no task's. hidden: a task of another user, which only
CAP_SYS_PTRACE may see.

STATE is as in ps: S interruptible, D uninterruptible or killable, I idle, R running. SINCE: when
the task linked itself. THRESHOLD: the counter that `waitq wait` waits for.

The queues:)" WAITQ_PLACES(WAITQ_X);
#undef WAITQ_X

} // namespace

WaiterLine to_line(const waitq_waiter &waiter)
{
    WaiterLine line{};
    line.queue = place_name(places, waiter.place);
    line.pid = waiter.pid;
    line.comm = text_of(waiter.comm);
    line.state = static_cast<char>(waiter.state);
    line.task = (waiter.flags & WAITQ_WAITER_TASK) != 0;
    line.flags = names_of(told_flags, waiter.flags);
    if (waiter.since_ns != 0)
        line.since = std::chrono::nanoseconds(waiter.since_ns);
    line.function = text_of(waiter.function);
    if (waiter.threshold != 0) {
        line.more = std::to_string(waiter.threshold);
        line.more_json = waiter.threshold;
    }
    return line;
}

const Command waiters = {
    "waiters", "Show the entries of the wait queues of a device", footer,
    [](Options &options) { return add_device_only<run>(options, device_module); }};

} // namespace waitq::cli
