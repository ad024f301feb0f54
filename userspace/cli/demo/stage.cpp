// SPDX-License-Identifier: GPL-2.0
#include "demo/stage.hpp"

#include <array>

namespace waitq::cli {

Stage::Stage(DeviceName name, Narrator &narrator)
    : name_(std::move(name)), device_(open_device(name_)), narrator_(narrator)
{
    const waitq_info now = info();
    if (now.readers + now.writers + now.event_waiters + now.event_waiters_exclusive != 0)
        throw std::runtime_error(name_.path +
                                 ": a task sleeps on it; the demo needs a device of its own");
    // Without a byte and with the counter at 0, the first reader and the first waiter sleep.
    const Device bytes = open_device(name_, O_RDONLY | O_NONBLOCK);
    std::array<std::byte, 4096> buffer{};
    while (bytes.read(buffer)) {
    }
    settle();
}

waitq_info Stage::info() const
{
    return require(device_.info(), Call::Info, name_);
}

std::uint64_t Stage::wake(const WakeRequest &request) const
{
    return require(device_.wake(request), Call::Wake, name_);
}

void Stage::settle() const
{
    if (const auto rest = info().counter)
        (void)require(
            device_.wait(
                {.threshold = rest, .consume = true, .timeout = std::chrono::nanoseconds(0)}),
            Call::Wait, name_);
}

std::vector<std::string> Stage::waiter(const std::vector<std::string> &more) const
{
    std::vector<std::string> argv = {"/proc/self/exe", "wait", name_.path, "--consume"};
    argv.insert(argv.end(), more.begin(), more.end());
    return argv;
}

void Stage::seen_asleep(const PtyProcess &process, char state, __u64 waitq_info::*figure,
                        const std::string &counted)
{
    // Both: a task that is counted may not sleep yet, and one that sleeps may do so elsewhere.
    const bool asleep = eventually([&] { return info().*figure == 1 && process.state() == state; });
    if (!asleep)
        tell("counted: " + std::to_string(info().*figure) + ", now in state " + process.state());
    const std::string where = process.wchan();
    seen(asleep, "pid " + std::to_string(process.pid()) + " in state " + state +
                     (where.empty() ? "" : ", asleep in " + where) + "; the device counts " +
                     counted);
}

} // namespace waitq::cli
