// SPDX-License-Identifier: GPL-2.0
// timer_share_test.cpp - what timers may take of the machine, however many there are, and what one
// user's timers do to another's. The statement is at WAITQ_TIMER_BUDGET_NS in waitq.h. What is
// counted here is what happened; the share of a CPU, in instructions, is held by tests/pace.
#include "support/burst.hpp"
#include "support/hog.hpp"
#include "support/module.hpp"
#include "support/polling.hpp"
#include "support/realtime.hpp"
#include "support/tasks.hpp"

#include <algorithm>
#include <atomic>
#include <iostream>
#include <memory>
#include <sys/stat.h>
#include <vector>

namespace waitq::test {
namespace {

class TimerShare : public WithModule {
protected:
    TimerShare() : WithModule("queues=2") {}

    void SetUp() override
    {
        WithModule::SetUp();
        ASSERT_EQ(chmod("/dev/waitq0", 0666), 0);
    }
};

struct CrowdOf {
    int users, timers; // of each
};

class TimerBurst : public TimerShare, public testing::WithParamInterface<CrowdOf> {};

INSTANTIATE_TEST_SUITE_P(Crowds, TimerBurst, testing::Values(CrowdOf{1, 20000}, CrowdOf{8, 500}),
                         [](const auto &crowd) {
                             return std::to_string(crowd.param.users) + "UsersOf" +
                                    std::to_string(crowd.param.timers);
                         });

// The bystander's one timer is due at the same instant, was armed last, and waits for one firing of
// each other user: users take turns. (And for one round more, in which it comes into the list of
// those that are due, behind them.)
//
// No clock tells that, for a task that reads one runs too late: the counter does. The bystander's
// post is so large that it fits only if no more than so many firings came before it, and a post
// that does not fit is left out.
TEST_P(TimerBurst, UsersTakeTurns)
{
    const File file;
    Crowd crowd(GetParam().users, GetParam().timers);
    const auto before_it = 2 * (static_cast<__u64>(GetParam().users) + 1);
    constexpr __u64 large = 1ULL << 40;
    __u64 wakes = 0;
    ASSERT_TRUE(crowd.arm(file, [&](__s64 instant) {
        take(file, info(file).counter);
        wake(file, WAITQ_COUNTER_MAX - large - before_it);
        waitq_timer own = timer_request(instant, 0, 1, large);
        own.flags = WAITQ_ABSOLUTE;
        timer(file, own);
        wakes = info(file).wakes;
    })) << "this machine is too slow to arm so many timers";
    const auto seen = [&] { return info(file).wakes; };
    ASSERT_TRUE(until([&] { return seen() == wakes + crowd.firings() + 1; }, seen));
    EXPECT_EQ(info(file).counter, WAITQ_COUNTER_MAX)
        << "the bystander waited for more than " << before_it << " of " << crowd.firings();
}

// A task that has the CPU to itself, but for the interrupt, gets on with its work in between: they
// do not fire in one go.
TEST_F(TimerShare, WhatIsDueAtOnceIsSpread)
{
    const File file;
    Crowd crowd(1, 20000);
    __u64 wakes = 0, most = 0;
    ASSERT_TRUE(crowd.arm(file, [&](__s64) { wakes = info(file).wakes; }));
    crowd.stop();
    std::atomic<bool> stop{false};
    {
        Caller worker([&] {
            pin(0, 1);
            __u64 last = wakes;
            for (bool over = false; !over;) {
                over = stop; // and one look more
                const __u64 seen = info(file).wakes;
                most = std::max(most, seen - last);
                last = seen;
            }
            return 0L;
        });
        const auto seen = [&] { return info(file).wakes; };
        EXPECT_TRUE(until([&] { return seen() == wakes + crowd.firings(); }, seen));
        stop = true;
    }
    std::cout << "# at most " << most << " of 20000 timers fired in one go\n";
    EXPECT_GT(most, 0U);
    EXPECT_LT(most, crowd.firings() / 4);
}

// ---- periodic ones ---------------------------------------------------------------------

// A timer that is late leaves out the periods that are over; it does not make up for them.
TEST_F(TimerShare, PeriodsThatAreOverAreLeftOut)
{
    const File file;
    const __s64 begin = now();
    // Long over: all the periods between then and now.
    waitq_timer request = timer_request(begin - 1000 * ms, 1 * ms, 0);
    request.flags = WAITQ_ABSOLUTE;
    if (request.delay_ns < 0)
        request.delay_ns = 0;
    ASSERT_EQ(timer(file, request).error, 0);
    ASSERT_EQ(wait(file, wait_request(20)).error, 0);
    const auto ended = cancel_timer(file);
    const auto periods = static_cast<__u64>((now() - begin) / ms);
    EXPECT_EQ(info(file).counter, ended.out.fired); // each firing is counted, and posts
    EXPECT_LE(ended.out.fired, periods + 2);
    EXPECT_GE(now() - begin, 18 * ms);
}

// ---- one firing ------------------------------------------------------------------------

// In the interrupt at most WAITQ_WAKE_CHUNK; the rest by a thread, which does not get to run while
// the test has both CPUs to itself.
class TimerChunk : public TimerShare {
protected:
    static constexpr __u64 many = 3ULL * WAITQ_WAKE_CHUNK;

