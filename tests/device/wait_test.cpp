// SPDX-License-Identifier: GPL-2.0
// wait_test.cpp - WAITQ_IOC_WAIT: what ends a wait, in each state, with and without a timeout.
#include "support/memory.hpp"
#include "support/module.hpp"
#include "support/tasks.hpp"

#include <fstream>
#include <tuple>

namespace waitq::test {
namespace {

class Wait : public WithModule {
protected:
    Wait() : WithModule("queues=1") {}
};

struct State {
    waitq_state value;
    const char *name;
    char letter; // as /proc shows it
    bool any_signal, fatal_signal;
};

constexpr State states[] = {
    {WAITQ_STATE_INTERRUPTIBLE, "Interruptible", 'S', true, true},
    {WAITQ_STATE_UNINTERRUPTIBLE, "Uninterruptible", 'D', false, false},
    {WAITQ_STATE_KILLABLE, "Killable", 'D', false, true},
    {WAITQ_STATE_IDLE, "Idle", 'I', false, false},
};

// Each state, with a timeout that is far away and with none.
class EachState : public Wait, public testing::WithParamInterface<std::tuple<State, bool>> {
protected:
    static constexpr __s64 far = 100 * one_second;

    [[nodiscard]] static const State &state() { return std::get<0>(GetParam()); }
    [[nodiscard]] static bool has_timeout() { return std::get<1>(GetParam()); }
    [[nodiscard]] static waitq_wait request(__u64 threshold = 1, __u32 flags = 0)
    {
        const waitq_wait request = wait_request(threshold, flags, state().value);
        return has_timeout() ? timed(request, far) : request;
    }
    [[nodiscard]] static testing::AssertionResult waits(pid_t task, const File &file,
                                                        __u64 count = 1)
    {
        return asleep(task, state().letter, file, &waitq_info::event_waiters, count);
    }
    // What is left of `far`, or that there was none.
    static void expect_left(const waitq_wait &out)
    {
        if (!has_timeout()) {
            EXPECT_EQ(out.timeout_ns, 0);
            return;
        }
        EXPECT_GT(out.timeout_ns, 0);
        EXPECT_LE(out.timeout_ns, far);
    }
};

INSTANTIATE_TEST_SUITE_P(States, EachState,
                         testing::Combine(testing::ValuesIn(states), testing::Bool()),
                         [](const auto &param) {
                             return std::string(std::get<0>(param.param).name) +
                                    (std::get<1>(param.param) ? "Timed" : "");
                         });

TEST_P(EachState, WakeBeforeWait)
{
    const File file;
    ASSERT_EQ(wake(file, 3).error, 0);
    const auto answer = wait(file, request(3));
    EXPECT_EQ(answer.error, 0);
    expect_left(answer.out);
    EXPECT_EQ(info(file).counter, 3U); // only tested
}

TEST_P(EachState, WaitBeforeWake)
{
    const File file;
    Answer<waitq_wait> answer{};
    Caller waiter([&] { return (answer = wait(file, request())).error; });
    ASSERT_TRUE(waits(waiter.tid(), file));
    const auto woke = wake(file, 1);
    EXPECT_EQ(woke.error, 0);
    EXPECT_EQ(woke.woken, 1U);
    EXPECT_EQ(info(file).counter, 1U);
    EXPECT_EQ(waiter.result(), 0);
    expect_left(answer.out);
    const waitq_info after = info(file);
    EXPECT_EQ(after.event_waiters, 0U);
    EXPECT_EQ(after.woken, 1U);
    EXPECT_EQ(after.timeouts + after.interrupted + after.spurious, 0U);
}

// A wake-up that does not make the condition true leaves the task asleep: it does not even run.
TEST_P(EachState, IsNotWokenInVain)
{
    const File file;
    Caller waiter([&] { return wait(file, request(3)).error; });
    ASSERT_TRUE(waits(waiter.tid(), file));
    const unsigned long switches = switches_of(waiter.tid());
    for (const __u64 post : {0ULL, 1ULL, 0ULL, 1ULL}) {
        EXPECT_EQ(wake(file, post, every_one).woken, 0U);
        EXPECT_EQ(state_of(waiter.tid()), state().letter);
    }
    EXPECT_EQ(switches_of(waiter.tid()), switches);
    EXPECT_EQ(info(file).event_waiters, 1U);
    EXPECT_EQ(wake(file, 1).woken, 1U);
    EXPECT_EQ(waiter.result(), 0);
    EXPECT_EQ(info(file).spurious, 0U);
}

TEST_P(EachState, ConsumesTheThresholdAndNoMore)
{
    const File file;
    ASSERT_EQ(wake(file, 5).error, 0);
    EXPECT_EQ(wait(file, request(3, WAITQ_CONSUME)).error, 0);
    EXPECT_EQ(info(file).counter, 2U);
    Caller waiter([&] { return wait(file, request(3, WAITQ_CONSUME)).error; });
    ASSERT_TRUE(waits(waiter.tid(), file));
    EXPECT_EQ(info(file).counter, 2U);
    // What was taken in the waiter's name is gone before it runs.
    EXPECT_EQ(wake(file, 2).error, 0);
    EXPECT_EQ(info(file).counter, 1U);
    EXPECT_EQ(waiter.result(), 0);
    EXPECT_EQ(info(file).counter, 1U);
}

TEST_P(EachState, SignalEndsWhatItMayEnd)
{
    const File file;
    Answer<waitq_wait> answer{};
    Caller waiter([&] { return (answer = wait(file, request())).error; });
    ASSERT_TRUE(waits(waiter.tid(), file));
    waiter.signal();
    if (state().any_signal) {
        EXPECT_EQ(waiter.result(), -EINTR);
        EXPECT_EQ(info(file).interrupted, 1U);
        expect_left(answer.out); // the call can be made again, and goes on
    } else {
        ASSERT_TRUE(waits(waiter.tid(), file));
        EXPECT_FALSE(waiter.done());
        ASSERT_EQ(wake(file, 1).error, 0);
        EXPECT_EQ(waiter.result(), 0);
        EXPECT_EQ(info(file).interrupted, 0U);
    }
    EXPECT_EQ(info(file).event_waiters, 0U);
}

TEST_P(EachState, KillEndsEveryKillableWaitAndLosesNoWake)
{
    const File file;
    const auto takes = [&] { return request(1, WAITQ_EXCLUSIVE | WAITQ_CONSUME); };
    const auto exclusive = [&](pid_t task, __u64 count) {
        return asleep(task, state().letter, file, &waitq_info::event_waiters_exclusive, count);
    };
    Child victim([&] { return wait(file, takes()).error != 0; });
    ASSERT_TRUE(exclusive(victim.pid(), 1));
    Caller other([&] { return wait(file, takes()).error; });
    ASSERT_TRUE(exclusive(other.tid(), 2));
    victim.signal(SIGKILL);
    if (!state().fatal_signal) { // it takes its event, then dies
        ASSERT_EQ(wake(file, 2, 2).woken, 2U);
    } else {
        ASSERT_TRUE(until([&] { return victim.ended(); })); // and no wake-up came
        EXPECT_EQ(info(file).event_waiters_exclusive, 1U);
        ASSERT_EQ(wake(file, 1).woken, 1U);
    }
    EXPECT_EQ(other.result(), 0);
    const int status = victim.status();
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    EXPECT_EQ(info(file).counter, 0U);
}

// ---- timeouts -------------------------------------------------------------------

TEST_F(Wait, ZeroTimeoutOnlyTests)
{
    const File file;
    for (const State &state : states) {
        const auto test = [&] { return wait(file, timed(wait_request(1, 0, state.value), 0)); };
        EXPECT_EQ(test().error, -ETIMEDOUT);
        ASSERT_EQ(wake(file, 1).error, 0);
        EXPECT_EQ(test().error, 0);
        ASSERT_EQ(take(file), 0);
    }
}

TEST_F(Wait, TimeoutIsNeverEarly)
{
    const File file;
    for (const State &state : states)
        for (const __s64 timeout : {1LL, 999999LL, 4000001LL, 30000000LL}) {
            const __s64 begin = now();
            const auto answer = wait(file, timed(wait_request(1, 0, state.value), timeout));
            const __s64 took = now() - begin;
            EXPECT_EQ(answer.error, -ETIMEDOUT);
            EXPECT_GE(took, timeout) << state.name;
        }
    EXPECT_EQ(info(file).timeouts, 4 * std::size(states));
    EXPECT_EQ(info(file).event_waiters, 0U);
    EXPECT_EQ(wake(file, 1).woken, 0U); // too late: no waiter is there any more
}

TEST_F(Wait, AbsoluteTimeout)
{
    const File file;
    const __s64 end = now() + 20 * ms;
    const auto answer = wait(file, timed(wait_request(), end, WAITQ_ABSOLUTE));
    EXPECT_EQ(answer.error, -ETIMEDOUT);
    EXPECT_GE(now(), end);
    EXPECT_EQ(answer.out.timeout_ns, end); // an absolute time stays what it is
    for (const __s64 past : {0LL, 1LL})
        EXPECT_EQ(wait(file, timed(wait_request(), past, WAITQ_ABSOLUTE)).error, -ETIMEDOUT);
}

TEST_F(Wait, HugeTimeoutIsCutNotRefused)
{
    const File file;
    for (const __u32 flag : {0U, WAITQ_ABSOLUTE}) {
        Caller waiter([&] {
            return wait(file, timed(wait_request(1, WAITQ_CONSUME), 0x7fffffffffffffff, flag))
                .error;
        });
        ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
        ASSERT_EQ(wake(file, 1).error, 0);
        EXPECT_EQ(waiter.result(), 0);
    }
}

TEST_F(Wait, RelativeTimeoutTellsWhatIsLeft)
{
    const File file;
    Answer<waitq_wait> answer{};
    const __s64 begin = now();
    Caller waiter(
        [&] { return (answer = wait(file, timed(wait_request(), 1000 * one_second))).error; });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
    const __s64 linked = now();
    while (now() < linked + 10 * ms) {
    }
    ASSERT_EQ(wake(file, 1).error, 0);
    ASSERT_EQ(waiter.result(), 0);
    EXPECT_LE(answer.out.timeout_ns, 1000 * one_second - 10 * ms);
    EXPECT_GE(answer.out.timeout_ns, 1000 * one_second - (now() - begin));
}

// The event is the waiter's, whether or not the time that was left can be told.
TEST_F(Wait, WhatWasTakenIsTakenThoughTheStructCannotBeWritten)
{
    const File file;
    EdgeOfMemory edge;
    auto *page = reinterpret_cast<waitq_wait *>(edge.with(edge.size));
    *page = timed(wait_request(1, WAITQ_CONSUME), 100 * one_second);
    Caller waiter([&] { return value_of(ioctl(file.fd(), WAITQ_IOC_WAIT, page)); });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
    edge.writable(false);
    EXPECT_EQ(wake(file, 1).woken, 1U);
    EXPECT_EQ(waiter.result(), 0);
    EXPECT_EQ(info(file).counter, 0U);
}

// ---- restart -------------------------------------------------------------------

// Makes a wait of `time_ns` with that flag, and sends signals as long as it lasts. Returns whether
// there were several, and it was over earlier than if it had begun anew with the last.
bool goes_on_after_signals(const File &file, __s64 time_ns, __u32 flag)
{
    const __s64 begin = now();
    Caller waiter([&] {
        struct sigaction action {};
        action.sa_handler = [](int) {};
        action.sa_flags = SA_RESTART;
        sigaction(SIGUSR1, &action, nullptr);
        return wait(file, timed(wait_request(), time_ns + (flag ? begin : 0), flag)).error;
    });
    int signals = 0;
    __s64 last = 0;
    EXPECT_TRUE(until([&] {
        if (state_of(waiter.tid()) == 'S' && info(file).event_waiters == 1) {
            last = now();
            waiter.signal();
            ++signals;
        }
        return waiter.done();
    })) << "it begins anew with each signal";
    EXPECT_EQ(waiter.result(), -ETIMEDOUT);
    const __s64 end = now();
    EXPECT_GE(end - begin, time_ns);
    return signals > 1 && end - last < time_ns;
}

// Signals keep coming, with a handler that lets calls go on. Whether the time is relative or a
// point of the clock, the wait ends by its time and not before; a restart from the beginning each
// time would never end.
TEST_F(Wait, RestartsWithWhatWasLeft)
{
    const File file;
    for (const __u32 flag : {0U, WAITQ_ABSOLUTE}) {
        // A slow machine needs a longer wait for that.
        bool goes_on = false;
        for (__s64 time = 100 * ms; !goes_on && time < 20 * one_second && !HasFailure(); time *= 4)
            goes_on = goes_on_after_signals(file, time, flag);
        EXPECT_TRUE(goes_on);
    }
}

TEST_F(Wait, WithoutATimeoutRestartsToo)
{
    const File file;
    struct sigaction action {};
    action.sa_handler = [](int) {};
    action.sa_flags = SA_RESTART;
    Caller waiter([&] {
        sigaction(SIGUSR1, &action, nullptr);
        return wait(file, wait_request(1, WAITQ_CONSUME)).error;
    });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
    waiter.signal();
    ASSERT_TRUE(until([&] { return info(file).interrupted == 1; }));
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters)); // again
    ASSERT_EQ(wake(file, 1).error, 0);
    EXPECT_EQ(waiter.result(), 0);
}

