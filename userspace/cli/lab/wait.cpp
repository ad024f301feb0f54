// SPDX-License-Identifier: GPL-2.0
// waitq lab wait
#include "failure.hpp"
#include "lab/lab_commands.hpp"
#include "lab/lab_options.hpp"
#include "lab/lab_reports.hpp"
#include "wait_end.hpp"

namespace waitq::cli::of_lab {

namespace {

using lab::Callback;
using lab::Engine;
using lab::wait_kinds;
using lab::WaitKind;
using lab::WaitKindRow;

struct Given {
    DeviceName device = first_of(lab_module);
    lab::WaitRequest request;
    bool kind_named = false;
    TimeLimit limit;
    std::optional<State> state;
    std::optional<Callback> callback;
    std::optional<std::uint32_t> key;
};

/// The row of the kind, or of its timed variant if there is a timeout and no kind was named.
const WaitKindRow &timed(const Given &given)
{
    const bool timeout = given.limit.when().has_value();
    const WaitKindRow *row = find_kind(given.request.kind);
    if (!timeout && row->has_timeout())
        refuse_kind(row->name, "give the --timeout");
    if (!timeout || row->has_timeout())
        return *row;
    const WaitKindRow *variant = find_kind(wait_kinds, std::string(row->name) + "_timeout");
    if (given.kind_named)
        refuse_kind(row->name, "this kind has no timeout; " +
                                   (variant ? "name " + std::string(variant->name)
                                            : "`waitq lab kinds` tells which have a clock"));
    return *variant;
}

/// Throws UsageError for what the module would refuse, and says why.
void check(const WaitKindRow &row, const Given &given)
{
    const lab::WaitRequest &request = given.request;
    const bool macro = request.engine == Engine::Macro;
    if (given.state && !row.has_state())
        refuse_kind(row.name, "it takes no --state; `waitq lab kinds` tells which do (state: "
                              "caller)");
    if ((given.callback || given.key) && row.sleep != "FUNC")
        refuse_kind(row.name,
                    "it takes no --callback and no --key; " +
                        std::string(find_kind(WaitKind::init_waitqueue_func_entry)->name) +
                        " does");
    if (given.callback == Callback::Poller && macro)
        refuse_kind(row.name, "--callback poller is of --engine core");
    if (request.exclusive && (macro || row.by_hand()))
        refuse_kind(row.name, "--exclusive is for macros by --engine core; here the kind says "
                              "whether it is exclusive");
    if ((request.window || request.nap) && row.lock != "NONE")
        refuse_kind(row.name,
                    "no --window and no --nap: it holds a lock while it tests the condition");
}

/// Puts the options together; throws UsageError if they don't go together.
lab::WaitRequest complete(const Given &given)
{
    const WaitKindRow &row = timed(given);
    check(row, given);
    lab::WaitRequest request = given.request;
    request.kind = row.kind;
    request.timeout = given.limit.when();
    request.state = given.state.value_or(request.state);
    request.callback = given.callback.value_or(request.callback);
    request.key = given.key.value_or(request.key);
    return request;
}

Report run(const Given &given, const Settings & /*settings*/)
{
    const lab::WaitRequest request = complete(given);
    const WaitKindRow &row = *find_kind(request.kind);
    const bool killable =
        row.has_state() ? request.state == State::Killable : row.state == "KILLABLE";
    const lab::Lab node = open_lab(given.device);
    const auto end = wait_for_end(node, request, killable, [&](const auto &result) {
        return require(result, Call::Wait, given.device, row.name);
    });
    return wait_report(given.device.path, request, end.result, end.interrupted);
}

void add_options(Options &options, Given &given)
{
    lab::WaitRequest &request = given.request;
    add_device(options, given.device);
    add_time_limit(options, given.limit);
    add_number(
        options, "--threshold", [&request](std::uint64_t n) { request.threshold = n; },
        "wait until the counter is N or more (default: 1)", 1);
    options.flag("--consume", request.consume, "take the threshold off the counter");
    options.flag("--exclusive", request.exclusive,
                 "be an exclusive waiter: a wake-up for one wakes one of these");
    add_kind(
        options, wait_kinds,
        [&given](const WaitKindRow &row) {
            given.request.kind = row.kind;
            given.kind_named = true;
        },
        "how to sleep, by the kernel's name (default: wait_event_interruptible,\n"
        "or with a timeout wait_event_interruptible_timeout):");
    add_engine(options, request);
    add_choice(
        options, "--state", states, [&given](const auto &row) { given.state = row.value; },
        "for kinds that leave the task's state to the caller:");
    add_choice(
        options, "--callback", callbacks, [&given](const auto &row) { given.callback = row.value; },
        "for init_waitqueue_func_entry, what its wake function does:");
    add_key(
        options, [&given](std::uint32_t key) { given.key = key; },
        "for the same: wake-ups with a key wake it if a bit is in both (default: 0, any)");
    options.flag("--window", request.window,
                 "hold on between the test and the sleep, until a wake-up comes");
    options.flag("--nap", request.nap, "let the condition sleep when it is tested");
}

constexpr const char *footer =
    R"(Ctrl+C ends an interruptible sleep, and kills this command in a killable one. It does nothing to
an uninterruptible one (state D in ps) until that is woken; then the signal lands.

`waitq lab kinds` tells of each kind the state, what it returns, and whether this kernel has it.

Durations: 10ns, 50us, 200ms, 1.5s, 2m, 1h or 0.
Exit status: 0 satisfied, 124 timed out, 130 interrupted, 1 error, 2 usage.

Examples:
  waitq lab wait --kind wait_event     Ctrl+C won't help; `waitq lab wake` will
  waitq lab wait --timeout 1.5s --consume
  waitq lab wait --kind wait_woken --state killable --timeout 5s --engine macro)";

} // namespace

const Command wait = {"wait", "Sleep in any of the ways that the kernel has", footer,
                      [](Options &options) { return with_options(options, add_options, run); }};

} // namespace waitq::cli::of_lab
