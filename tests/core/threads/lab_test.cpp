// SPDX-License-Identifier: GPL-2.0
// lab_test.cpp - waiters and wakers of the lab: what is posted is taken once, and no task sleeps
// on.
#include "crowd.hpp"
#include "device.hpp"

#include <gtest/gtest.h>

namespace threads {
namespace {

// Those of the table that this kernel of threads has: rest.cpp.
constexpr __u32 wait_kinds[] = {0, 1, 2, 3, 4, 5};
constexpr bool has_timeout[] = {false, true, false, true, false, true};

class LabEvents : public testing::Test {
protected:
    ~LabEvents() override
    {
        const lab_info info = lab.info();
        EXPECT_EQ(info.waiters + info.waiters_exclusive, 0U);
        EXPECT_EQ(info.counter + taken, posted);
        EXPECT_EQ(info.timeouts, timeouts);
    }

    // One wait, taking 1. True: taken.
    bool take(__u32 kind, bool exclusive)
    {
        lab_wait request{};
        request.kind = kind;
        request.flags = LAB_CONSUME | (exclusive ? LAB_EXCLUSIVE : 0U);
        request.threshold = 1;
        request.timeout_ns = has_timeout[kind] ? jiffy_ns : 0;
        const long result = lab.call(LAB_NR_WAIT, request);
        take_signals();
        taken += result == 0;
        timeouts += result == -ETIMEDOUT;
        EXPECT_TRUE(result == 0 || result == restart || result == -ETIMEDOUT) << result;
        return result == 0;
    }

    void post(__u32 kind, __u32 nr, __u64 n)
    {
        lab_wake request{};
        request.kind = kind;
        request.nr = nr;
        request.post = n;
        posted += n;
        EXPECT_EQ(lab.call(LAB_NR_WAKE, request), 0);
    }

    // Each of `waiters` takes `each`; two wakers post as much.
    void wait_and_wake(unsigned int waiters, unsigned int each, bool all_exclusive, bool disturbed)
    {
        Sum left = waiters;
        Crowd waiting, waking;
        waiting.add(waiters, [&, all_exclusive](unsigned int i) {
            for (unsigned int done = 0; done < each;)
                done +=
                    take(wait_kinds[(i + done) % std::size(wait_kinds)], all_exclusive || i % 2);
            --left;
        });
        waking.add(2, [&](unsigned int i) {
            Dice dice(i + 1);
            const unsigned int share = waiters * each / 2;
            for (unsigned int done = 0; done < share;) {
                const unsigned int n = std::min(1 + dice.below(3), share - done);
                // One post of n for n consumers wants n of them woken.
                switch (dice.below(3)) {
                case 0:
                    for (unsigned int k = 0; k < n; ++k)
                        post(LAB_WAKE_UP, 0, 1);
                    break;
                case 1:
                    post(LAB_WAKE_UP_NR, n, n);
                    break;
                default:
                    post(LAB_WAKE_UP_ALL, 0, n);
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

    Lab lab;
    Sum posted = 0, taken = 0, timeouts = 0;
};

TEST_F(LabEvents, ExclusiveWaiters)
{
    wait_and_wake(4, 1000, true, false);
}

TEST_F(LabEvents, MixedWaiters)
{
    wait_and_wake(4, 1000, false, false);
}

TEST_F(LabEvents, MixedWaitersUnderSignals)
{
    wait_and_wake(4, 500, false, true);
}

TEST_F(LabEvents, FatalSignalEndsKillableWait)
{
    Crowd crowd;
    Sum ended = 0;
    crowd.add(3, [&](unsigned int) {
        EXPECT_FALSE(take(LAB_WAIT_EVENT_KILLABLE, true));
        ++ended;
    });
    while (ended != 3)
        crowd.signal_all(true);
    crowd.join();
}

TEST_F(LabEvents, TimeoutsAgainstWakeUps)
{
    Crowd crowd;
    Sum left = 3;
    crowd.add(3, [&](unsigned int i) {
        for (unsigned int n = 0; n < 60; ++n)
            take(i % 2 ? LAB_WAIT_EVENT_TIMEOUT : LAB_WAIT_EVENT_INTERRUPTIBLE_TIMEOUT, i != 2);
        --left;
    });
    crowd.add(1, [&](unsigned int) {
        while (left != 0) {
            // At about the time when timeouts are over.
            for (const long long tick = kapi_now_ns() / jiffy_ns; kapi_now_ns() / jiffy_ns == tick;)
                std::this_thread::yield();
            post(LAB_WAKE_UP, 0, 1);
        }
    });
    crowd.join();
}

// The answer can't be delivered: what was taken goes back, and to others.
TEST_F(LabEvents, FaultsGiveBack)
{
    Crowd crowd;
    constexpr unsigned int each = 500;
    crowd.add(3, [&](unsigned int i) {
        for (unsigned int done = 0; done < each;) {
            current().failing_copy = i == 0 ? 2 : 0;
            lab_wait request{};
            request.kind = LAB_WAIT_EVENT_INTERRUPTIBLE;
            request.flags = LAB_CONSUME | LAB_EXCLUSIVE;
            request.threshold = 1;
            const long result = lab.call(LAB_NR_WAIT, request);
            EXPECT_EQ(result, i == 0 ? -EFAULT : 0);
            taken += result == 0;
            ++done;
        }
    });
    crowd.add(1, [&](unsigned int) {
        for (unsigned int n = 0; n < 2 * each; ++n)
            post(LAB_WAKE_UP, 0, 1);
        post(LAB_WAKE_UP_ALL, 0, 1); // for the task that only ever gives back
    });
    crowd.join();
}

} // namespace
} // namespace threads
