// SPDX-License-Identifier: GPL-2.0
// event_test.cpp - waiters, wakers and timers: what is posted is taken once, and no task sleeps on.
#include "exchange.hpp"

namespace threads {
namespace {

class Event : public Exchange {
protected:
    Event() : device(64), file(device) {}
    ~Event() override
    {
        const waitq_info info = device.info();
        EXPECT_EQ(info.event_waiters + info.event_waiters_exclusive, 0U);
        expect_balanced(info);
    }

    // One wait, taking 1. True: taken.
    bool take(unsigned int state, unsigned int flags, bool timed)
    {
        waitq_wait request{};
        request.flags = WAITQ_CONSUME | flags | (timed ? WAITQ_TIMEOUT : 0U);
        request.state = state;
        request.threshold = 1;
        request.timeout_ns = timed ? jiffy_ns : 0;
        return ended(file.wait(request));
    }
    bool take_by(unsigned int way, bool exclusive) override
    {
        return take(way % 4, exclusive ? WAITQ_EXCLUSIVE : 0, way % 3 == 0);
    }

    void post(__u32 nr, __u64 n)
    {
        waitq_wake request{};
        request.nr = nr;
        request.post = n;
        posted += n;
        EXPECT_GE(file.wake(request), 0);
    }
    void post_one() override { post(1, 1); }
    void post_by(Dice &dice, unsigned int n) override
    {
        switch (dice.below(4)) {
        case 0:
            for (unsigned int k = 0; k < n; ++k)
                post_one();
            break;
        case 1:
            post(n, n);
            break;
        case 2:
            posted += n;
            EXPECT_EQ(device.add(n), 8);
            break;
        default:
            post(0, n);
        }
    }

