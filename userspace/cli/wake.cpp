// SPDX-License-Identifier: GPL-2.0
// waitq wake
#include "commands.hpp"
#include "failure.hpp"
#include "wake_options.hpp"

namespace waitq::cli {

void add_wake(Options &options, WakeRequest &target)
{
    add_number(
        options, "--post", [&target](std::uint64_t number) { target.post = number; },
        "add N to the counter first (default: 1)", 0, WAITQ_COUNTER_MAX);
    const Option one = options.flag(
        "--one", [&target] { target.nr = 1; }, "wake one of the exclusive waiters (default)");
    const Option nr = add_number(
        options, "--nr",
        [&target](std::uint64_t number) { target.nr = static_cast<std::uint32_t>(number); },
        "wake N of the exclusive waiters", 1, std::numeric_limits<std::uint32_t>::max());
    const Option all = options.flag(
        "--all", [&target] { target.nr = every_waiter; }, "wake all of the exclusive waiters");
    one.excludes(nr).excludes(all);
    all.excludes(nr);
}

namespace {

struct Given {
    DeviceName device;
    WakeRequest request;
};

Report run(const Given &given, const Settings & /*settings*/)
{
    const Device device = open_device(given.device, O_WRONLY);
    const std::uint64_t woken = require(device.wake(given.request), Call::Wake, given.device);
    return {.json = {{"device", given.device.path},
                     {"nr", given.request.nr},
                     {"post", given.request.post},
                     {"woken", woken}},
            .text = "woken: " + plural(woken, "task") + '\n'};
}

constexpr const char *footer =
    R"(It wakes the waiters whose threshold the counter has reached then: each that is not exclusive,
and of the exclusive ones as many as it is told. Waiters with --consume take their threshold off
the counter as they are woken, in the order in which they came. So nobody is woken in vain.

Examples:
  waitq wake                    post 1, and wake one exclusive waiter
  waitq wake --post 0           wake those whose threshold was reached already
  waitq wake 1 --post 3 --nr 3  on /dev/waitq1: three tokens, three exclusive waiters
  waitq wake --all              post 1, wake all whose threshold is reached)";

} // namespace

const Command wake = {"wake", "Post to the counter, then wake its waiters", footer,
                      [](Options &options) {
                          return with_options<Given>(
                              options,
                              [](Options &declare, Given &given) {
                                  add_device(declare, given.device);
                                  add_wake(declare, given.request);
                                  declare.flag("--sync", given.request.sync,
                                               "say that this task is about to sleep: a task that "
                                               "it wakes may have its CPU");
                              },
                              run);
                      }};

} // namespace waitq::cli
