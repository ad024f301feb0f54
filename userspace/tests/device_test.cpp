// SPDX-License-Identifier: GPL-2.0
// What the library hands to the device, and what it makes of the answers.
#include "fake_kernel.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <type_traits>
#include <unistd.h>
#include <waitq/waitq.hpp>

namespace waitq {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

static_assert(!std::is_copy_constructible_v<Device> && !std::is_copy_assignable_v<Device>);
static_assert(std::is_nothrow_move_constructible_v<Device>);

class DeviceCalls : public fake::KernelTest {
protected:
    Device device_ = Device::open("/dev/null").value();
};

TEST_F(DeviceCalls, APlainWaitHandsOverNothingButItsThreshold)
{
    expect<waitq_wait>(WAITQ_IOC_WAIT, [](waitq_wait &call) {
        waitq_wait plain{};
        plain.size = sizeof plain;
        plain.threshold = 1;
        EXPECT_EQ(std::memcmp(&call, &plain, sizeof call), 0);
        return 0;
    });
    const auto result = device_.wait({});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->outcome, Outcome::Satisfied);
    EXPECT_EQ(result->left, 0ns);
}

TEST_F(DeviceCalls, WaitHandsOverItsRequest)
{
    expect<waitq_wait>(WAITQ_IOC_WAIT, [](waitq_wait &call) {
        EXPECT_EQ(call.flags, WAITQ_EXCLUSIVE | WAITQ_CONSUME | WAITQ_TIMEOUT);
        EXPECT_EQ(call.state, WAITQ_STATE_KILLABLE);
        EXPECT_EQ(call.pad, 0U);
        EXPECT_EQ(call.threshold, 7U);
        EXPECT_EQ(call.timeout_ns, 1'500'000'000);
        call.timeout_ns = 42;
        return 0;
    });
    const auto result = device_.wait({.threshold = 7,
                                      .consume = true,
                                      .exclusive = true,
                                      .state = State::Killable,
                                      .timeout = 1500ms});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->outcome, Outcome::Satisfied);
    EXPECT_EQ(result->left, 42ns);
}

TEST_F(DeviceCalls, ATimeoutOf0IsNoAbsentTimeout)
{
    expect<waitq_wait>(WAITQ_IOC_WAIT, [](waitq_wait &call) {
        EXPECT_EQ(call.flags, WAITQ_TIMEOUT);
        EXPECT_EQ(call.timeout_ns, 0);
        return -ETIMEDOUT;
    });
    const auto result = device_.wait({.timeout = 0ns});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->outcome, Outcome::TimedOut);
}

TEST_F(DeviceCalls, AnAbsoluteTimeHasNothingLeft)
{
    expect<waitq_wait>(WAITQ_IOC_WAIT, [](waitq_wait &call) {
        EXPECT_EQ(call.flags, WAITQ_TIMEOUT | WAITQ_ABSOLUTE);
        EXPECT_EQ(call.timeout_ns, 5);
        return 0;
    });
    EXPECT_EQ(device_.wait({.timeout = steady_clock::time_point(5ns)}).value().left, 0ns);
}

TEST_F(DeviceCalls, TimedOutHasNothingLeft)
{
    expect<waitq_wait>(WAITQ_IOC_WAIT, [](waitq_wait &) { return -ETIMEDOUT; });
    EXPECT_EQ(device_.wait({.timeout = 1s}).value().left, 0ns);
}

TEST_F(DeviceCalls, SignalIsAnOutcome)
{
    expect<waitq_wait>(WAITQ_IOC_WAIT, [](waitq_wait &call) {
        call.timeout_ns = 400;
        return -EINTR;
    });
    const auto result = device_.wait({.timeout = 1s});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->outcome, Outcome::Signalled);
    EXPECT_EQ(result->left, 400ns);
    EXPECT_EQ(calls_, 1);
}

TEST_F(DeviceCalls, ContinueWaitsOnWithWhatWasLeft)
{
    expect<waitq_wait>(WAITQ_IOC_WAIT, [this](waitq_wait &call) {
        EXPECT_EQ(call.timeout_ns, calls_ == 1 ? 1000 : 400);
        call.timeout_ns = calls_ == 1 ? 400 : 100;
        return calls_ == 1 ? -EINTR : 0;
    });
    const auto result = device_.wait({.timeout = 1000ns, .on_signal = OnSignal::Continue});
    ASSERT_TRUE(result);
    EXPECT_EQ(calls_, 2);
    EXPECT_EQ(result->outcome, Outcome::Satisfied);
    EXPECT_EQ(result->left, 100ns);
}

TEST_F(DeviceCalls, OtherErrnosAreErrors)
{
    for (const int number : {EINVAL, EPERM, EFAULT, ENOTTY, EBADF}) {
        expect<waitq_wait>(WAITQ_IOC_WAIT, [number](waitq_wait &) { return -number; });
        const auto result = device_.wait({.on_signal = OnSignal::Continue});
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error(), static_cast<std::errc>(number));
        EXPECT_THROW((void)result.value(), std::system_error);
    }
}

