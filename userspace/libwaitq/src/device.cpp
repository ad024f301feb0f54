// SPDX-License-Identifier: GPL-2.0
#include "call.hpp"

#include <climits>
#include <mutex>
#include <unistd.h>
#include <waitq/device.hpp>
#include <waitq/nodes.hpp>

namespace waitq {

namespace {

Result<std::uint64_t> set_timer(int fd, const waitq_timer &call)
{
    const auto answer = ask(fd, WAITQ_IOC_TIMER, call);
    if (!answer)
        return answer.error();
    return std::uint64_t{answer->fired};
}

// The inputs that WAIT and SIGNAL_WAIT share.
template <typename Call>
Time fill(Call &call, const WaitRequest &request)
{
    call.flags = (request.exclusive ? WAITQ_EXCLUSIVE : 0) | (request.consume ? WAITQ_CONSUME : 0);
    call.state = static_cast<std::uint32_t>(request.state);
    call.threshold = request.threshold;
    if (!request.timeout)
        return {};
    const Time time = to_time(*request.timeout);
    call.timeout_ns = time.ns;
    call.flags |= WAITQ_TIMEOUT | (time.absolute ? WAITQ_ABSOLUTE : 0);
    return time;
}

template <typename Call>
Result<WaitResult> wait_by(int fd, unsigned long number, Call &call, const WaitRequest &request,
                           const Time &time)
{
    const auto end = wait_to_the_end(fd, number, call, time, request.on_signal);
    if (!end)
        return end.error();
    return WaitResult{end->outcome, end->left};
}

} // namespace

// Without the page, of a file that is not open for both or on a kernel of 32 bits, every call asks
// the kernel.
struct Device::LazyPage {
    const Page &of(int fd)
    {
        std::call_once(once, [&] {
            if (auto mapped = Page::map(fd))
                page = std::move(*mapped);
        });
        return page;
    }

    std::once_flag once;
    Page page;
};

Device::Device(Descriptor file) : file_(std::move(file)), page_(std::make_unique<LazyPage>()) {}
Device::Device(Device &&) noexcept = default;
Device &Device::operator=(Device &&) noexcept = default;
Device::~Device() = default;

InPage Device::post_in_page(std::uint64_t n) const
{
    return page_ ? page_->of(fd()).post(n) : InPage::AskKernel;
}

InPage Device::take_in_page(std::uint64_t n) const
{
    return page_ ? page_->of(fd()).take(n) : InPage::AskKernel;
}

Result<Device> Device::open(const std::string &path, int flags)
{
    auto file = Descriptor::open(path, flags);
    if (!file)
        return file.error();
    return Device(std::move(*file));
}

Result<Device> Device::open(unsigned index, int flags)
{
    return open(node_path(device_module, index), flags);
}

Result<WaitResult> Device::wait(const WaitRequest &request) const
{
    auto call = sized<waitq_wait>();
    const Time time = fill(call, request);
    // Exclusive or not: no other waits, or the counter would be in the kernel.
    const bool valid = request.threshold != 0 && call.timeout_ns >= 0;
    if (request.consume && valid && take_in_page(request.threshold) == InPage::Done)
        return WaitResult{Outcome::Satisfied,
                          std::chrono::nanoseconds(time.absolute ? 0 : call.timeout_ns)};
    return wait_by(fd(), WAITQ_IOC_WAIT, call, request, time);
}

Result<WaitResult> Device::signal_and_wait(const Device &other, const WaitRequest &request,
                                           std::uint64_t n) const
{
    auto call = sized<waitq_signal_wait>();
    const Time time = fill(call, request);
    call.fd = static_cast<std::uint32_t>(other.fd());
    call.post = n;
    return wait_by(fd(), WAITQ_IOC_SIGNAL_WAIT, call, request, time);
}

Result<std::uint64_t> Device::post(std::uint64_t n) const
{
    if (n != 0 && n <= WAITQ_COUNTER_MAX)
        switch (post_in_page(n)) {
        case InPage::Done:
            return std::uint64_t{0};
        case InPage::Overflow:
            return std::error_code(EOVERFLOW, std::generic_category());
        case InPage::AskKernel:
            break;
        }
    // A program of 32 bits has no number for the ioctl that is above theirs.
    if (n > ULONG_MAX)
        return wake({every_waiter, n});
    const int woken = ioctl(fd(), WAITQ_IOC_POST, static_cast<unsigned long>(n));
    if (woken < 0)
        return last_error();
    return static_cast<std::uint64_t>(woken);
}

Result<std::uint64_t> Device::wake(const WakeRequest &request) const
{
    auto call = sized<waitq_wake>();
    call.flags = request.sync ? WAITQ_SYNC : 0;
    call.nr = request.nr;
    call.post = request.post;
    const int woken = ioctl(fd(), WAITQ_IOC_WAKE, &call);
    if (woken < 0)
        return last_error();
    return static_cast<std::uint64_t>(woken);
}

Result<std::uint64_t> Device::arm(const TimerRequest &request) const
{
    const Time delay = to_time(request.delay);
    auto call = sized<waitq_timer>();
    call.flags = delay.absolute ? WAITQ_ABSOLUTE : 0;
    call.nr = request.wake.nr;
    call.delay_ns = delay.ns;
    call.period_ns = request.period.count();
    call.count = request.count;
    call.post = request.wake.post;
    return set_timer(fd(), call);
}

Result<std::uint64_t> Device::cancel_timer() const
{
    auto call = sized<waitq_timer>();
    call.flags = WAITQ_CANCEL;
    return set_timer(fd(), call);
}

Result<Descriptor> Device::eventfd(int flags) const
{
    auto call = sized<waitq_eventfd>();
    call.flags = static_cast<std::uint32_t>(flags | O_CLOEXEC);
    const int made = ioctl(fd(), WAITQ_IOC_EVENTFD, &call);
    if (made < 0)
        return last_error();
    return Descriptor(made);
}

Result<waitq_info> Device::info() const
{
    return ask(fd(), WAITQ_IOC_INFO, sized<waitq_info>());
}

Result<Waiters> Device::waiters() const
{
    return list_waiters<waitq_waiter>(WAITQ_WAITERS_MAX, [this](auto &entries) {
        auto call = sized<waitq_waiters>();
        call.count = static_cast<std::uint32_t>(entries.size());
        call.stride = sizeof(waitq_waiter);
        call.waiters = reinterpret_cast<std::uintptr_t>(entries.data());
        return ask(fd(), WAITQ_IOC_WAITERS, call);
    });
}

Result<std::size_t> Device::read(std::span<std::byte> buffer) const
{
    const ssize_t bytes = ::read(fd(), buffer.data(), buffer.size());
    if (bytes < 0)
        return last_error();
    return static_cast<std::size_t>(bytes);
}

Result<std::size_t> Device::write(std::span<const std::byte> bytes) const
{
    const ssize_t written = ::write(fd(), bytes.data(), bytes.size());
    if (written < 0)
        return last_error();
    return static_cast<std::size_t>(written);
}

} // namespace waitq
