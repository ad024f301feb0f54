// SPDX-License-Identifier: GPL-2.0
// waitq wake
#include "commands.hpp"
#include "failure.hpp"
#include "options.hpp"

#include <memory>

namespace waitq::cli {

namespace {

struct Options {
    DeviceName device;
    WakeRequest request;
};

Report run(const Options &options)
{
    check_wake(options.request);
    const Device device = open_device(options.device);
    const WakeResult result = require(device.wake(options.request), Call::Wake, options.device);
    return {.json = {{"device", options.device.path},
                     {"kind", find_kind(options.request.kind)->name},
                     {"post", options.request.post},
                     {"woken", result.woken},
                     {"counter", result.counter}},
            .text = "woken: " + plural(result.woken, "task") + "; the post made the counter " +
                    std::to_string(result.counter) + '\n'};
}

constexpr const char *footer =
    R"(Waiters that are not exclusive are woken by every kind of wake; of the exclusive ones, as
many as the kind says. A task that wakes while the counter is below its threshold sleeps on.

Examples:
  waitq wake                    post 1, as an interrupt handler does: wake_up()
  waitq wake --post 0           a bare wake: the waiters look, and sleep on (spurious)
  waitq wake 1 --post 3 --nr 3  on /dev/waitq1: three tokens, three exclusive waiters)";

} // namespace

const Command wake = {"wake", "Post to the counter, then wake its waiters", footer,
                      [](CLI::App &app) -> Action {
                          auto options = std::make_shared<Options>();
                          add_device(app, options->device);
                          add_wake(app, options->request);
                          return [options](const Settings & /*settings*/) { return run(*options); };
                      }};

} // namespace waitq::cli