TEST_F(DeviceCalls, WakeHandsOverItsRequest)
{
    expect<waitq_wake>(WAITQ_IOC_WAKE, [](waitq_wake &call) {
        EXPECT_EQ(call.flags, 0U);
        EXPECT_EQ(call.nr, 3U);
        EXPECT_EQ(call.pad, 0U);
        EXPECT_EQ(call.post, 5U);
        return 2;
    });
    const auto result = device_.wake({.nr = 3, .post = 5});
    ASSERT_TRUE(result);
    EXPECT_EQ(*result, 2U);
}

TEST_F(DeviceCalls, APlainWakePosts1AndWakesOneExclusiveWaiter)
{
    expect<waitq_wake>(WAITQ_IOC_WAKE, [](waitq_wake &call) {
        EXPECT_EQ(call.nr, 1U);
        EXPECT_EQ(call.post, 1U);
        return 0;
    });
    EXPECT_TRUE(device_.wake({}));
    expect<waitq_wake>(WAITQ_IOC_WAKE, [](waitq_wake &call) {
        EXPECT_EQ(call.nr, 0U); // of the contract: all
        return 0;
    });
    EXPECT_TRUE(device_.wake({.nr = every_waiter}));
    EXPECT_EQ(calls_, 2);
}

TEST_F(DeviceCalls, WaitAnyGoesOnWithWhatTheKernelLeft)
{
    expect<waitq_wait_many>(WAITQ_IOC_WAIT_ANY, [this](waitq_wait_many &call) {
        if (calls_ == 1) {
            call.timeout_ns = 7;
            return -EINTR;
        }
        EXPECT_EQ(call.timeout_ns, 7);
        return 1;
    });
    const std::array items{Item{device_}, Item{device_}};
    const auto got = wait_any(items, {.timeout = 5ns, .on_signal = OnSignal::Continue});
    ASSERT_TRUE(got);
    EXPECT_EQ(got->item, 1U);
    EXPECT_EQ(got->left, 7ns);
    EXPECT_EQ(calls_, 2);
    EXPECT_EQ(wait_any({}).error(), std::errc::invalid_argument);
}

TEST_F(DeviceCalls, WakeThatOverflowsIsAnError)
{
    expect<waitq_wake>(WAITQ_IOC_WAKE, [](waitq_wake &) { return -EOVERFLOW; });
    EXPECT_EQ(device_.wake({}).error(), std::errc::value_too_large);
}

TEST_F(DeviceCalls, ArmAndCancelReportFirings)
{
    expect<waitq_timer>(WAITQ_IOC_TIMER, [](waitq_timer &call) {
        EXPECT_EQ(call.flags, 0U);
        EXPECT_EQ(call.nr, 2U);
        EXPECT_EQ(call.pad, 0U);
        EXPECT_EQ(call.delay_ns, 50'000'000);
        EXPECT_EQ(call.period_ns, 10'000'000);
        EXPECT_EQ(call.count, 3U);
        EXPECT_EQ(call.post, 4U);
        call.fired = 11;
        return 0;
    });
    const auto former =
        device_.arm({.delay = 50ms, .period = 10ms, .count = 3, .wake = {.nr = 2, .post = 4}});
    ASSERT_TRUE(former);
    EXPECT_EQ(*former, 11U);

    expect<waitq_timer>(WAITQ_IOC_TIMER, [](waitq_timer &call) {
        waitq_timer cancel{};
        cancel.size = sizeof cancel;
        cancel.flags = WAITQ_CANCEL;
        EXPECT_EQ(std::memcmp(&call, &cancel, sizeof call), 0);
        call.fired = 3;
        return 0;
    });
    EXPECT_EQ(device_.cancel_timer().value(), 3U);
}

TEST_F(DeviceCalls, ArmTakesAPointInTime)
{
    expect<waitq_timer>(WAITQ_IOC_TIMER, [](waitq_timer &call) {
        EXPECT_EQ(call.flags, WAITQ_ABSOLUTE);
        EXPECT_EQ(call.delay_ns, 7);
        return 0;
    });
    EXPECT_TRUE(device_.arm({.delay = steady_clock::time_point(7ns)}));
    EXPECT_EQ(calls_, 1);
}

TEST_F(DeviceCalls, EventfdOwnsWhatTheKernelReturns)
{
    const int made = dup(device_.fd());
    expect<waitq_eventfd>(WAITQ_IOC_EVENTFD, [made](waitq_eventfd &call) {
        EXPECT_EQ(call.flags, static_cast<unsigned>(O_CLOEXEC | O_NONBLOCK));
        return made;
    });
    {
        const Descriptor events = device_.eventfd(O_NONBLOCK).value();
        EXPECT_EQ(events.fd(), made);
        EXPECT_NE(fcntl(made, F_GETFD), -1);
    }
    EXPECT_EQ(fcntl(made, F_GETFD), -1);
}

