// SPDX-License-Identifier: GPL-2.0
// What the library hands to the lab, and what it makes of the answers.
#include "fake_kernel.hpp"

#include <algorithm>
#include <cerrno>
#include <type_traits>
#include <waitq/lab.hpp>

namespace waitq::lab {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

static_assert(!std::is_copy_constructible_v<Lab> && std::is_nothrow_move_constructible_v<Lab>);

class LabCalls : public fake::KernelTest {
protected:
    Lab lab_ = Lab::open("/dev/null").value();
};

TEST_F(LabCalls, WaitHandsOverItsRequest)
{
    expect<lab_wait>(LAB_IOC_WAIT, [](lab_wait &call) {
        EXPECT_EQ(call.kind, 3U);
        EXPECT_EQ(call.flags, LAB_CONSUME | LAB_EXCLUSIVE);
        EXPECT_EQ(call.outcome, 0U);
        EXPECT_EQ(call.threshold, 7U);
        EXPECT_EQ(call.timeout_ns, 1'500'000'000);
        EXPECT_EQ(call.left_ns, 0);
        EXPECT_EQ(call.spurious, 0U);
        call.left_ns = 42;
        call.spurious = 2;
        return 0;
    });
    const auto result = lab_.wait({.kind = WaitKind::wait_event_interruptible_timeout,
                                   .timeout = 1500ms,
                                   .threshold = 7,
                                   .consume = true,
                                   .exclusive = true});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->outcome, Outcome::Satisfied);
    EXPECT_EQ(result->left, 42ns);
    EXPECT_EQ(result->spurious, 2U);
}

TEST_F(LabCalls, WaitHandsOverWhatItsKindTakes)
{
    expect<lab_wait>(LAB_IOC_WAIT, [](lab_wait &call) {
        EXPECT_EQ(call.kind, LAB_WAIT_INIT_WAITQUEUE_FUNC_ENTRY);
        EXPECT_EQ(call.engine, LAB_ENGINE_MACRO);
        EXPECT_EQ(call.flags, LAB_WINDOW | LAB_NAP);
        EXPECT_EQ(call.state, LAB_STATE_KILLABLE);
        EXPECT_EQ(call.callback, LAB_CALLBACK_END);
        EXPECT_EQ(call.key, 0x41U);
        EXPECT_EQ(call.pad, 0U);
        call.returned = -512;
        call.observed = LAB_SAW_LINKED;
        call.tests = 3;
        call.before = 4;
        call.after = 5;
        call.calls = 6;
        return -EINTR;
    });
    const auto result = lab_.wait({.kind = WaitKind::init_waitqueue_func_entry,
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
    EXPECT_EQ(result->observed, LAB_SAW_LINKED);
    EXPECT_EQ(result->tests, 3U);
    EXPECT_EQ(result->before, 4U);
    EXPECT_EQ(result->after, 5U);
    EXPECT_EQ(result->calls, 6U);
}

TEST_F(LabCalls, AbsoluteDeadlineIsFlagged)
{
    expect<lab_wait>(LAB_IOC_WAIT, [](lab_wait &call) {
        EXPECT_EQ(call.flags, LAB_ABSOLUTE);
        EXPECT_EQ(call.timeout_ns, 5);
        return -ETIMEDOUT;
    });
    const auto result = lab_.wait(
        {.kind = WaitKind::wait_event_killable_timeout, .timeout = steady_clock::time_point(5ns)});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->outcome, Outcome::TimedOut);
}

TEST_F(LabCalls, SignalIsAnOutcome)
{
    expect<lab_wait>(LAB_IOC_WAIT, [](lab_wait &) { return -EINTR; });
    const auto result = lab_.wait({});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->outcome, Outcome::Signalled);
    EXPECT_EQ(calls_, 1);
}

TEST_F(LabCalls, ContinueWaitsOnWithWhatWasLeft)
{
    expect<lab_wait>(LAB_IOC_WAIT, [this](lab_wait &call) {
        EXPECT_EQ(call.timeout_ns, calls_ == 1 ? 1000 : 400);
        call.spurious = 1;
        call.outcome = calls_ == 1 ? LAB_OUTCOME_SIGNALLED : LAB_OUTCOME_SATISFIED;
        call.left_ns = call.timeout_ns = calls_ == 1 ? 400 : 100;
        return calls_ == 1 ? -EINTR : 0;
    });
    const auto result = lab_.wait({.kind = WaitKind::wait_event_interruptible_timeout,
                                   .timeout = 1000ns,
                                   .on_signal = OnSignal::Continue});
    ASSERT_TRUE(result);
    EXPECT_EQ(calls_, 2);
    EXPECT_EQ(result->outcome, Outcome::Satisfied);
    EXPECT_EQ(result->left, 100ns);
    EXPECT_EQ(result->spurious, 2U);
}

TEST_F(LabCalls, OtherErrnosAreErrors)
{
    for (const int number : {EINVAL, EPERM, EFAULT, ENOTTY}) {
        expect<lab_wait>(LAB_IOC_WAIT, [number](lab_wait &) { return -number; });
        const auto result = lab_.wait({.on_signal = OnSignal::Continue});
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error(), static_cast<std::errc>(number));
        EXPECT_THROW((void)result.value(), std::system_error);
    }
}

TEST_F(LabCalls, TimeoutAndKindMustFit)
{
    expect<lab_wait>(LAB_IOC_WAIT, [](lab_wait &) { return 0; });
    EXPECT_EQ(lab_.wait({.kind = WaitKind::wait_event, .timeout = 0ns}).error(),
              std::errc::invalid_argument);
    EXPECT_EQ(lab_.wait({.kind = WaitKind::wait_event_timeout}).error(),
              std::errc::invalid_argument);
    EXPECT_EQ(calls_, 0);
}

