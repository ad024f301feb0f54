// SPDX-License-Identifier: GPL-2.0
// waitq wait
#include "choices.hpp"
#include "commands.hpp"
#include "durations.hpp"
#include "failure.hpp"
#include "options.hpp"
#include "sigint.hpp"
#include "wait_end.hpp"

#include <optional>

namespace waitq::cli {

namespace {

struct Given {
    DeviceName device;
    WaitRequest request;
    TimeLimit limit;
    std::optional<DeviceName> post_to;
    std::optional<std::uint64_t> post;
};

/// A wait on a device, which posts to another one first, if there is one.
struct Waiter {
    const Device &device;
    const Device *other;
    std::uint64_t post;

    [[nodiscard]] int fd() const { return device.fd(); }
    [[nodiscard]] Result<WaitResult> wait(const WaitRequest &request) const
    {
        return other ? device.signal_and_wait(*other, request, post) : device.wait(request);
    }
};

Report run(const Given &given, const Settings & /*settings*/)
{
    WaitRequest request = given.request;
    request.timeout = given.limit.when();
    if (given.post && !given.post_to)
        throw UsageError("--post", "it needs --post-to, which names the device");
    const Device device = open_device(given.device, O_RDONLY);
    std::optional<Device> other;
    if (given.post_to)
        other = open_device(*given.post_to, O_WRONLY);
    const Waiter waiter{device, other ? &*other : nullptr, given.post.value_or(1)};
    const WaitEnd<WaitResult> end =
        wait_for_end(waiter, request, request.state == State::Killable, [&](const auto &result) {
            // The post fails by an error that no wait has.
            if (!result && given.post_to && result.error() == std::errc::value_too_large)
                throw Failure(Call::SignalWait, *given.post_to, result.error());
            return require(result, Call::Wait, given.device);
        });
    const std::string posted = given.post_to ? "posted " + std::to_string(waiter.post) + " to " +
                                                   given.post_to->path + "; "
                                             : "";
    return {.exit = exit_code(end.result.outcome, end.interrupted),
            .json = {{"device", given.device.path},
                     {"threshold", request.threshold},
                     {"outcome", said(end.result.outcome)},
                     {"left_ns", end.result.left.count()},
                     {"interrupted", end.interrupted}},
            .text = posted + first_line(request, end.result, end.interrupted) + '\n'};
}

void add_options(Options &options, Given &given)
{
    add_device(options, given.device);
    add_time_limit(options, given.limit);
    add_number(
        options, "--threshold", [&given](std::uint64_t n) { given.request.threshold = n; },
        "wait until the counter is N or more (default: 1)", 1, WAITQ_COUNTER_MAX);
    options.flag("--consume", given.request.consume, "take the threshold off the counter");
    options.flag("--exclusive", given.request.exclusive,
                 "be an exclusive waiter: `waitq wake` wakes one of these, or --nr");
    options.value(
        "--post-to", "DEVICE",
        [&given](const std::string &name) {
            given.post_to = parse_device_name(device_module, name);
        },
        "post there first, in the same call");
    add_number(
        options, "--post", [&given](std::uint64_t n) { given.post = n; },
        "what --post-to posts (default: 1)", 1, WAITQ_COUNTER_MAX);
    add_choice(
        options, "--state", states, [&given](const auto &row) { given.request.state = row.value; },
        "how the task sleeps:");
}

constexpr const char *footer =
    R"(A wake-up wakes only a waiter whose threshold the counter has reached. The first to come is
the first to be woken.

Ctrl+C ends an interruptible sleep, and kills this command in a killable one. It does nothing to
an uninterruptible one (state D in ps) until that is woken; then the signal lands.

Durations: 10ns, 50us, 200ms, 1.5s, 2m, 1h or 0.
Exit status: 0 satisfied, 124 timed out, 130 interrupted, 1 error, 2 usage.

Examples:
  waitq wait                           until a post: `waitq wake`, elsewhere
  waitq wait --timeout 1.5s --consume  take one token, for at most 1.5 s
  waitq wait 1 --threshold 3           on /dev/waitq1, until three were posted
  waitq wait 1 --consume --post-to 0   post 1 to /dev/waitq0, then wait on /dev/waitq1
  waitq wait --state uninterruptible   Ctrl+C won't help; `waitq wake` will)";

} // namespace

const Command wait = {"wait", "Sleep until the counter reaches a threshold", footer,
                      [](Options &options) { return with_options(options, add_options, run); }};

} // namespace waitq::cli