TEST_F(DeviceCalls, EventfdMayFail)
{
    expect<waitq_eventfd>(WAITQ_IOC_EVENTFD, [](waitq_eventfd &) { return -EMFILE; });
    EXPECT_EQ(device_.eventfd().error(), std::errc::too_many_files_open);
}

TEST_F(DeviceCalls, InfoAsksWithCleanStruct)
{
    expect<waitq_info>(WAITQ_IOC_INFO, [](waitq_info &call) {
        EXPECT_EQ(call.flags, 0U);
        for (const auto &figure : figures)
            EXPECT_EQ(call.*figure.value, 0U);
        call.counter = 6;
        return 0;
    });
    EXPECT_EQ(device_.info().value().counter, 6U);
}

/// A kernel with @linked waiters, of the pids 0, 1, 2 and so on.
int answer_waiters(waitq_waiters &call, std::uint64_t linked)
{
    EXPECT_EQ(call.flags, 0U);
    EXPECT_EQ(call.stride, sizeof(waitq_waiter));
    auto *entries = reinterpret_cast<waitq_waiter *>(call.waiters);
    const auto written = std::min<std::uint64_t>(call.count, linked);
    for (std::uint32_t index = 0; index < written; ++index)
        entries[index].pid = index;
    call.count = static_cast<std::uint32_t>(written);
    call.linked = linked;
    return 0;
}

TEST_F(DeviceCalls, WaitersAreThoseThatWereWritten)
{
    expect<waitq_waiters>(WAITQ_IOC_WAITERS,
                          [](waitq_waiters &call) { return answer_waiters(call, 2); });
    const Waiters found = device_.waiters().value();
    EXPECT_EQ(calls_, 1);
    EXPECT_EQ(found.linked, 2U);
    ASSERT_EQ(found.entries.size(), 2U);
    EXPECT_EQ(found.entries[1].pid, 1U);
}

TEST_F(DeviceCalls, WaitersAreAskedForAgainWithMoreRoom)
{
    expect<waitq_waiters>(WAITQ_IOC_WAITERS,
                          [](waitq_waiters &call) { return answer_waiters(call, 1000); });
    const Waiters found = device_.waiters().value();
    EXPECT_EQ(calls_, 2);
    ASSERT_EQ(found.entries.size(), 1000U);
    EXPECT_EQ(found.entries.back().pid, 999U);
}

TEST_F(DeviceCalls, WaitersBeyondTheLimitAreCountedOnly)
{
    expect<waitq_waiters>(WAITQ_IOC_WAITERS, [](waitq_waiters &call) {
        EXPECT_LE(call.count, WAITQ_WAITERS_MAX);
        return answer_waiters(call, WAITQ_WAITERS_MAX + 5);
    });
    const Waiters found = device_.waiters().value();
    EXPECT_EQ(found.entries.size(), WAITQ_WAITERS_MAX);
    EXPECT_EQ(found.linked, WAITQ_WAITERS_MAX + 5);
}

TEST_F(DeviceCalls, WaitersMayFail)
{
    expect<waitq_waiters>(WAITQ_IOC_WAITERS, [](waitq_waiters &) { return -ENOMEM; });
    EXPECT_EQ(device_.waiters().error(), std::errc::not_enough_memory);
}

TEST(DeviceOwnership, MovesWithTheDescriptor)
{
    Device first = Device::open("/dev/null").value();
    const int fd = first.fd();
    EXPECT_EQ(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);

    Device second = std::move(first);
    EXPECT_EQ(second.fd(), fd);
    // NOLINTNEXTLINE(bugprone-use-after-move,clang-analyzer-cplusplus.Move): the contract
    EXPECT_EQ(first.fd(), -1);
    {
        const Device third = std::move(second);
        EXPECT_EQ(third.fd(), fd);
    }
    EXPECT_EQ(fcntl(fd, F_GETFD), -1);
    EXPECT_EQ(errno, EBADF);
}

TEST(DeviceOwnership, AssignmentClosesTheFormer)
{
    Device kept = Device::open("/dev/null").value();
    const int former = kept.fd();
    Device other = Device::open("/dev/null").value();
    const int fd = other.fd();
    kept = std::move(other);
    EXPECT_EQ(kept.fd(), fd);
    EXPECT_EQ(fcntl(former, F_GETFD), -1);
}

TEST(DeviceOwnership, MissingNodeIsAnError)
{
    const auto device = Device::open("/dev/waitq_absent");
    ASSERT_FALSE(device);
    EXPECT_EQ(device.error(), std::errc::no_such_file_or_directory);
}

TEST(DeviceBytes, AreReadAndWritten)
{
    const Device zero = Device::open("/dev/zero").value();
    std::array<std::byte, 4> bytes{};
    bytes.fill(std::byte{0xff});
    EXPECT_EQ(zero.read(bytes).value(), bytes.size());
    EXPECT_EQ(bytes.back(), std::byte{0});
    EXPECT_EQ(zero.write(bytes).value(), bytes.size());
    EXPECT_EQ(Device::open("/dev/full").value().write(bytes).error(),
              std::errc::no_space_on_device);
}

} // namespace

} // namespace waitq
