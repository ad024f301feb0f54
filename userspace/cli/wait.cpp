// SPDX-License-Identifier: GPL-2.0
// waitq wait
#include "choices.hpp"
#include "commands.hpp"
#include "failure.hpp"
#include "reports.hpp"
#include "sigint.hpp"

#include <memory>

namespace waitq::cli {

namespace {

struct Options {
    DeviceName device;
    WaitRequest request;
    bool kind_named = false;
    std::optional<std::chrono::nanoseconds> timeout, until;
    std::optional<State> state;
    std::optional<Callback> callback;
    std::optional<std::uint32_t> key;
};

[[noreturn]] void refuse(const WaitKindRow &row, const std::string &why)
{
    throw CLI::ValidationError("--kind " + std::string(row.name), why);
}

/// The row of @request's kind, or of its timed variant if there is a timeout and the kind was
/// left to us.
const WaitKindRow &timed(const WaitRequest &request, bool kind_named)
{
    const WaitKindRow *row = find_kind(request.kind);
    if (!request.timeout && row->has_timeout())
        refuse(*row, "give the --timeout");
    if (!request.timeout || row->has_timeout())
        return *row;
    const WaitKindRow *variant = find_kind(wait_kinds, std::string(row->name) + "_timeout");
    if (kind_named)
        refuse(*row, "this kind has no timeout; " +
                         (variant ? "name " + std::string(variant->name)
                                  : std::string("`waitq kinds` tells which have a clock")));
    return *variant;
}

/// Throws CLI::ValidationError for what the module would refuse, and says why.
void check(const WaitKindRow &row, const Options &options)
{
    const WaitRequest &request = options.request;
    const bool macro = request.engine == Engine::Macro;
    const bool by_hand = row.has_state() && row.sleep != "PLAIN";
    if (options.state && !row.has_state())
        refuse(row, "it takes no --state; `waitq kinds` tells which do (state: caller)");
    if ((options.callback || options.key) && row.sleep != "FUNC")
        refuse(row, "it takes no --callback and no --key; " +
                        std::string(find_kind(WaitKind::init_waitqueue_func_entry)->name) +
                        " does");
    if (options.callback == Callback::Poller && macro)
        refuse(row, "--callback poller is of --engine core");
    if (request.exclusive && (macro || by_hand))
        refuse(row, "--exclusive is for macros by --engine core; here the kind says it all");
    if ((request.window || request.nap) && row.lock != "NONE")
        refuse(row, "no --window and no --nap: it holds a lock while it tests the condition");
}

/// Puts the options together; throws CLI::ValidationError if they don't go together.
WaitRequest complete(const Options &options)
{
    WaitRequest request = options.request;
    if (options.timeout)
        request.timeout = *options.timeout;
    if (options.until)
        request.timeout = std::chrono::steady_clock::time_point(*options.until);
    const WaitKindRow &row = timed(request, options.kind_named);
    check(row, options);
    request.kind = row.kind;
    request.state = options.state.value_or(request.state);
    request.callback = options.callback.value_or(request.callback);
    request.key = options.key.value_or(request.key);
    return request;
}

/// Whether a caught SIGINT, which is not fatal, would pass the sleep by where an uncaught one ends
/// it.
bool heeds_fatal_signals_only(const WaitRequest &request)
{
    const WaitKindRow *row = find_kind(request.kind);
    return row->has_state() ? request.state == State::Killable : row->state == "KILLABLE";
}

/// Waits. A SIGINT that comes before the kernel sleeps is an outcome like one that comes after.
WaitResult sleep_in(const Device &device, const WaitRequest &request, const DeviceName &name)
{
    const auto result = device.wait(request);
    if (!result && SigintGuard::caught())
        return {Outcome::Signalled, {}, 0, 0, 0, 0, 0, 0, 0};
    return require(result, Call::Wait, name, find_kind(request.kind)->name);
}

Report run(const Options &options)
{
    const WaitRequest request = complete(options);
    const Device device = open_device(options.device);
    std::optional<SigintGuard> guard;
    if (!heeds_fatal_signals_only(request))
        guard.emplace(device.fd());
    const WaitResult result = sleep_in(device, request, options.device);
    return wait_report(options.device.path, request, result, SigintGuard::caught());
}

void add_options(CLI::App &app, Options &options)
{
    add_device(app, options.device);
    auto *timeout = add_duration(app, "--timeout", options.timeout, "how long, at most");
    add_number(
        app, "--until-ns",
        [&options](std::uint64_t ns) { options.until = std::chrono::nanoseconds(ns); },
        "until when, in nanoseconds of CLOCK_MONOTONIC", 0, std::chrono::nanoseconds::max().count())
        ->excludes(timeout);
    add_number(
        app, "--threshold", [&options](std::uint64_t n) { options.request.threshold = n; },
        "wait until the counter is N or more (default: 1)", 1);
    app.add_flag("--consume", options.request.consume, "take the threshold off the counter");
    app.add_flag("--exclusive", options.request.exclusive,
                 "be an exclusive waiter: one wake, one of these");
    add_kind(
        app, wait_kinds,
        [&options](const WaitKindRow &row) {
            options.request.kind = row.kind;
            options.kind_named = true;
        },
        "how to sleep, by the kernel's name (default: wait_event_interruptible,\n"
        "or with a timeout wait_event_interruptible_timeout):");
    add_engine(app, options.request);
    add_choice(
        app, "--state", states, [&options](const auto &row) { options.state = row.value; },
        "for kinds that leave the task's state to the caller:");
    add_choice(
        app, "--callback", callbacks, [&options](const auto &row) { options.callback = row.value; },
        "for init_waitqueue_func_entry, what its wake function does:");
    add_key(
        app, [&options](std::uint32_t key) { options.key = key; },
        "for the same: wake-ups with a key wake it if a bit is in both (default: 0, any)");
    app.add_flag("--window", options.request.window,
                 "hold on between the test and the sleep, until somebody wakes");
    app.add_flag("--nap", options.request.nap, "let the condition sleep when it is tested");
}

constexpr const char *footer =
    R"(Ctrl+C ends an interruptible sleep, and kills this command in a killable one. It does nothing to
an uninterruptible one (state D in ps) until that is woken; then the signal lands.

`waitq kinds` tells of each kind the state, what it returns, and whether this kernel has it.

Durations: 10ns, 50us, 200ms, 1.5s, 2m, 1h or 0.
Exit status: 0 satisfied, 124 timed out, 130 interrupted, 1 error, 2 usage.

Examples:
  waitq wait                           until somebody posts: `waitq wake`, elsewhere
  waitq wait --timeout 1.5s --consume  take one token, for at most 1.5 s
  waitq wait 1 --threshold 3           on /dev/waitq1, until three were posted
  waitq wait --kind wait_event         Ctrl+C won't help; `waitq wake` will
  waitq wait --kind wait_woken --state killable --timeout 5s --engine macro)";

} // namespace

const Command wait = {"wait", "Sleep until the counter reaches a threshold", footer,
                      [](CLI::App &app) -> Action {
                          auto options = std::make_shared<Options>();
                          add_options(app, *options);
                          return [options](const Settings & /*settings*/) { return run(*options); };
                      }};

} // namespace waitq::cli
