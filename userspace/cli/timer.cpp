// SPDX-License-Identifier: GPL-2.0
// waitq timer
#include "commands.hpp"
#include "durations.hpp"
#include "failure.hpp"
#include "sigint.hpp"
#include "wake_options.hpp"

#include <csignal>
#include <iostream>
#include <poll.h>

namespace waitq::cli {

namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

constexpr auto forever = steady_clock::time_point::max();

struct Given {
    DeviceName device;
    std::optional<nanoseconds> delay, period;
    std::optional<std::uint64_t> count;
    WakeRequest wake;
};

/// @start + @period * @times, or forever if that can't be counted.
steady_clock::time_point later(steady_clock::time_point start, nanoseconds period,
                               std::uint64_t times)
{
    std::int64_t ns = 0;
    if (__builtin_mul_overflow(period.count(), times, &ns) ||
        __builtin_add_overflow(start.time_since_epoch().count(), ns, &ns))
        return forever;
    return steady_clock::time_point(nanoseconds(ns));
}

/// Blocks SIGINT outside of ppoll(), so that none can come between a look and the sleep.
class BlockedSigint {
public:
    BlockedSigint()
    {
        sigset_t only;
        sigemptyset(&only);
        sigaddset(&only, SIGINT);
        sigprocmask(SIG_BLOCK, &only, &former_);
    }
    BlockedSigint(const BlockedSigint &) = delete;
    BlockedSigint &operator=(const BlockedSigint &) = delete;
    ~BlockedSigint() { sigprocmask(SIG_SETMASK, &former_, nullptr); }

    /// Sleeps until @due or a caught SIGINT.
    void sleep_until(steady_clock::time_point due) const
    {
        while (!SigintGuard::caught()) {
            const auto left = std::chrono::ceil<nanoseconds>(due - steady_clock::now());
            if (left.count() <= 0)
                return;
            const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
            const timespec time = {seconds.count(), (left - seconds).count()};
            ppoll(nullptr, 0, due == forever ? nullptr : &time, &former_);
        }
    }

private:
    sigset_t former_{};
};

/**
 * Fires the timer @count times (0: until Ctrl+C). Returns how often it did fire.
 *
 * A firing tells nobody but those it wakes. So: sleep until the last one is due, disarm, which
 * says how many there were, and arm again for those still missing, because the interrupt may be
 * late and a late timer leaves periods out.
 */
std::uint64_t fire(const Device &device, const Given &given, std::uint64_t count,
                   const BlockedSigint &sigint)
{
    const nanoseconds period = given.period.value_or(nanoseconds(0));
    auto first = later(steady_clock::now(), *given.delay, 1);
    std::uint64_t fired = 0;
    do {
        const std::uint64_t missing = count == 0 ? 0 : count - fired;
        (void)require(
            device.arm({.delay = first, .period = period, .count = missing, .wake = given.wake}),
            Call::Timer, given.device);
        sigint.sleep_until(count == 0 ? forever : later(first, period, missing - 1));
        fired += require(device.cancel_timer(), Call::Timer, given.device);
        first = later(steady_clock::now(), period, 1);
    } while (fired < count && !SigintGuard::caught());
    return fired;
}

/// The firings that are asked for; throws UsageError.
std::uint64_t count_of(const Given &given)
{
    const nanoseconds period = given.period.value_or(nanoseconds(0));
    if (period.count() != 0 && period.count() < WAITQ_TIMER_PERIOD_MIN_NS)
        throw UsageError("--period", "the shortest is " +
                                         format_duration(nanoseconds(WAITQ_TIMER_PERIOD_MIN_NS)));
    const std::uint64_t count = given.count.value_or(period.count() == 0 ? 1 : 0);
    if (period.count() == 0 && count != 1)
        throw UsageError("--count", "to fire more than once, give the --period");
    return count;
}

Report run(const Given &given, const Settings &settings)
{
    const std::uint64_t count = count_of(given);
    const Device device = open_device(given.device, O_WRONLY);
    const SigintGuard guard;
    const BlockedSigint blocked;
    if (!settings.json && count == 0)
        std::cerr << "armed; Ctrl+C disarms\n";
    const std::uint64_t fired = fire(device, given, count, blocked);
    const bool interrupted = SigintGuard::caught();
    return {.exit = interrupted ? ExitCode::Interrupted : ExitCode::Ok,
            .json = {{"device", given.device.path},
                     {"nr", given.wake.nr},
                     {"post", given.wake.post},
                     {"count", count},
                     {"fired", fired},
                     {"interrupted", interrupted}},
            .text = "fired: " + plural(fired, "time") + (interrupted ? ", then Ctrl+C\n" : "\n")};
}

void add_options(Options &options, Given &given)
{
    add_device(options, given.device);
    (void)add_duration(options, "--delay", given.delay, "to the first firing").required();
    add_duration(options, "--period", given.period, "between firings (default: 0, fire once)");
    add_number(
        options, "--count", [&given](std::uint64_t number) { given.count = number; },
        "fire N times (default: 1; with a period 0: until Ctrl+C)");
    add_wake(options, given.wake);
}

constexpr const char *footer =
    R"(Each firing does what `waitq wake` does, from the interrupt of a kernel hrtimer, as a device's
interrupt handler would. The timer belongs to the open file, so this command stays until the
last firing: it sleeps until that is due, disarms the timer, which tells how often it has
fired, and arms it again should some be missing. Ctrl+C disarms it at once.

Durations: 10ns, 50us, 200ms, 1.5s, 2m, 1h or 0. The shortest period is 50us.
Exit status: 0 fired as often as asked, 130 Ctrl+C, 1 error, 2 usage.

Examples:
  waitq timer --delay 2s                             once, in two seconds
  waitq timer --delay 0 --period 100ms --count 10    ten times, one second
  waitq timer --delay 1s --period 1s                 once a second, until Ctrl+C)";

} // namespace

const Command timer = {"timer", "Post and wake from a timer interrupt", footer,
                       [](Options &options) { return with_options(options, add_options, run); }};

} // namespace waitq::cli
