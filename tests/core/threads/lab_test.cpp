// SPDX-License-Identifier: GPL-2.0
// lab_test.cpp - waiters and wakers of the lab: what is posted is taken once, and no task sleeps
// on.
#include "exchange.hpp"

namespace threads {
namespace {

// Those of the table that this kernel of threads has: rest.cpp.
constexpr __u32 wait_kinds[] = {0, 1, 2, 3, 4, 5};
constexpr bool has_timeout[] = {false, true, false, true, false, true};

class LabEvents : public Exchange {
protected:
    ~LabEvents() override
    {
        const lab_info info = lab.info();
        EXPECT_EQ(info.waiters + info.waiters_exclusive, 0U);
        expect_balanced(info);
    }

    // One wait, taking 1: what the call returns.
    long wait(__u32 kind, bool exclusive)
    {
        lab_wait request{};
        request.kind = kind;
        request.flags = LAB_CONSUME | (exclusive ? LAB_EXCLUSIVE : 0U);
        request.threshold = 1;
        request.timeout_ns = has_timeout[kind] ? jiffy_ns : 0;
        return lab.call(LAB_NR_WAIT, request);
    }
    bool take_by(unsigned int way, bool exclusive) override
    {
        return ended(wait(wait_kinds[way % std::size(wait_kinds)], exclusive));
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
    void post_one() override { post(LAB_WAKE_UP, 0, 1); }
    void post_by(Dice &dice, unsigned int n) override
    {
        switch (dice.below(3)) {
        case 0:
            for (unsigned int k = 0; k < n; ++k)
                post_one();
            break;
        case 1:
            post(LAB_WAKE_UP_NR, n, n);
            break;
        default:
            post(LAB_WAKE_UP_ALL, 0, n);
        }
    }

    Lab lab;
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
    kill_waiters([&] { return ended(wait(LAB_WAIT_EVENT_KILLABLE, true)); });
}

TEST_F(LabEvents, TimeoutsAgainstWakeUps)
{
    time_out_against_wake_ups([&](unsigned int i) {
        ended(wait(i % 2 ? LAB_WAIT_EVENT_TIMEOUT : LAB_WAIT_EVENT_INTERRUPTIBLE_TIMEOUT, i != 2));
    });
}

// Some of the answers can't be delivered.
TEST_F(LabEvents, FaultsGiveBack)
{
    fault_and_give_back(2, 0, [&] { return wait(LAB_WAIT_EVENT_INTERRUPTIBLE, true); });
}

} // namespace
} // namespace threads