    Device device;
    Open file;
};

TEST_F(Event, ExclusiveWaiters)
{
    wait_and_wake(4, 1000, true, false);
}

TEST_F(Event, MixedWaiters)
{
    wait_and_wake(4, 1000, false, false);
}

TEST_F(Event, MixedWaitersUnderSignals)
{
    wait_and_wake(4, 500, false, true);
}

TEST_F(Event, FatalSignalEndsKillableWait)
{
    kill_waiters([&] { return take(WAITQ_STATE_KILLABLE, WAITQ_EXCLUSIVE, false); });
}

TEST_F(Event, TimeoutsAgainstWakeUps)
{
    time_out_against_wake_ups([&](unsigned int i) {
        take(i % 2 ? WAITQ_STATE_UNINTERRUPTIBLE : WAITQ_STATE_INTERRUPTIBLE,
             i != 2 ? WAITQ_EXCLUSIVE : 0, true);
    });
}

// A task that waits for what never comes keeps no event from the others.
TEST_F(Event, ThresholdsSideBySide)
{
    Crowd greedy, crowd;
    Sum ended = 0;
    greedy.add(1, [&](unsigned int) {
        waitq_wait request{};
        request.flags = WAITQ_CONSUME | WAITQ_EXCLUSIVE;
        request.threshold = 1'000'000;
        EXPECT_EQ(file.wait(request), restart);
        take_signals();
        ++ended;
    });
    crowd.add(2, [&](unsigned int i) {
        for (unsigned int n = 0; n < 500;)
            n += take(WAITQ_STATE_INTERRUPTIBLE, i ? WAITQ_EXCLUSIVE : 0, false);
    });
    crowd.add(1, [&](unsigned int) {
        for (unsigned int n = 0; n < 1000; ++n)
            post_one();
    });
    crowd.join();
    while (ended == 0)
        greedy.signal_all();
    greedy.join();
}

// ---- EVENTFD ----

// Some of the reads can't be delivered.
TEST_F(Event, ReadersThatFaultGiveBack)
{
    fault_and_give_back(1, 8, [&] { return device.take(); });
}

// A full counter: writers sleep for room that readers and waiters make.
TEST_F(Event, WritersOfAFullCounter)
{
    constexpr unsigned int each = 500;
    posted += WAITQ_COUNTER_MAX;
    EXPECT_EQ(device.add(WAITQ_COUNTER_MAX), 8);
    Crowd crowd;
    crowd.add(2, [&](unsigned int) {
        for (unsigned int n = 0; n < each; ++n) {
            ++posted;
            EXPECT_EQ(device.add(1), 8);
        }
    });
    crowd.add(2, [&](unsigned int i) {
        for (unsigned int n = 0; n < each; ++n) {
            if (i == 0) {
                EXPECT_EQ(device.take(), 8);
                ++taken;
            } else {
                EXPECT_TRUE(take(WAITQ_STATE_INTERRUPTIBLE, 0, false));
            }
        }
    });
    crowd.join();
}

// ---- timers ----

TEST_F(Event, TimersPost)
{
    constexpr unsigned int files = 3, count = 40, rounds = 5;
    Sum fired = 0;
    Crowd crowd;
    crowd.add(files, [&](unsigned int i) {
        Open own(device, i % 2);
        for (unsigned int round = 0; round < rounds; ++round) {
            waitq_timer request{};
            request.period_ns = WAITQ_TIMER_PERIOD_MIN_NS;
            request.delay_ns = 1000;
            request.count = count;
            request.post = 1;
            ASSERT_EQ(own.timer(request), 0);
            // The wait is ended by firings of whichever timer.
            waitq_wait wait{};
            wait.threshold = fired + 1;
            ASSERT_EQ(own.wait(wait), 0);
            request = {};
            request.flags = WAITQ_CANCEL;
            ASSERT_EQ(own.timer(request), 0);
            EXPECT_LE(request.fired, count);
            fired += request.fired;
            posted += request.fired;
        }
    });
    crowd.join();
}

// Several arm and cancel one timer, and files come and go with theirs armed.
TEST_F(Event, TimersAgainstCancelAndClose)
{
    Crowd crowd;
    Open shared(device);
    Sum fired = 0;
    crowd.add(3, [&](unsigned int i) {
        Dice dice(i + 1);
        for (unsigned int n = 0; n < 300; ++n) {
            waitq_timer request{};
            request.period_ns = WAITQ_TIMER_PERIOD_MIN_NS;
            request.delay_ns = dice.below(20'000);
            request.post = 1;
            if (dice.below(2) == 0) {
                request = {};
                request.flags = WAITQ_CANCEL;
            }
            ASSERT_EQ(shared.timer(request), 0);
            fired += request.fired;
            if (n % 8 == 0) {
                Open own(device, i);
                request = {};
                request.delay_ns = dice.below(2'000);
                request.count = 1;
                ASSERT_EQ(own.timer(request), 0);
            }
        }
    });
    crowd.join();
    waitq_timer request{};
    request.flags = WAITQ_CANCEL;
    ASSERT_EQ(shared.timer(request), 0);
    posted += fired + request.fired;
}

TEST_F(Event, FiguresAreReadMeanwhile)
{
    Sum done = 0;
    Crowd crowd;
    crowd.add(2, [&](unsigned int) {
        for (unsigned int n = 0; n < 2000; ++n)
            post_one();
        ++done;
    });
    crowd.add(1, [&](unsigned int) {
        EpollEntry entry(file.native(), KAPI_EPOLLMSG, true);
        while (done != 2) {
            waitq_info info{};
            ASSERT_EQ(file.call(WAITQ_NR_INFO, info), 0);
            EXPECT_LE(info.counter, 4000U);
        }
    });
    crowd.join();
}

} // namespace
} // namespace threads

int main(int argc, char **argv)
{
    testing::InitGoogleTest(&argc, argv);
    waitq_core_init();
    lab_core_init();
    const int status = RUN_ALL_TESTS();
    waitq_core_exit();
    if (threads::allocations() != 0)
        threads::broken("kernel memory is never freed");
    return status;
}
