// SPDX-License-Identifier: GPL-2.0
#include "call.hpp"

#include <waitq/lab.hpp>
#include <waitq/nodes.hpp>

namespace waitq::lab {

namespace {

// One enum is for both contracts.
static_assert(static_cast<int>(State::Interruptible) == LAB_STATE_INTERRUPTIBLE);
static_assert(static_cast<int>(State::Uninterruptible) == LAB_STATE_UNINTERRUPTIBLE);
static_assert(static_cast<int>(State::Killable) == LAB_STATE_KILLABLE);
static_assert(static_cast<int>(State::Idle) == LAB_STATE_IDLE);

lab_wait to_call(const WaitRequest &request)
{
    auto call = sized<lab_wait>();
    call.kind = static_cast<std::uint32_t>(request.kind);
    call.engine = static_cast<std::uint32_t>(request.engine);
    call.flags = (request.exclusive ? LAB_EXCLUSIVE : 0) | (request.consume ? LAB_CONSUME : 0) |
                 (request.window ? LAB_WINDOW : 0) | (request.nap ? LAB_NAP : 0);
    call.state = static_cast<std::uint32_t>(request.state);
    call.callback = static_cast<std::uint32_t>(request.callback);
    call.key = request.key;
    call.threshold = request.threshold;
    if (request.timeout) {
        const Time time = to_time(*request.timeout);
        call.timeout_ns = time.ns;
        call.flags |= time.absolute ? LAB_ABSOLUTE : 0;
    }
    return call;
}

} // namespace

Result<Lab> Lab::open(const std::string &path, int flags)
{
    auto file = Descriptor::open(path, flags);
    if (!file)
        return file.error();
    return Lab(std::move(*file));
}

Result<Lab> Lab::open(unsigned index, int flags)
{
    return open(node_path(lab_module, index), flags);
}

Result<WaitResult> Lab::wait(const WaitRequest &request) const
{
    // The lab can't tell an absent timeout from a timeout of 0; here they are told apart.
    const WaitKindRow *row = find_kind(request.kind);
    if (row && row->has_timeout() != request.timeout.has_value())
        return std::make_error_code(std::errc::invalid_argument);

    lab_wait call = to_call(request);
    WaitResult result{};
    for (;;) {
        const int error = ioctl(fd(), LAB_IOC_WAIT, &call) < 0 ? errno : 0;
        const auto outcome = to_outcome(error);
        if (!outcome)
            return std::error_code(error, std::generic_category());
        result.outcome = *outcome;
        result.left = std::chrono::nanoseconds(call.left_ns);
        result.spurious += call.spurious;
        result.returned = call.returned;
        result.observed = call.observed;
        result.tests += call.tests;
        result.before += call.before;
        result.after += call.after;
        result.calls += call.calls;
        // The kernel has put the time that was left into `call`, so that the same call goes on.
        if (*outcome != Outcome::Signalled || request.on_signal == OnSignal::Return)
            return result;
    }
}

Result<WakeResult> Lab::wake(const WakeRequest &request) const
{
    auto call = sized<lab_wake>();
    call.kind = static_cast<std::uint32_t>(request.kind);
    call.engine = static_cast<std::uint32_t>(request.engine);
    call.context = static_cast<std::uint32_t>(request.context);
    call.nr = request.nr;
    call.key = request.key;
    call.post = request.post;
    const auto answer = ask(fd(), LAB_IOC_WAKE, call);
    if (!answer)
        return answer.error();
    return WakeResult{answer->woken, answer->counter};
}

Result<Kinds> Lab::kinds() const
{
    const auto answer = ask(fd(), LAB_IOC_KINDS, sized<lab_kinds>());
    if (!answer)
        return answer.error();
    return Kinds{answer->wait, answer->wake};
}

Result<lab_info> Lab::info() const
{
    return ask(fd(), LAB_IOC_INFO, sized<lab_info>());
}

Result<Waiters> Lab::waiters() const
{
    return list_waiters<lab_waiter>(LAB_WAITERS_MAX, [this](auto &entries) {
        auto call = sized<lab_waiters>();
        call.count = static_cast<std::uint32_t>(entries.size());
        call.waiters = reinterpret_cast<std::uintptr_t>(entries.data());
        return ask(fd(), LAB_IOC_WAITERS, call);
    });
}

} // namespace waitq::lab