TEST_F(LabCalls, UnknownKindIsLeftToTheKernel)
{
    expect<lab_wait>(LAB_IOC_WAIT, [](lab_wait &call) {
        EXPECT_EQ(call.kind, 999U);
        return -EINVAL;
    });
    EXPECT_EQ(lab_.wait({.kind = static_cast<WaitKind>(999)}).error(), std::errc::invalid_argument);
    EXPECT_EQ(calls_, 1);
}

TEST_F(LabCalls, WakeHandsOverItsRequest)
{
    expect<lab_wake>(LAB_IOC_WAKE, [](lab_wake &call) {
        EXPECT_EQ(call.kind, 1U);
        EXPECT_EQ(call.nr, 3U);
        EXPECT_EQ(call.context, 0U);
        EXPECT_EQ(call.post, 5U);
        call.woken = 2;
        call.counter = 9;
        return 0;
    });
    const auto result = lab_.wake({.kind = WakeKind::wake_up_nr, .nr = 3, .post = 5});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->woken, 2U);
    EXPECT_EQ(result->counter, 9U);
}

TEST_F(LabCalls, WakeHandsOverWhereAndHow)
{
    expect<lab_wake>(LAB_IOC_WAKE, [](lab_wake &call) {
        EXPECT_EQ(call.kind, LAB_WAKE_UP_POLL);
        EXPECT_EQ(call.engine, LAB_ENGINE_MACRO);
        EXPECT_EQ(call.context, LAB_CONTEXT_IRQ_WORK);
        EXPECT_EQ(call.nr, 0U);
        EXPECT_EQ(call.key, 0xffffffffU);
        return 0;
    });
    EXPECT_TRUE(lab_.wake({.kind = WakeKind::wake_up_poll,
                           .key = 0xffffffff,
                           .engine = Engine::Macro,
                           .context = Context::IRQ_WORK}));
    EXPECT_EQ(calls_, 1);
}

TEST_F(LabCalls, KindsAreBits)
{
    expect<lab_kinds>(LAB_IOC_KINDS, [](lab_kinds &call) {
        EXPECT_EQ(call.pad, 0U);
        call.wait = 1ULL << LAB_WAIT_SLEEP_ON_TIMEOUT | 1U << LAB_WAIT_EVENT;
        call.wake = 1ULL << LAB_WAKE_UP_POLLFREE;
        return 0;
    });
    const Kinds kinds = lab_.kinds().value();
    for (const WaitKindRow &row : wait_kinds)
        EXPECT_EQ(kinds.has(row.kind),
                  row.kind == WaitKind::wait_event || row.kind == WaitKind::sleep_on_timeout)
            << row.name;
    for (const WakeKindRow &row : wake_kinds)
        EXPECT_EQ(kinds.has(row.kind), row.kind == WakeKind::wake_up_pollfree) << row.name;
}

/// A kernel with @linked waiters, of the pids 0, 1, 2 and so on.
int answer_waiters(lab_waiters &call, std::uint64_t linked)
{
    auto *entries = reinterpret_cast<lab_waiter *>(call.waiters);
    const auto written = std::min<std::uint64_t>(call.count, linked);
    for (std::uint32_t index = 0; index < written; ++index)
        entries[index].pid = index;
    call.count = static_cast<std::uint32_t>(written);
    call.linked = linked;
    return 0;
}

TEST_F(LabCalls, WaitersAreThoseThatWereWritten)
{
    expect<lab_waiters>(LAB_IOC_WAITERS, [](lab_waiters &call) { return answer_waiters(call, 2); });
    const Waiters found = lab_.waiters().value();
    EXPECT_EQ(calls_, 1);
    EXPECT_EQ(found.linked, 2U);
    ASSERT_EQ(found.entries.size(), 2U);
    EXPECT_EQ(found.entries[1].pid, 1U);
}

TEST_F(LabCalls, WaitersAreAskedForAgainWithMoreRoom)
{
    expect<lab_waiters>(LAB_IOC_WAITERS,
                        [](lab_waiters &call) { return answer_waiters(call, 1000); });
    const Waiters found = lab_.waiters().value();
    EXPECT_EQ(calls_, 2);
    ASSERT_EQ(found.entries.size(), 1000U);
    EXPECT_EQ(found.entries.back().pid, 999U);
}

TEST_F(LabCalls, WaitersBeyondTheLimitAreCountedOnly)
{
    expect<lab_waiters>(LAB_IOC_WAITERS, [](lab_waiters &call) {
        EXPECT_LE(call.count, LAB_WAITERS_MAX);
        return answer_waiters(call, LAB_WAITERS_MAX + 5);
    });
    const Waiters found = lab_.waiters().value();
    EXPECT_EQ(found.entries.size(), LAB_WAITERS_MAX);
    EXPECT_EQ(found.linked, LAB_WAITERS_MAX + 5);
}

TEST_F(LabCalls, InfoAsksWithCleanStruct)
{
    expect<lab_info>(LAB_IOC_INFO, [](lab_info &call) {
        EXPECT_EQ(call.pad, 0U);
        for (const auto &figure : figures)
            EXPECT_EQ(call.*figure.value, 0U);
        call.counter = 6;
        return 0;
    });
    EXPECT_EQ(lab_.info().value().counter, 6U);
}

} // namespace

} // namespace waitq::lab
