// SPDX-License-Identifier: GPL-2.0
// waitq lab wake
#include "failure.hpp"
#include "lab/lab_commands.hpp"
#include "lab/lab_options.hpp"
#include "lab/lab_reports.hpp"

namespace waitq::cli {

Report wake_report(const std::string &path, const lab::WakeRequest &request,
                   const lab::WakeResult &result, std::uint64_t waiting)
{
    std::string text = "woken: " + plural(result.woken, "task") +
                       (request.post != 0 ? "; the post made the counter " : "; the counter is ") +
                       std::to_string(result.counter) + '\n';
    if (waiting > result.woken)
        text += "  " + plural(waiting - result.woken, "more task") +
                " waited. The kernel does not tell whether it woke those of --engine macro,\n"
                "  so they are not counted; `waitq lab waiters` shows the tasks that sleep on\n";
    return {.json = {{"device", path},
                     {"kind", find_kind(request.kind)->name},
                     {"engine", name_of(engines, request.engine)},
                     {"context", word(find_context(request.context)->name)},
                     {"key", request.key},
                     {"post", request.post},
                     {"woken", result.woken},
                     {"waiting", waiting},
                     {"counter", result.counter}},
            .text = text};
}

namespace of_lab {

namespace {

using lab::wake_kinds;
using lab::WakeKind;
using lab::WakeKindRow;

struct Given {
    DeviceName device = first_of(lab_module);
    lab::WakeRequest request;
    std::optional<std::uint64_t> post; ///< by default as the kind has it
};

/// Puts the options together; throws UsageError if they don't go together.
lab::WakeRequest complete(const Given &given)
{
    lab::WakeRequest request = given.request;
    const WakeKindRow *row = find_kind(request.kind);
    if (row->scope == "NR" && request.nr == 0)
        refuse_kind(row->name, "give --nr N: how many to wake");
    if (row->scope != "NR" && request.nr != 0)
        refuse_kind(row->name, "it takes no --nr");
    if (row->key == "NONE" && request.key != 0)
        refuse_kind(row->name, "it takes no --key; `waitq lab kinds` tells which do");
    // It sends the waiters away: there is nothing for them to come back to.
    const bool ends = request.kind == WakeKind::wake_up_pollfree;
    if (ends && given.post.value_or(0) != 0)
        refuse_kind(row->name, "it posts nothing; leave out --post");
    request.post = given.post.value_or(ends ? 0 : request.post);
    return request;
}

Report run(const Given &given, const Settings & /*settings*/)
{
    const lab::WakeRequest request = complete(given);
    const lab::Lab node = open_lab(given.device);
    const ::lab_info before = require(node.info(), Call::Info, given.device);
    const lab::WakeResult result =
        require(node.wake(request), Call::Wake, given.device, find_kind(request.kind)->name);
    return wake_report(given.device.path, request, result,
                       before.waiters + before.waiters_exclusive);
}

void add_options(Options &options, Given &given)
{
    lab::WakeRequest &request = given.request;
    const auto set = [&request](WakeKind to) { return [&request, to] { request.kind = to; }; };
    add_device(options, given.device);
    add_number(
        options, "--post", [&given](std::uint64_t number) { given.post = number; },
        "add N to the counter first; 0: a bare wake (default: 1)");
    const Option one = options.flag("--one", set(WakeKind::wake_up),
                                    "wake_up: wake one of the exclusive waiters (default)");
    const Option nr = add_number(
        options, "--nr",
        [&request](std::uint64_t number) {
            request.kind = WakeKind::wake_up_nr;
            request.nr = static_cast<std::uint32_t>(number);
        },
        "wake_up_nr: wake N of the exclusive waiters", 1, std::numeric_limits<std::int32_t>::max());
    const Option all =
        options.flag("--all", set(WakeKind::wake_up_all), "wake_up_all: wake all of them");
    // Declared after --nr, so that --kind decides when both are given.
    const Option kind = add_kind(
        options, wake_kinds, [&request](const WakeKindRow &row) { request.kind = row.kind; },
        "how to wake, by the kernel's name:");
    add_key(
        options, [&request](std::uint32_t key) { request.key = key; },
        "what the waiters' wake functions are handed, such as poll's events (kinds with a key)");
    one.excludes(nr).excludes(all).excludes(kind);
    all.excludes(nr).excludes(kind);
    add_engine(options, request);
    add_choice(
        options, "--context", lab::contexts,
        [&request](const lab::ContextRow &row) { request.context = row.context; },
        "from where to wake (default: " + word(find_context(request.context)->name) + "):");
}

constexpr const char *footer =
    R"(Each kind wakes every non-exclusive waiter that its mode matches; of the exclusive ones it wakes
as many as the kind says. A task that wakes while the counter is below its threshold sleeps on.
`waitq lab kinds` tells more of the kinds. Counted as woken are tasks that wait by --engine core:
the kernel does not tell of those that wait by its own macros.

Examples:
  waitq lab wake                    post 1, as an interrupt handler does: wake_up()
  waitq lab wake --post 0           a bare wake: the waiters look, and sleep on (spurious)
  waitq lab wake 1 --post 3 --nr 3  on /dev/waitq_lab1: three tokens, three exclusive waiters
  waitq lab wake --context hard-irq --kind wake_up_poll --key 0x41)";

} // namespace

const Command wake = {"wake", "Post, then wake in any of the ways that the kernel has", footer,
                      [](Options &options) { return with_options(options, add_options, run); }};

} // namespace of_lab

} // namespace waitq::cli