// ---- /proc -----------------------------------------------------------------------

TEST_F(Wait, WchanNamesTheCall)
{
    const File file;
    std::string text;
    if (!tells_wchan())
        GTEST_SKIP() << "this kernel does not tell where a task sleeps";
    Caller waiter([&] { return wait(file, wait_request()).error; });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
    EXPECT_EQ(wchan(waiter.tid()), "waitq_wait_events");
    Caller reader([&] { return static_cast<long>((text = read_text(file)).size()); });
    ASSERT_TRUE(asleep(reader.tid(), 'S', file, &waitq_info::readers));
    EXPECT_EQ(wchan(reader.tid()), "waitq_read");
    const std::string more(info(file).capacity, 'w');
    ASSERT_EQ(write(file, "r"), 1);
    EXPECT_EQ(reader.result(), 1);
    ASSERT_EQ(write(file, more), static_cast<long>(more.size()));
    Caller writer([&] { return write(file, "w"); });
    ASSERT_TRUE(asleep(writer.tid(), 'S', file, &waitq_info::writers));
    EXPECT_EQ(wchan(writer.tid()), "waitq_write_slow");
    ASSERT_EQ(read_text(file, 1).size(), 1U);
    EXPECT_EQ(writer.result(), 1);
    ASSERT_EQ(wake(file, 1).error, 0);
    EXPECT_EQ(waiter.result(), 0);
}

} // namespace
} // namespace waitq::test
