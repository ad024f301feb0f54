// SPDX-License-Identifier: GPL-2.0
// waitq wait
#include "commands.hpp"
#include "durations.hpp"
#include "failure.hpp"
#include "options.hpp"
#include "sigint.hpp"

#include <memory>

namespace waitq::cli {

namespace {

struct Options {
    DeviceName device;
    WaitRequest request;
    bool kind_named = false;
    std::optional<std::chrono::nanoseconds> timeout, until;
};

/// Puts kind and timeout together; throws CLI::ValidationError if they don't go together.
WaitRequest complete(const Options &options)
{
    WaitRequest request = options.request;
    if (options.timeout)
        request.timeout = *options.timeout;
    if (options.until)
        request.timeout = std::chrono::steady_clock::time_point(*options.until);

    const WaitKindRow *row = find_kind(request.kind);
    if (request.timeout && !row->has_timeout()) {
        const std::string timed = std::string(row->name) + "_timeout";
        if (options.kind_named)
            throw CLI::ValidationError("--kind " + std::string(row->name),
                                       "this kind has no timeout; name " + timed);
        row = find_kind(wait_kinds, timed);
        request.kind = row->kind;
    }
    if (!request.timeout && row->has_timeout())
        throw CLI::ValidationError("--kind " + std::string(row->name), "give the --timeout");
    return request;
}

/// Waits. A SIGINT that comes before the kernel sleeps is an outcome like one that comes after.
WaitResult sleep_in(const Device &device, const WaitRequest &request, const DeviceName &name)
{
    const auto result = device.wait(request);
    if (!result && SigintGuard::caught())
        return {Outcome::Signalled, {}, 0};
    return require(result, Call::Wait, name);
}

const char *word(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Satisfied:
        return "satisfied";
    case Outcome::TimedOut:
        return "timed out";
    case Outcome::Signalled:
        break;
    }
    return "signalled";
}

ExitCode exit_code(Outcome outcome, bool interrupted)
{
    if (interrupted || outcome == Outcome::Signalled)
        return ExitCode::Interrupted;
    return outcome == Outcome::TimedOut ? ExitCode::TimedOut : ExitCode::Ok;
}

std::string text_of(const WaitRequest &request, const WaitResult &result, bool interrupted)
{
    std::string text = word(result.outcome);
    if (result.outcome == Outcome::Satisfied) {
        text += ": the counter reached " + std::to_string(request.threshold);
        if (request.consume)
            text += ", and " + std::to_string(request.threshold) + " was taken off";
    }
    if (result.left.count() != 0)
        text += "; " + format_duration(result.left) + " left";
    if (result.spurious != 0)
        text += "; woken in vain: " + plural(result.spurious, "time");
    if (interrupted && result.outcome != Outcome::Signalled)
        text += "; Ctrl+C came while it slept";
    return text + '\n';
}

Report run(const Options &options)
{
    const WaitRequest request = complete(options);
    const Device device = open_device(options.device);
    // A killable sleep heeds fatal signals only, and a caught SIGINT is not fatal: leave it alone.
    std::optional<SigintGuard> guard;
    if (find_kind(request.kind)->state != "KILLABLE")
        guard.emplace(device.fd());
    const WaitResult result = sleep_in(device, request, options.device);
    const bool interrupted = SigintGuard::caught();
    return {.exit = exit_code(result.outcome, interrupted),
            .json = {{"device", options.device.path},
                     {"kind", find_kind(request.kind)->name},
                     {"threshold", request.threshold},
                     {"outcome", word(result.outcome)},
                     {"left_ns", result.left.count()},
                     {"spurious", result.spurious},
                     {"interrupted", interrupted}},
            .text = text_of(request, result, interrupted)};
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
}

constexpr const char *footer =
    R"(Ctrl+C ends an interruptible sleep, and kills this command in a killable one. It does nothing to
an uninterruptible one (state D in ps) until that is woken; then the signal lands.

Durations: 10ns, 50us, 200ms, 1.5s, 2m, 1h or 0.
Exit status: 0 satisfied, 124 timed out, 130 interrupted, 1 error, 2 usage.

Examples:
  waitq wait                           until somebody posts: `waitq wake`, elsewhere
  waitq wait --timeout 1.5s --consume  take one token, for at most 1.5 s
  waitq wait 1 --threshold 3           on /dev/waitq1, until three were posted
  waitq wait --kind wait_event         Ctrl+C won't help; `waitq wake` will)";

} // namespace

const Command wait = {"wait", "Sleep until the counter reaches a threshold", footer,
                      [](CLI::App &app) -> Action {
                          auto options = std::make_shared<Options>();
                          add_options(app, *options);
                          return [options](const Settings & /*settings*/) { return run(*options); };
                      }};

} // namespace waitq::cli
