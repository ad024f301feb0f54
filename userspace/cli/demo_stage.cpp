// SPDX-License-Identifier: GPL-2.0
#include "demo_stage.hpp"

#include <array>

namespace waitq::cli {

namespace {

constexpr const char *green = "\x1b[32m";
constexpr const char *red = "\x1b[31m";
constexpr const char *bold = "\x1b[1m";
constexpr const char *plain = "\x1b[0m";

/// Takes all bytes and all posts, so that the first reader and the first waiter sleep.
void empty(const Device &device, const DeviceName &name)
{
    const waitq_info now = require(device.info(), Call::Info, name);
    if (now.readers + now.writers + now.event_waiters + now.event_waiters_exclusive != 0)
        throw std::runtime_error(name.path +
                                 ": somebody sleeps on it; the demo needs a device of its own");
    const Device bytes = require(Device::open(name.path, O_RDONLY | O_NONBLOCK), Call::Open, name);
    std::array<std::byte, 4096> buffer{};
    while (bytes.read(buffer)) {
    }
    if (now.counter != 0)
        (void)require(device.wait({.kind = WaitKind::wait_event_interruptible_timeout,
                                   .timeout = std::chrono::nanoseconds(0),
                                   .threshold = now.counter,
                                   .consume = true}),
                      Call::Wait, name);
}

} // namespace

Stage::Stage(DeviceName name, std::ostream &out, bool colour)
    : name_(std::move(name)), device_(open_device(name_)), out_(out), colour_(colour)
{
    empty(device_, name_);
}

waitq_info Stage::info() const
{
    return require(device_.info(), Call::Info, name_);
}

WakeResult Stage::wake(const WakeRequest &request) const
{
    return require(device_.wake(request), Call::Wake, name_);
}

void Stage::headline(std::size_t number, const char *text)
{
    out_ << '\n'
         << (colour_ ? bold : "") << number << ". " << text << (colour_ ? plain : "") << '\n';
}

void Stage::tell(const std::string &text)
{
    out_ << "   " << text << std::endl;
}

void Stage::mark(const char *colour, const char *word, const std::string &text)
{
    out_ << "   " << (colour_ ? colour : "") << word << (colour_ ? plain : "") << ' ' << text
         << std::endl;
}

void Stage::seen(bool true_, const std::string &text)
{
    if (true_)
        return mark(green, "OK    ", "seen: " + text);
    mark(red, "FAILED", "not seen: " + text);
    throw Otherwise(text);
}

std::vector<std::string> Stage::waiter(std::vector<std::string> more) const
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
        tell(std::string("now in state ") + process.state() +
             ", counted: " + std::to_string(info().*figure));
    const std::string where = process.wchan();
    seen(asleep, "pid " + std::to_string(process.pid()) + " in state " + state +
                     (where.empty() ? "" : ", asleep in " + where) + "; the device counts " +
                     counted);
}

} // namespace waitq::cli
