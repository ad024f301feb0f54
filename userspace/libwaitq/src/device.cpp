// SPDX-License-Identifier: GPL-2.0
#include <algorithm>
#include <cerrno>
#include <sys/ioctl.h>
#include <unistd.h>
#include <waitq/device.hpp>
#include <waitq/devices.hpp>

namespace waitq {

namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

std::error_code last_error()
{
    return {errno, std::generic_category()};
}

struct Time {
    std::int64_t ns;
    std::uint32_t flag; // WAITQ_ABSOLUTE or 0
};

Time to_uapi(const When &when)
{
    if (const auto *point = std::get_if<steady_clock::time_point>(&when))
        return {nanoseconds(point->time_since_epoch()).count(), WAITQ_ABSOLUTE};
    return {std::get<nanoseconds>(when).count(), 0};
}

// All of the struct that the caller does not set is zero, padding as well.
template <typename Struct>
Struct sized()
{
    Struct call{};
    call.size = sizeof call;
    return call;
}

Result<std::uint64_t> set_timer(int fd, waitq_timer call)
{
    if (ioctl(fd, WAITQ_IOC_TIMER, &call) < 0)
        return last_error();
    return std::uint64_t{call.fired};
}

} // namespace

Result<Device> Device::open(const std::string &path, int flags)
{
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
    if (fd < 0)
        return last_error();
    return Device(fd);
}

Result<Device> Device::open(unsigned index, int flags)
{
    return open(device_path(index), flags);
}

Device::Device(Device &&other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Device &Device::operator=(Device &&other) noexcept
{
    // The former descriptor goes with the temporary.
    Device taken(std::move(other));
    std::swap(fd_, taken.fd_);
    return *this;
}

Device::~Device()
{
    if (fd_ >= 0)
        ::close(fd_);
}

Result<WaitResult> Device::wait(const WaitRequest &request) const
{
    // The kernel can't tell an absent timeout from a timeout of 0; here they are told apart.
    const WaitKindRow *row = find_kind(request.kind);
    if (row && row->has_timeout() != request.timeout.has_value())
        return std::make_error_code(std::errc::invalid_argument);

    auto call = sized<waitq_wait>();
    call.kind = static_cast<std::uint32_t>(request.kind);
    call.engine = static_cast<std::uint32_t>(request.engine);
    call.state = static_cast<std::uint32_t>(request.state);
    call.callback = static_cast<std::uint32_t>(request.callback);
    call.key = request.key;
    call.threshold = request.threshold;
    if (request.consume)
        call.flags |= WAITQ_CONSUME;
    if (request.exclusive)
        call.flags |= WAITQ_EXCLUSIVE;
    if (request.window)
        call.flags |= WAITQ_WINDOW;
    if (request.nap)
        call.flags |= WAITQ_NAP;
    if (request.timeout) {
        const Time time = to_uapi(*request.timeout);
        call.timeout_ns = time.ns;
        call.flags |= time.flag;
    }

    WaitResult result{};
    for (;;) {
        const int error = ioctl(fd_, WAITQ_IOC_WAIT, &call) < 0 ? errno : 0;
        switch (error) {
        case 0:
            result.outcome = Outcome::Satisfied;
            break;
        case ETIMEDOUT:
            result.outcome = Outcome::TimedOut;
            break;
        case EINTR:
            result.outcome = Outcome::Signalled;
            break;
        default:
            return std::error_code(error, std::generic_category());
        }
        result.left = nanoseconds(call.left_ns);
        result.spurious += call.spurious;
        result.returned = call.returned;
        result.observed = call.observed;
        result.tests += call.tests;
        result.before += call.before;
        result.after += call.after;
        result.calls += call.calls;
        // The kernel has put the time that was left into `call`: the same call goes on.
        if (result.outcome != Outcome::Signalled || request.on_signal == OnSignal::Return)
            return result;
    }
}

Result<WakeResult> Device::wake(const WakeRequest &request) const
{
    auto call = sized<waitq_wake>();
    call.kind = static_cast<std::uint32_t>(request.kind);
    call.engine = static_cast<std::uint32_t>(request.engine);
    call.context = static_cast<std::uint32_t>(request.context);
    call.nr = request.nr;
    call.key = request.key;
    call.post = request.post;
    if (ioctl(fd_, WAITQ_IOC_WAKE, &call) < 0)
        return last_error();
    return WakeResult{call.woken, call.counter};
}

Result<std::uint64_t> Device::arm(const TimerRequest &request) const
{
    const Time delay = to_uapi(request.delay);
    auto call = sized<waitq_timer>();
    call.flags = delay.flag;
    call.kind = static_cast<std::uint32_t>(request.wake.kind);
    call.nr = request.wake.nr;
    call.key = request.wake.key;
    call.delay_ns = delay.ns;
    call.period_ns = request.period.count();
    call.count = request.count;
    call.post = request.wake.post;
    return set_timer(fd_, call);
}

Result<std::uint64_t> Device::cancel_timer() const
{
    auto call = sized<waitq_timer>();
    call.flags = WAITQ_TIMER_CANCEL;
    return set_timer(fd_, call);
}

Result<Kinds> Device::kinds() const
{
    auto call = sized<waitq_kinds>();
    if (ioctl(fd_, WAITQ_IOC_KINDS, &call) < 0)
        return last_error();
    return Kinds{call.wait, call.wake};
}

Result<Waiters> Device::waiters() const
{
    Waiters waiters{};
    // They come and go: room for those there were, and once more if that did not do.
    for (std::size_t room = 64;;) {
        waiters.entries.resize(room);
        auto call = sized<waitq_waiters>();
        call.count = static_cast<std::uint32_t>(room);
        call.waiters = reinterpret_cast<std::uintptr_t>(waiters.entries.data());
        if (ioctl(fd_, WAITQ_IOC_WAITERS, &call) < 0)
            return last_error();
        waiters.linked = call.linked;
        if (call.linked <= room || room == WAITQ_WAITERS_MAX) {
            waiters.entries.resize(call.count);
            return waiters;
        }
        room = std::min<std::size_t>(2 * call.linked, WAITQ_WAITERS_MAX);
    }
}

Result<waitq_info> Device::info() const
{
    auto call = sized<waitq_info>();
    if (ioctl(fd_, WAITQ_IOC_INFO, &call) < 0)
        return last_error();
    return call;
}

Result<std::size_t> Device::read(std::span<std::byte> buffer) const
{
    const ssize_t bytes = ::read(fd_, buffer.data(), buffer.size());
    if (bytes < 0)
        return last_error();
    return static_cast<std::size_t>(bytes);
}

Result<std::size_t> Device::write(std::span<const std::byte> bytes) const
{
    const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0)
        return last_error();
    return static_cast<std::size_t>(written);
}

} // namespace waitq
