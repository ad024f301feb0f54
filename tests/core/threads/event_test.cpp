// SPDX-License-Identifier: GPL-2.0
// event_test.cpp - waiters, wakers and timers: what is posted is taken once, and no task sleeps on.
#include "crowd.hpp"
#include "device.hpp"

#include <gtest/gtest.h>

namespace threads {
namespace {

class Event : public testing::Test {
protected:
    Event() : device(64), file(device) {}
    ~Event() override
    {
        const waitq_info info = device.info();
        EXPECT_EQ(info.event_waiters + info.event_waiters_exclusive, 0U);
        EXPECT_EQ(info.counter + taken, posted);
        EXPECT_EQ(info.timeouts, timeouts);
    }

    // One wait, taking 1. True: taken.
    bool take(unsigned int state, unsigned int flags, bool timed)
    {
        waitq_wait request{};
        request.flags = WAITQ_CONSUME | flags | (timed ? WAITQ_TIMEOUT : 0U);
        request.state = state;
        request.threshold = 1;
        request.timeout_ns = timed ? jiffy_ns : 0;
        const long result = file.wait(request);
        take_signals();
        taken += result == 0;
        timeouts += result == -ETIMEDOUT;
        EXPECT_TRUE(result == 0 || result == restart || result == -ETIMEDOUT) << result;
        return result == 0;
    }

    void post(__u32 nr, __u64 n)
    {
        waitq_wake request{};
        request.nr = nr;
        request.post = n;
        posted += n;
        EXPECT_EQ(file.wake(request), 0);
    }

    // Each of `waiters` takes `each`; two wakers post as much.
    void wait_and_wake(unsigned int waiters, unsigned int each, bool all_exclusive, bool disturbed)
    {
        Sum left = waiters;
        Crowd waiting, waking;
        waiting.add(waiters, [&, all_exclusive](unsigned int i) {
            for (unsigned int done = 0; done < each;)
                done += take((i + done) % 4, all_exclusive || i % 2 ? WAITQ_EXCLUSIVE : 0,
                             (i + done) % 3 == 0);
            --left;
        });
        waking.add(2, [&](unsigned int i) {
            Dice dice(i + 1);
            const unsigned int share = waiters * each / 2;
            for (unsigned int done = 0; done < share;) {
                const unsigned int n = std::min(1 + dice.below(3), share - done);
                // One post of n for n consumers wants n of them woken.
                switch (dice.below(4)) {
                case 0:
                    for (unsigned int k = 0; k < n; ++k)
                        post(1, 1);
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
                done += n;
            }
        });
        if (disturbed)
            waiting.disturb([&] { return left == 0; });
        waiting.join();
        waking.join();
        EXPECT_EQ(taken, std::uint64_t{waiters} * each);
    }

    Device device;
    Open file;
    Sum posted = 0, taken = 0, timeouts = 0;
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
    Crowd crowd;
    Sum ended = 0;
    crowd.add(3, [&](unsigned int) {
        EXPECT_FALSE(take(WAITQ_STATE_KILLABLE, WAITQ_EXCLUSIVE, false));
        ++ended;
    });
    while (ended != 3)
        crowd.signal_all(true);
    crowd.join();
}

TEST_F(Event, TimeoutsAgainstWakeUps)
{
    Crowd crowd;
    Sum left = 3;
    crowd.add(3, [&](unsigned int i) {
        for (unsigned int n = 0; n < 60; ++n)
            take(i % 2 ? WAITQ_STATE_UNINTERRUPTIBLE : WAITQ_STATE_INTERRUPTIBLE,
                 i != 2 ? WAITQ_EXCLUSIVE : 0, true);
        --left;
    });
    crowd.add(1, [&](unsigned int) {
        while (left != 0) {
            // At about the time when timeouts are over.
            for (const long long tick = kapi_now_ns() / jiffy_ns; kapi_now_ns() / jiffy_ns == tick;)
                std::this_thread::yield();
            post(1, 1);
        }
    });
    crowd.join();
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
            post(1, 1);
    });
    crowd.join();
    while (ended == 0)
        greedy.signal_all();
    greedy.join();
}

// ---- EVENTFD ----

// Some of the reads can't be delivered: what was taken goes back, and to others.
TEST_F(Event, ReadersThatFaultGiveBack)
{
    Crowd crowd;
    constexpr unsigned int each = 500;
    crowd.add(3, [&](unsigned int i) {
        for (unsigned int done = 0; done < each; ++done) {
            current().failing_copy = i == 0 ? 1 : 0;
            const long result = device.take();
            EXPECT_EQ(result, i == 0 ? -EFAULT : 8);
            taken += result == 8;
        }
    });
    crowd.add(1, [&](unsigned int) {
        for (unsigned int n = 0; n < 2 * each; ++n)
            post(1, 1);
        post(0, 1); // for the task that only ever gives back
    });
    crowd.join();
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
            post(1, 1);
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
