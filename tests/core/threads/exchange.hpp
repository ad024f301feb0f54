// SPDX-License-Identifier: GPL-2.0
// exchange.hpp - waiters that take events and wakers that post them, on the device or in the lab:
// what is posted is taken once, and no task sleeps on.
#pragma once

#include "crowd.hpp"
#include "device.hpp"

#include <gtest/gtest.h>

namespace threads {

class Exchange : public testing::Test {
protected:
    // One wait for 1, in one of several ways. True: taken.
    virtual bool take_by(unsigned int way, bool exclusive) = 0;
    // Posts 1 and wakes one exclusive waiter.
    virtual void post_one() = 0;
    // Posts n for n consumers, all of which it wakes, in a way that `dice` say.
    virtual void post_by(Dice &dice, unsigned int n) = 0;

    // How a wait for 1 ended. True: taken.
    bool ended(long result)
    {
        take_signals();
        taken += result == 0;
        timeouts += result == -ETIMEDOUT;
        EXPECT_TRUE(result == 0 || result == restart || result == -ETIMEDOUT) << result;
        return result == 0;
    }

    template <class Info>
    void expect_balanced(const Info &info) const
    {
        EXPECT_EQ(info.counter + taken, posted);
        EXPECT_EQ(info.timeouts, timeouts);
    }

    // Each of `waiters` takes `each`; two wakers post as much.
    void wait_and_wake(unsigned int waiters, unsigned int each, bool all_exclusive, bool disturbed)
    {
        Sum left = waiters;
        Crowd waiting, waking;
        waiting.add(waiters, [&, all_exclusive](unsigned int i) {
            for (unsigned int done = 0; done < each;)
                done += take_by(i + done, all_exclusive || i % 2);
            --left;
        });
        waking.add(2, [&](unsigned int i) {
            Dice dice(i + 1);
            const unsigned int share = waiters * each / 2;
            for (unsigned int done = 0; done < share;) {
                const unsigned int n = std::min(1 + dice.below(3), share - done);
                post_by(dice, n);
                done += n;
            }
        });
        if (disturbed)
            waiting.disturb([&] { return left == 0; });
        waiting.join();
        waking.join();
        EXPECT_EQ(taken, std::uint64_t{waiters} * each);
    }

    // Three tasks in a killable `take`: each ends by a fatal signal, with nothing.
    template <class Take>
    void kill_waiters(Take take)
    {
        Crowd crowd;
        Sum killed = 0;
        crowd.add(3, [&](unsigned int) {
            EXPECT_FALSE(take());
            ++killed;
        });
        while (killed != 3)
            crowd.signal_all(true);
        crowd.join();
    }

    // Three tasks time out, by `take(i)`, while posts come.
    template <class Take>
    void time_out_against_wake_ups(Take take)
    {
        Crowd crowd;
        Sum left = 3;
        crowd.add(3, [&](unsigned int i) {
            for (unsigned int n = 0; n < 60; ++n)
                take(i);
            --left;
        });
        crowd.add(1, [&](unsigned int) {
            while (left != 0) {
                // At about the time when timeouts are over.
                for (const long long tick = kapi_now_ns() / jiffy_ns;
                     kapi_now_ns() / jiffy_ns == tick;)
                    std::this_thread::yield();
                post_one();
            }
        });
        crowd.join();
    }

    // Three tasks take, by `take`, which returns `success`; the copy number `copy` to the first of
    // them fails each time, so that its event goes back, and to others.
    template <class Take>
    void fault_and_give_back(unsigned int copy, long success, Take take)
    {
        constexpr unsigned int each = 500;
        Crowd crowd;
        crowd.add(3, [&](unsigned int i) {
            for (unsigned int done = 0; done < each; ++done) {
                current().failing_copy = i == 0 ? copy : 0;
                const long result = take();
                EXPECT_EQ(result, i == 0 ? -EFAULT : success);
                taken += result == success;
            }
        });
        crowd.add(1, [&](unsigned int) {
            for (unsigned int n = 0; n < 2 * each + 1; ++n) // 1 for the task that gives back
                post_one();
        });
        crowd.join();
    }

    Sum posted = 0, taken = 0, timeouts = 0;
};

} // namespace threads
