// SPDX-License-Identifier: GPL-2.0
// waitq wake
#include "choices.hpp"
#include "commands.hpp"
#include "failure.hpp"
#include "options.hpp"

#include <memory>

namespace waitq::cli {

namespace {

struct Options {
    DeviceName device;
    WakeOptions wake;
};

Report run(const Options &options)
{
    const WakeRequest request = complete(options.wake);
    const Device device = open_device(options.device);
    const std::string_view kind = find_kind(request.kind)->name;
    const WakeResult result = require(device.wake(request), Call::Wake, options.device, kind);
    return {.json = {{"device", options.device.path},
                     {"kind", kind},
                     {"engine", name_of(engines, request.engine)},
                     {"context", word(find_context(request.context)->name)},
                     {"key", request.key},
                     {"post", request.post},
                     {"woken", result.woken},
                     {"counter", result.counter}},
            .text = "woken: " + plural(result.woken, "task") +
                    (request.post != 0 ? "; the post made the counter " : "; the counter is ") +
                    std::to_string(result.counter) + '\n'};
}

void add_options(CLI::App &app, Options &options)
{
    add_device(app, options.device);
    add_wake(app, options.wake);
    add_engine(app, options.wake.request);
    add_choice(
        app, "--context", contexts,
        [&options](const ContextRow &row) { options.wake.request.context = row.context; },
        "from where to wake (default: " + word(find_context(WakeRequest{}.context)->name) + "):");
}

constexpr const char *footer =
    R"(Waiters that are not exclusive are woken by every kind of wake; of the exclusive ones, as
many as the kind says. A task that wakes while the counter is below its threshold sleeps on.
`waitq kinds` tells more of the kinds. Counted as woken are those who wait by engine core: the
kernel does not tell of others.

Examples:
  waitq wake                    post 1, as an interrupt handler does: wake_up()
  waitq wake --post 0           a bare wake: the waiters look, and sleep on (spurious)
  waitq wake 1 --post 3 --nr 3  on /dev/waitq1: three tokens, three exclusive waiters
  waitq wake --context hard-irq --kind wake_up_poll --key 0x41)";

} // namespace

const Command wake = {"wake", "Post to the counter, then wake its waiters", footer,
                      [](CLI::App &app) -> Action {
                          auto options = std::make_shared<Options>();
                          add_options(app, *options);
                          return [options](const Settings & /*settings*/) { return run(*options); };
                      }};

} // namespace waitq::cli
