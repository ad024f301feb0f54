// SPDX-License-Identifier: GPL-2.0
// timer_test.cpp - wakes from the timer's interrupt.
#include "support/module.hpp"
#include "support/tasks.hpp"

#include <algorithm>
#include <atomic>
#include <ctime>
#include <memory>
#include <poll.h>
#include <sys/resource.h>
#include <vector>

namespace waitq::test {
namespace {

class Timer : public WithModule {
protected:
    Timer() : WithModule("queues=1") {}
};

__s64 now()
{
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

TEST_F(Timer, WakesASleeperAndNotEarly)
{
    const File file;
    const __s64 begin = now();
    ASSERT_EQ(timer(file, timer_request(20000000)).error, 0);
    ASSERT_EQ(wait(file, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE)).error, 0);
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
    ASSERT_EQ(wait(file, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE)).error, 0);
    EXPECT_GE(now(), request.delay_ns);
}

TEST_F(Timer, FiresSoManyTimesWithItsPeriod)
{
    const File file;
    const __s64 begin = now();
    ASSERT_EQ(timer(file, timer_request(0, 2000000, 5, 3)).error, 0);
    ASSERT_EQ(wait(file, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE, 15)).error, 0);
    EXPECT_GE(now() - begin, 4 * 2000000);
    EXPECT_EQ(info(file).counter, 15U);
    const auto ended = cancel_timer(file);
    EXPECT_EQ(ended.error, 0);
    EXPECT_EQ(ended.out.fired, 5U);
    EXPECT_EQ(cancel_timer(file).out.fired, 0U); // said once
}

TEST_F(Timer, BareWakeIsInVain)
{
    const File file;
    Caller waiter([&] { return wait(file, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE)).error; });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
    ASSERT_EQ(timer(file, timer_request(0, 0, 1, 0)).error, 0);
    ASSERT_TRUE(until([&] { return info(file).spurious == 1; }));
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
    ASSERT_EQ(wake(file, 1).error, 0);
    EXPECT_EQ(waiter.result(), 0);
}

TEST_F(Timer, WithoutCountGoesOnUntilCancelled)
{
    const File file;
    ASSERT_EQ(timer(file, timer_request(0, WAITQ_TIMER_PERIOD_MIN_NS, 0)).error, 0);
    ASSERT_EQ(wait(file, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE, 100)).error, 0);
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
    ASSERT_EQ(wait(file, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE)).error, 0);
}

TEST_F(Timer, GoesWithItsFile)
{
    const File observer;
    {
        const File file;
        ASSERT_EQ(timer(file, timer_request(0, WAITQ_TIMER_PERIOD_MIN_NS, 0)).error, 0);
        ASSERT_EQ(wait(file, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE, 10)).error, 0);
    }
    const __u64 counter = info(observer).counter;
    ASSERT_EQ(timer(observer, timer_request(0, 1000000, 5, 0)).error, 0);
    const __u64 wakes = info(observer).wakes;
    ASSERT_TRUE(until([&] { return info(observer).wakes >= wakes + 3; }));
    EXPECT_EQ(info(observer).counter, counter);
}

TEST_F(Timer, OverflowDropsThePostAndKeepsTheWake)
{
    const File file;
    ASSERT_EQ(wake(file, WAITQ_COUNTER_MAX).error, 0);
    const __u64 wakes = info(file).wakes;
    ASSERT_EQ(timer(file, timer_request(0)).error, 0);
    ASSERT_TRUE(until([&] { return info(file).wakes == wakes + 1; }));
    EXPECT_EQ(info(file).counter, WAITQ_COUNTER_MAX);
}

// A wake-up walks its whole queue. A thousand pollers make that long; the timer then fires
// less often, and leaves the CPU to others.
// A thousand pollers, so that a wake-up's walk is long against all else that a call takes.
class LongWalks : public Timer {
protected:
    void SetUp() override
    {
        Timer::SetUp();
        file_ = std::make_unique<File>();
        pollers_ = std::make_unique<Child>([this] {
            std::vector<pollfd> entries(1000, pollfd{file_->fd(), POLLMSG, 0});
            rlimit files{2000, 2000};
            setrlimit(RLIMIT_NOFILE, &files);
            return poll(entries.data(), entries.size(), -1);
        });
        ASSERT_TRUE(until([&] { return state_of(pollers_->pid()) == 'S'; }));
        // What so many wake-ups take, one after the other, from a process.
        const __s64 before = now();
        for (int n = 0; n < some; ++n)
            ASSERT_EQ(wake(*file_, 0).error, 0);
        walks_ = now() - before;
    }
    void TearDown() override
    {
        pollers_.reset();
        file_.reset();
        Timer::TearDown();
    }

    static constexpr int some = 500;
    std::unique_ptr<File> file_;
    std::unique_ptr<Child> pollers_;
    __s64 walks_ = 0;
};

TEST_F(LongWalks, SlowATimerDown)
{
    const __s64 begin = now();
    ASSERT_EQ(timer(*file_, timer_request(0, WAITQ_TIMER_PERIOD_MIN_NS, 0, 0)).error, 0);
    const __u64 wakes = info(*file_).wakes;
    ASSERT_TRUE(until([&] { return info(*file_).wakes > wakes + some; }));
    // Five times as long, if each firing takes as long as a wake-up from a process.
    EXPECT_GT(now() - begin, 3 * walks_);
}

// What one task spends on arming anew, again and again, the timers of others must not pay for by
// standing still: they would, for most of four times the thousand walks.
TEST_F(LongWalks, ArmingAnewHoldsNobodyElseUp)
{
    const auto fire = [&](waitq_timer request, __u64 times) {
        const __u64 before = info(*file_).wakes;
        ASSERT_EQ(timer(*file_, request).error, 0);
        ASSERT_TRUE(until([&] { return info(*file_).wakes >= before + times; }));
    };
    for (int n = 0; n < 1000 && !HasFailure(); ++n)
        fire(timer_request(0, 0, 1, 0), 1);
    const __s64 begin = now();
    fire(timer_request(0, WAITQ_TIMER_PERIOD_MIN_NS, 2, 0), 2);
    EXPECT_LT(now() - begin, 2 * walks_);
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

TEST_F(Timer, WakesAsManyAsItsKindSays)
{
    const File file;
    std::vector<std::unique_ptr<Caller>> waiters;
    for (__u64 i = 1; i <= 3; ++i) {
        waiters.push_back(std::make_unique<Caller>([&] {
            return wait(file, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE, 1, 0, WAITQ_EXCLUSIVE))
                .error;
        }));
        ASSERT_TRUE(
            asleep(waiters.back()->tid(), 'S', file, &waitq_info::event_waiters_exclusive, i));
    }
    waitq_timer two = timer_request(0, 0, 1, 1, WAITQ_WAKE_UP_NR);
    two.nr = 2;
    ASSERT_EQ(timer(file, two).error, 0);
    ASSERT_TRUE(until([&] { return info(file).event_waiters_exclusive == 1; }));
    EXPECT_EQ(info(file).woken, 2U);
    ASSERT_EQ(timer(file, timer_request(0, 0, 1, 0, WAITQ_WAKE_UP_ALL)).error, 0);
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
    EXPECT_EQ(wait(file, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE)).error, 0);
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
                if (const long error = wait(file, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE, 1, 0,
                                                               WAITQ_EXCLUSIVE | WAITQ_CONSUME))
                                           .error)
                    return error;
            return 0L;
        }));
    for (const auto &waiter : waiters)
        EXPECT_EQ(waiter->result(), 0);
    EXPECT_EQ(info(file).counter, 0U);
}

} // namespace
} // namespace waitq::test
