// SPDX-License-Identifier: GPL-2.0
// timer_test.cpp - wakes from the timer's interrupt.
#include "support/module.hpp"
#include "support/tasks.hpp"

#include <atomic>
#include <memory>
#include <vector>

namespace waitq::test {
namespace {

class Timer : public WithModule {
protected:
    Timer() : WithModule("queues=1") {}
};

TEST_F(Timer, WakesASleeperAndNotEarly)
{
    const File file;
    const __s64 begin = now();
    ASSERT_EQ(timer(file, timer_request(20000000)).error, 0);
    ASSERT_EQ(wait(file, wait_request()).error, 0);
    EXPECT_GE(now() - begin, 20000000);
    EXPECT_EQ(info(file).counter, 1U);
    EXPECT_EQ(cancel_timer(file).out.fired, 1U);
}

TEST_F(Timer, AbsoluteTime)
{
    const File file;
    waitq_timer request = timer_request(now() + 10000000);
    request.flags = WAITQ_ABSOLUTE;
    ASSERT_EQ(timer(file, request).error, 0);
    ASSERT_EQ(wait(file, wait_request()).error, 0);
    EXPECT_GE(now(), request.delay_ns);
}

TEST_F(Timer, FiresSoManyTimesWithItsPeriod)
{
    const File file;
    const __s64 begin = now();
    ASSERT_EQ(timer(file, timer_request(0, 2000000, 5, 3)).error, 0);
    ASSERT_EQ(wait(file, wait_request(15)).error, 0);
    EXPECT_GE(now() - begin, 4 * 2000000);
    EXPECT_EQ(info(file).counter, 15U);
    const auto ended = cancel_timer(file);
    EXPECT_EQ(ended.error, 0);
    EXPECT_EQ(ended.out.fired, 5U);
    EXPECT_EQ(cancel_timer(file).out.fired, 0U); // said once
}

TEST_F(Timer, BareWakeWakesThoseWhoseConditionIsTrue)
{
    const File file;
    Caller waiter([&] { return wait(file, wait_request(2)).error; });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
    const unsigned long switches = switches_of(waiter.tid());
    ASSERT_EQ(timer(file, timer_request(0, 0, 1, 0)).error, 0);
    ASSERT_TRUE(until([&] { return info(file).wakes == 1; }));
    ASSERT_EQ(timer(file, timer_request(0)).error, 0); // 1 of 2
    ASSERT_TRUE(until([&] { return info(file).wakes == 2; }));
    EXPECT_EQ(info(file).woken, 0U);
    EXPECT_EQ(switches_of(waiter.tid()), switches);
    EXPECT_EQ(state_of(waiter.tid()), 'S');
    ASSERT_EQ(timer(file, timer_request(0)).error, 0);
    EXPECT_EQ(waiter.result(), 0);
}

TEST_F(Timer, WithoutCountGoesOnUntilCancelled)
{
    const File file;
    ASSERT_EQ(timer(file, timer_request(0, WAITQ_TIMER_PERIOD_MIN_NS, 0)).error, 0);
    ASSERT_EQ(wait(file, wait_request(100)).error, 0);
    const auto ended = cancel_timer(file);
    EXPECT_GE(ended.out.fired, 100U);
    const __u64 counter = info(file).counter;
    EXPECT_EQ(counter, ended.out.fired);
    // Nothing after the cancel: a second timer's whole run passes, and the first adds nothing.
    const File other;
    ASSERT_EQ(timer(other, timer_request(0, 1000000, 5, 0)).error, 0);
    ASSERT_TRUE(until([&] { return info(file).wakes >= ended.out.fired + 5; }));
    EXPECT_EQ(info(file).counter, counter);
}

TEST_F(Timer, ArmingAgainReplaces)
{
    const File file;
    ASSERT_EQ(timer(file, timer_request(3600LL * 1000000000)).error, 0);
    const auto again = timer(file, timer_request(0));
    EXPECT_EQ(again.error, 0);
    EXPECT_EQ(again.out.fired, 0U);
    ASSERT_EQ(wait(file, wait_request()).error, 0);
}

TEST_F(Timer, GoesWithItsFile)
{
    const File observer;
    {
        const File file;
        ASSERT_EQ(timer(file, timer_request(0, WAITQ_TIMER_PERIOD_MIN_NS, 0)).error, 0);
        ASSERT_EQ(wait(file, wait_request(10)).error, 0);
    }
    const __u64 counter = info(observer).counter;
    ASSERT_EQ(timer(observer, timer_request(0, 1000000, 5, 0)).error, 0);
    const __u64 wakes = info(observer).wakes;
    ASSERT_TRUE(until([&] { return info(observer).wakes >= wakes + 3; }));
    EXPECT_EQ(info(observer).counter, counter);
}

TEST_F(Timer, APostThatWouldOverflowIsLeftOut)
{
    const File file;
    ASSERT_EQ(wake(file, WAITQ_COUNTER_MAX).error, 0);
    const __u64 wakes = info(file).wakes;
    ASSERT_EQ(timer(file, timer_request(0)).error, 0);
    ASSERT_TRUE(until([&] { return info(file).wakes == wakes + 1; }));
    EXPECT_EQ(info(file).counter, WAITQ_COUNTER_MAX);
}

TEST_F(Timer, FromTwoThreadsEachFiringIsToldOnce)
{
    const File file;
    std::atomic<__u64> told{0};
    const auto arm = [&] {
        for (int n = 0; n < 500; ++n) {
            const auto answer = timer(file, timer_request(0, WAITQ_TIMER_PERIOD_MIN_NS, 3));
            if (answer.error != 0)
                return answer.error;
            told += answer.out.fired;
        }
        return 0L;
    };
    Caller one(arm), other(arm);
    EXPECT_EQ(one.result(), 0);
    EXPECT_EQ(other.result(), 0);
    told += cancel_timer(file).out.fired;
    EXPECT_EQ(info(file).counter, told);
}

TEST_F(Timer, WakesAsManyAsItsNrSays)
{
    const File file;
    std::vector<std::unique_ptr<Caller>> waiters;
    for (__u64 i = 1; i <= 3; ++i) {
        waiters.push_back(std::make_unique<Caller>(
            [&] { return wait(file, wait_request(1, WAITQ_EXCLUSIVE)).error; }));
        ASSERT_TRUE(
            asleep(waiters.back()->tid(), 'S', file, &waitq_info::event_waiters_exclusive, i));
    }
    ASSERT_EQ(timer(file, timer_request(0, 0, 1, 1, 2)).error, 0);
    ASSERT_TRUE(until([&] { return info(file).event_waiters_exclusive == 1; }));
    EXPECT_EQ(info(file).woken, 2U);
    ASSERT_EQ(timer(file, timer_request(0, 0, 1, 0, every_one)).error, 0);
    for (const auto &waiter : waiters)
        EXPECT_EQ(waiter->result(), 0);
}

TEST_F(Timer, LimitsOfItsTimes)
{
    const File file;
    ASSERT_EQ(timer(file, timer_request(0x7fffffffffffffff)).error, 0); // never, in effect
    EXPECT_EQ(cancel_timer(file).out.fired, 0U);
    waitq_timer past = timer_request(1);
    past.flags = WAITQ_ABSOLUTE;
    ASSERT_EQ(timer(file, past).error, 0); // at once
    EXPECT_EQ(wait(file, wait_request()).error, 0);
}

// The first timer of all is one whose time was over long ago; the next is as punctual as ever. (The
// bound is a hang's: what was wrong once put it off by many times the machine's uptime.)
TEST_F(Timer, APastDeadlineDelaysNoOther)
{
    const File file;
    waitq_timer past = timer_request(1);
    past.flags = WAITQ_ABSOLUTE;
    ASSERT_EQ(timer(file, past).error, 0);
    ASSERT_EQ(wait(file, wait_request(1)).error, 0);
    ASSERT_EQ(timer(file, timer_request(0)).error, 0);
    EXPECT_EQ(wait(file, timed(wait_request(2), one_second)).error, 0);
}

// Many wakes from the interrupt against many waits: none is lost.
TEST_F(Timer, ThousandWakesFromInterruptAllArrive)
{
    const File file;
    ASSERT_EQ(timer(file, timer_request(0, 200000, 1000)).error, 0);
    std::vector<std::unique_ptr<Caller>> waiters;
    waiters.reserve(4);
    for (int i = 0; i < 4; ++i)
        waiters.push_back(std::make_unique<Caller>([&] {
            for (int n = 0; n < 250; ++n)
                if (const long error =
                        wait(file, wait_request(1, WAITQ_EXCLUSIVE | WAITQ_CONSUME)).error)
                    return error;
            return 0L;
        }));
    for (const auto &waiter : waiters)
        EXPECT_EQ(waiter->result(), 0);
    EXPECT_EQ(info(file).counter, 0U);
}

} // namespace
} // namespace waitq::test
