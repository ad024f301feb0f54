// SPDX-License-Identifier: GPL-2.0
// timens_test.cpp - times are of the caller's time namespace, as clock_nanosleep() and timerfd have
// it: a container, or a process that was restored into one, has a CLOCK_MONOTONIC of its own.
#include "support/module.hpp"
#include "support/tasks.hpp"

#include <fstream>
#include <sched.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

namespace waitq::test {
namespace {

constexpr int lacks_namespaces = 77;

// Ahead of the machine by far, and behind it (no further than its uptime).
class TimeNamespace : public WithModule, public testing::WithParamInterface<long> {
protected:
    TimeNamespace() : WithModule("queues=1") {}

    // Runs `body` in a process whose clock is off by the parameter. It must return 0.
    static void with_offset(const std::function<int()> &body)
    {
        Child outer([&] {
            if (unshare(CLONE_NEWTIME) != 0)
                return errno == EINVAL ? lacks_namespaces : 101;
            const __s64 outside = now();
            if (!(std::ofstream("/proc/self/timens_offsets") << "monotonic " << GetParam() << " 0\n"
                                                             << std::flush))
                return 102;
            Child inner([&] {
                const __s64 off = now() - outside - GetParam() * one_second;
                return off < 0 || off > 30 * one_second ? 103 : body();
            });
            const int status = inner.status();
            return WIFEXITED(status) ? WEXITSTATUS(status) : 104;
        });
        const int status = outer.status();
        ASSERT_TRUE(WIFEXITED(status));
        if (WEXITSTATUS(status) == lacks_namespaces)
            GTEST_SKIP() << "this kernel has no time namespaces";
        EXPECT_EQ(WEXITSTATUS(status), 0);
    }
};

INSTANTIATE_TEST_SUITE_P(Offsets, TimeNamespace, testing::Values(100000L, 10L, 0L, -1L),
                         [](const auto &param) {
                             return (param.param < 0 ? "Minus" : "Plus") +
                                    std::to_string(std::abs(param.param)) + "s";
                         });

// With a clock that is ahead, a machine's time would come days too late; with one that is behind,
// too early.
TEST_P(TimeNamespace, AbsoluteWaitEndsAtItsTime)
{
    const File file;
    with_offset([&] {
        const __s64 end = now() + 300 * ms;
        const long error = wait(file, timed(wait_request(), end, WAITQ_ABSOLUTE)).error;
        return error != -ETIMEDOUT ? 1 : now() < end ? 2 : 0;
    });
}

TEST_P(TimeNamespace, RelativeWaitIsTheSameEverywhere)
{
    const File file;
    with_offset([&] {
        const __s64 begin = now();
        const long error = wait(file, timed(wait_request(), 20 * ms)).error;
        return error != -ETIMEDOUT ? 1 : now() < begin + 20 * ms ? 2 : 0;
    });
}

TEST_P(TimeNamespace, AbsoluteTimerFiresAtItsTime)
{
    const File observer;
    with_offset([&] {
        const File file;
        waitq_timer request = timer_request(now() + 300 * ms);
        request.flags = WAITQ_ABSOLUTE;
        if (timer(file, request).error != 0)
            return 1;
        if (wait(file, wait_request(1, WAITQ_CONSUME)).error != 0)
            return 2;
        return now() < request.delay_ns ? 3 : 0;
    });
}

TEST_P(TimeNamespace, PastTimesAreOverAndTheEndOfTimeIsFar)
{
    const File file;
    with_offset([&] {
        for (const __s64 past : {0LL, 1LL, now() - 1})
            if (wait(file, timed(wait_request(), past, WAITQ_ABSOLUTE)).error != -ETIMEDOUT)
                return 1;
        waitq_timer far = timer_request(0x7fffffffffffffff);
        far.flags = WAITQ_ABSOLUTE;
        if (timer(file, far).error != 0)
            return 2;
        waitq_timer near = timer_request(0); // a time that was over before the machine began
        near.flags = WAITQ_ABSOLUTE;
        if (cancel_timer(file).out.fired != 0 || timer(file, near).error != 0)
            return 3;
        return wait(file, wait_request(1, WAITQ_CONSUME)).error == 0 ? 0 : 4;
    });
}

// When a waiter began, on the clock of the one that asks.
TEST_P(TimeNamespace, SinceIsOnTheAskersClock)
{
    const File file;
    with_offset([&] {
        const __s64 before = now();
        Caller waiter([&] { return wait(file, wait_request(1, WAITQ_CONSUME)).error; });
        if (!asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters))
            return 1;
        const __s64 after = now();
        const auto list = waiters(file);
        wake(file, 1);
        if (waiter.result() != 0 || list.size() != 1)
            return 2;
        return list[0].since_ns < before - tick || list[0].since_ns > after ? 3 : 0;
    });
}

} // namespace
} // namespace waitq::test