    void SetUp() override
    {
        TimerShare::SetUp();
        if (is_preempt_rt())
            GTEST_SKIP() << "on PREEMPT_RT a timer fires in a thread, which this test keeps out";
    }

    // Fires a timer that wakes `nr`, and calls look() when it has fired and no thread has run
    // since.
    template <class Look>
    void fire(const File &file, __u32 nr, Look look)
    {
        const Hog hog(1);
        pin(0, 0);
        const sched_param first{50}, usual{0};
        const __u64 wakes = info(file).wakes;
        hog.begin();
        ASSERT_EQ(sched_setscheduler(0, SCHED_FIFO, &first), 0);
        timer(file, timer_request(0, 0, 1, 1, nr));
        const __s64 end = now() + 300 * ms; // below what a task may have in each second
        while (info(file).wakes == wakes && now() < end) {
        }
        look();
        sched_setscheduler(0, SCHED_OTHER, &usual);
        hog.end();
        unpin(0);
        EXPECT_EQ(info(file).wakes, wakes + 1);
    }
};

TEST_F(TimerChunk, WaitersBeyondTheFirstAreWokenByAThread)
{
    const File file;
    std::vector<std::unique_ptr<Caller>> waiters;
    for (__u64 i = 1; i <= many; ++i) {
        waiters.push_back(
            std::make_unique<Caller>([&] { return wait(file, wait_request()).error; }));
        ASSERT_TRUE(until([&] { return info(file).event_waiters == i; }));
    }
    __u64 woken = 0;
    fire(file, every_one, [&] { woken = info(file).woken; });
    EXPECT_GT(woken, 0U);
    EXPECT_LE(woken, WAITQ_WAKE_CHUNK);
    for (const auto &waiter : waiters)
        EXPECT_EQ(waiter->result(), 0);
    EXPECT_EQ(info(file).woken, many);
}

// The thread keeps to the number that was asked for.
TEST_F(TimerChunk, AsManyExclusiveOnesAsWereAskedFor)
{
    constexpr __u32 nr = WAITQ_WAKE_CHUNK + 20;
    const File file;
    std::vector<std::unique_ptr<Caller>> waiters;
    for (__u64 i = 1; i <= many; ++i) {
        waiters.push_back(std::make_unique<Caller>(
            [&] { return wait(file, wait_request(1, WAITQ_EXCLUSIVE)).error; }));
        ASSERT_TRUE(until([&] { return info(file).event_waiters_exclusive == i; }));
    }
    fire(file, nr, [] {});
    ASSERT_TRUE(until([&] { return info(file).event_waiters_exclusive == many - nr; }));
    EXPECT_EQ(info(file).woken, nr);
    wake(file, 0, every_one);
    for (const auto &waiter : waiters)
        EXPECT_EQ(waiter->result(), 0);
    EXPECT_EQ(info(file).woken, many);
}

// Those that are passed over count: no more than a chunk of them in the interrupt.
TEST_F(TimerChunk, AWaiterBehindManyOthersIsReachedByAThread)
{
    const File file;
    std::vector<std::unique_ptr<Caller>> waiters;
    for (__u64 i = 1; i <= many; ++i) {
        waiters.push_back(std::make_unique<Caller>(
            [&, i] { return wait(file, wait_request(i == many ? 1 : 2)).error; }));
        ASSERT_TRUE(until([&] { return info(file).event_waiters == i; }));
    }
    __u64 woken = poison;
    fire(file, every_one, [&] { woken = info(file).woken; });
    EXPECT_EQ(woken, 0U);
    EXPECT_EQ(waiters.back()->result(), 0);
    wake(file, 1, every_one);
    for (const auto &waiter : waiters)
        EXPECT_EQ(waiter->result(), 0);
}

// One of them may be an epoll set that thousands poll, and the kernel tells these in one go.
TEST_F(TimerChunk, PollersAreToldByAThread)
{
    const File file;
    const Descriptor events(open_eventfd(file));
    for (const bool on_eventfd : {false, true}) {
        const Descriptor &polled = on_eventfd ? events : static_cast<const Descriptor &>(file);
        const std::uint32_t event = on_eventfd ? EPOLLIN : EPOLLMSG;
        std::vector<std::unique_ptr<Epoll>> epolls;
        for (__u64 i = 0; i < many; ++i) {
            epolls.push_back(std::make_unique<Epoll>());
            epolls.back()->add(polled, event);
        }
        __u64 told = 0;
        fire(file, 1, [&] {
            for (const auto &epoll : epolls)
                told += epoll->wait(0) != 0;
        });
        EXPECT_EQ(told, 0U);
        for (const auto &epoll : epolls)
            EXPECT_EQ(epoll->wait(static_cast<int>(patience().count()) * 1000), event);
        ASSERT_EQ(take(file), 0);
    }
}

} // namespace
} // namespace waitq::test
