// SPDX-License-Identifier: GPL-2.0
// What the library hands to the kernel, and what it makes of the answers.
#include "fake_kernel.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <type_traits>
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

TEST_F(DeviceCalls, WaitHandsOverItsRequest)
{
    expect<waitq_wait>(WAITQ_IOC_WAIT, [](waitq_wait &call) {
        EXPECT_EQ(call.kind, 3U);
        EXPECT_EQ(call.flags, WAITQ_CONSUME | WAITQ_EXCLUSIVE);
        EXPECT_EQ(call.outcome, 0U);
        EXPECT_EQ(call.threshold, 7U);
        EXPECT_EQ(call.timeout_ns, 1'500'000'000);
        EXPECT_EQ(call.left_ns, 0);
        EXPECT_EQ(call.spurious, 0U);
        call.left_ns = 42;
        call.spurious = 2;
        return 0;
    });
    const auto result = device_.wait({.kind = WaitKind::wait_event_interruptible_timeout,
                                      .timeout = 1500ms,
                                      .threshold = 7,
                                      .consume = true,
                                      .exclusive = true});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->outcome, Outcome::Satisfied);
    EXPECT_EQ(result->left, 42ns);
    EXPECT_EQ(result->spurious, 2U);
}

TEST_F(DeviceCalls, WaitHandsOverWhatItsKindTakes)
{
    expect<waitq_wait>(WAITQ_IOC_WAIT, [](waitq_wait &call) {
        EXPECT_EQ(call.kind, WAITQ_WAIT_INIT_WAITQUEUE_FUNC_ENTRY);
        EXPECT_EQ(call.engine, WAITQ_ENGINE_MACRO);
        EXPECT_EQ(call.flags, WAITQ_WINDOW | WAITQ_NAP);
        EXPECT_EQ(call.state, WAITQ_STATE_KILLABLE);
        EXPECT_EQ(call.callback, WAITQ_CALLBACK_END);
        EXPECT_EQ(call.key, 0x41U);
        EXPECT_EQ(call.pad, 0U);
        call.returned = -512;
        call.observed = WAITQ_SAW_LINKED;
        call.tests = 3;
        call.before = 4;
        call.after = 5;
        call.calls = 6;
        return EINTR;
    });
    const auto result = device_.wait({.kind = WaitKind::init_waitqueue_func_entry,
                                      .engine = Engine::Macro,
                                      .timeout = 1s,
                                      .window = true,
                                      .nap = true,
                                      .state = State::Killable,
                                      .callback = Callback::End,
                                      .key = 0x41});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->outcome, Outcome::Signalled);
    EXPECT_EQ(result->returned, -512);
    EXPECT_EQ(result->observed, WAITQ_SAW_LINKED);
    EXPECT_EQ(result->tests, 3U);
    EXPECT_EQ(result->before, 4U);
    EXPECT_EQ(result->after, 5U);
    EXPECT_EQ(result->calls, 6U);
}

TEST_F(DeviceCalls, AbsoluteDeadlineIsFlagged)
{
    expect<waitq_wait>(WAITQ_IOC_WAIT, [](waitq_wait &call) {
        EXPECT_EQ(call.flags, WAITQ_ABSOLUTE);
        EXPECT_EQ(call.timeout_ns, 5);
        return ETIMEDOUT;
    });
    const auto result = device_.wait(
        {.kind = WaitKind::wait_event_killable_timeout, .timeout = steady_clock::time_point(5ns)});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->outcome, Outcome::TimedOut);
}

TEST_F(DeviceCalls, SignalIsAnOutcome)
{
    expect<waitq_wait>(WAITQ_IOC_WAIT, [](waitq_wait &) { return EINTR; });
    const auto result = device_.wait({});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->outcome, Outcome::Signalled);
    EXPECT_EQ(calls_, 1);
}

TEST_F(DeviceCalls, ContinueWaitsOnWithWhatWasLeft)
{
    expect<waitq_wait>(WAITQ_IOC_WAIT, [this](waitq_wait &call) {
        EXPECT_EQ(call.timeout_ns, calls_ == 1 ? 1000 : 400);
        call.spurious = 1;
        call.outcome = calls_ == 1 ? WAITQ_OUTCOME_SIGNALLED : WAITQ_OUTCOME_SATISFIED;
        call.left_ns = call.timeout_ns = calls_ == 1 ? 400 : 100;
        return calls_ == 1 ? EINTR : 0;
    });
    const auto result = device_.wait({.kind = WaitKind::wait_event_interruptible_timeout,
                                      .timeout = 1000ns,
                                      .on_signal = OnSignal::Continue});
    ASSERT_TRUE(result);
    EXPECT_EQ(calls_, 2);
    EXPECT_EQ(result->outcome, Outcome::Satisfied);
    EXPECT_EQ(result->left, 100ns);
    EXPECT_EQ(result->spurious, 2U);
}

TEST_F(DeviceCalls, OtherErrnosAreErrors)
{
    for (const int number : {EINVAL, EPERM, EFAULT, ENOTTY}) {
        expect<waitq_wait>(WAITQ_IOC_WAIT, [number](waitq_wait &) { return number; });
        const auto result = device_.wait({.on_signal = OnSignal::Continue});
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error(), static_cast<std::errc>(number));
        EXPECT_THROW((void)result.value(), std::system_error);
    }
}

TEST_F(DeviceCalls, TimeoutAndKindMustFit)
{
    expect<waitq_wait>(WAITQ_IOC_WAIT, [](waitq_wait &) { return 0; });
    EXPECT_EQ(device_.wait({.kind = WaitKind::wait_event, .timeout = 0ns}).error(),
              std::errc::invalid_argument);
    EXPECT_EQ(device_.wait({.kind = WaitKind::wait_event_timeout}).error(),
              std::errc::invalid_argument);
    EXPECT_EQ(calls_, 0);
}

TEST_F(DeviceCalls, UnknownKindIsLeftToTheKernel)
{
    expect<waitq_wait>(WAITQ_IOC_WAIT, [](waitq_wait &call) {
        EXPECT_EQ(call.kind, 999U);
        return EINVAL;
    });
    EXPECT_EQ(device_.wait({.kind = static_cast<WaitKind>(999)}).error(),
              std::errc::invalid_argument);
    EXPECT_EQ(calls_, 1);
}

TEST_F(DeviceCalls, WakeHandsOverItsRequest)
{
    expect<waitq_wake>(WAITQ_IOC_WAKE, [](waitq_wake &call) {
        EXPECT_EQ(call.kind, 1U);
        EXPECT_EQ(call.nr, 3U);
        EXPECT_EQ(call.context, 0U);
        EXPECT_EQ(call.post, 5U);
        call.woken = 2;
        call.counter = 9;
        return 0;
    });
    const auto result = device_.wake({.kind = WakeKind::wake_up_nr, .nr = 3, .post = 5});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->woken, 2U);
    EXPECT_EQ(result->counter, 9U);
}

TEST_F(DeviceCalls, WakeHandsOverWhereAndHow)
{
    expect<waitq_wake>(WAITQ_IOC_WAKE, [](waitq_wake &call) {
        EXPECT_EQ(call.kind, WAITQ_WAKE_UP_POLL);
        EXPECT_EQ(call.engine, WAITQ_ENGINE_MACRO);
        EXPECT_EQ(call.context, WAITQ_CONTEXT_IRQ_WORK);
        EXPECT_EQ(call.nr, 0U);
        EXPECT_EQ(call.key, 0xffffffffU);
        return 0;
    });
    EXPECT_TRUE(device_.wake({.kind = WakeKind::wake_up_poll,
                              .key = 0xffffffff,
                              .engine = Engine::Macro,
                              .context = Context::IRQ_WORK}));
    EXPECT_EQ(calls_, 1);
}

TEST_F(DeviceCalls, KindsAreBits)
{
    expect<waitq_kinds>(WAITQ_IOC_KINDS, [](waitq_kinds &call) {
        EXPECT_EQ(call.pad, 0U);
        call.wait = 1ULL << WAITQ_WAIT_SLEEP_ON_TIMEOUT | 1U << WAITQ_WAIT_EVENT;
        call.wake = 1ULL << WAITQ_WAKE_UP_POLLFREE;
        return 0;
    });
    const Kinds kinds = device_.kinds().value();
    for (const WaitKindRow &row : wait_kinds)
        EXPECT_EQ(kinds.has(row.kind),
                  row.kind == WaitKind::wait_event || row.kind == WaitKind::sleep_on_timeout)
            << row.name;
    for (const WakeKindRow &row : wake_kinds)
        EXPECT_EQ(kinds.has(row.kind), row.kind == WakeKind::wake_up_pollfree) << row.name;
}

/// A kernel with @linked waiters, of the pids 0, 1, 2 and so on.
int answer_waiters(waitq_waiters &call, std::uint64_t linked)
{
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

TEST_F(DeviceCalls, ArmAndCancelReportFirings)
{
    expect<waitq_timer>(WAITQ_IOC_TIMER, [](waitq_timer &call) {
        EXPECT_EQ(call.flags, 0U);
        EXPECT_EQ(call.kind, 2U);
        EXPECT_EQ(call.nr, 0U);
        EXPECT_EQ(call.delay_ns, 50'000'000);
        EXPECT_EQ(call.period_ns, 10'000'000);
        EXPECT_EQ(call.count, 3U);
        EXPECT_EQ(call.key, 0U);
        EXPECT_EQ(call.pad, 0U);
        EXPECT_EQ(call.post, 4U);
        call.fired = 11;
        return 0;
    });
    const auto former = device_.arm({.delay = 50ms,
                                     .period = 10ms,
                                     .count = 3,
                                     .wake = {.kind = WakeKind::wake_up_all, .post = 4}});
    ASSERT_TRUE(former);
    EXPECT_EQ(*former, 11U);

    expect<waitq_timer>(WAITQ_IOC_TIMER, [](waitq_timer &call) {
        waitq_timer cancel{};
        cancel.size = sizeof cancel;
        cancel.flags = WAITQ_TIMER_CANCEL;
        EXPECT_EQ(std::memcmp(&call, &cancel, sizeof call), 0);
        call.fired = 3;
        return 0;
    });
    EXPECT_EQ(device_.cancel_timer().value(), 3U);
}

TEST_F(DeviceCalls, InfoAsksWithCleanStruct)
{
    expect<waitq_info>(WAITQ_IOC_INFO, [](waitq_info &call) {
        EXPECT_EQ(call.pad, 0U);
        for (const Figure &figure : figures)
            EXPECT_EQ(call.*figure.value, 0U);
        call.counter = 6;
        return 0;
    });
    EXPECT_EQ(device_.info().value().counter, 6U);
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
