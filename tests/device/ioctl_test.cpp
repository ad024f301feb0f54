// SPDX-License-Identifier: GPL-2.0
// ioctl_test.cpp - everything a caller can get wrong, and that nothing changes by it.
#include "support/memory.hpp"
#include "support/untouched.hpp"

#include <limits>

namespace waitq::test {
namespace {

class Ioctl : public Untouched {};

TEST_F(Ioctl, UnknownCallOrMagicIsENOTTY)
{
    waitq_info any = before_;
    EXPECT_EQ(call(_IO(WAITQ_IOC_MAGIC, WAITQ_NR_WAIT_ALL + 1), &any), -ENOTTY);
    EXPECT_EQ(call(_IO(WAITQ_IOC_MAGIC, 0xff), &any), -ENOTTY);
    EXPECT_EQ(call(_IO('x', WAITQ_NR_INFO), &any), -ENOTTY);
    EXPECT_EQ(call(_IOR(WAITQ_IOC_MAGIC, WAITQ_NR_INFO, waitq_info), &any), -ENOTTY);
    EXPECT_EQ(call(_IOWR(WAITQ_IOC_MAGIC, WAITQ_NR_INFO, waitq_info), &any), -ENOTTY);
    EXPECT_EQ(call(0, &any), -ENOTTY);
    EXPECT_EQ(call(0xffffffff, &any), -ENOTTY);
}

TEST_F(Ioctl, WaitRefusesWhatItDoesNotKnow)
{
    using Wait = waitq_wait;
    const auto refused = [&](auto change) {
        const waitq_wait good = timed(wait_request(1, WAITQ_CONSUME), 0);
        return with(WAITQ_IOC_WAIT, good, change) == -EINVAL;
    };
    constexpr __u32 known = WAITQ_EXCLUSIVE | WAITQ_CONSUME | WAITQ_TIMEOUT | WAITQ_ABSOLUTE;
    for (int bit = 0; bit < 32; ++bit)
        if (!((1U << bit) & known)) {
            EXPECT_TRUE(refused([&](Wait &w) { w.flags |= 1U << bit; })) << "flag bit " << bit;
        }
    for (const __u32 state : {4U, 0x80000000U, 0xffffffffU})
        EXPECT_TRUE(refused([&](Wait &w) { w.state = state; })) << "state " << state;
    EXPECT_TRUE(refused([](Wait &w) { w.pad = 1; }));
    EXPECT_TRUE(refused([](Wait &w) { w.threshold = 0; }));
    EXPECT_TRUE(refused([](Wait &w) { w.threshold = WAITQ_COUNTER_MAX + 1; }));
    for (const __u32 absolute : {0U, WAITQ_ABSOLUTE})
        for (const __s64 timeout : {-1LL, std::numeric_limits<__s64>::min()})
            EXPECT_TRUE(refused([&](Wait &w) {
                w.flags |= absolute;
                w.timeout_ns = timeout;
            }));
    // A time without WAITQ_TIMEOUT.
    EXPECT_TRUE(refused([](Wait &w) {
        w.flags = WAITQ_CONSUME;
        w.timeout_ns = 1;
    }));
    EXPECT_TRUE(refused([](Wait &w) { w.flags = WAITQ_CONSUME | WAITQ_ABSOLUTE; }));
}

TEST_F(Ioctl, WakeRefusesWhatItDoesNotKnow)
{
    using Wake = waitq_wake;
    const auto refused = [&](auto change) {
        return with(WAITQ_IOC_WAKE, wake_request(1), change) == -EINVAL;
    };
    for (__u32 flag = 1; flag != 0; flag <<= 1U)
        EXPECT_TRUE(flag == WAITQ_SYNC || refused([&](Wake &w) { w.flags = flag; })) << flag;
    EXPECT_TRUE(refused([](Wake &w) { w.pad = 1; }));
    EXPECT_TRUE(refused([](Wake &w) { w.pad = 0x80000000; }));
}

TEST_F(Ioctl, TimerRefusesWhatItDoesNotKnow)
{
    using Timer = waitq_timer;
    const auto refused = [&](auto change) {
        return with(WAITQ_IOC_TIMER, timer_request(0), change) == -EINVAL;
    };
    for (int bit = 0; bit < 32; ++bit)
        if ((1U << bit) != WAITQ_ABSOLUTE) {
            EXPECT_TRUE(refused([&](Timer &t) { t.flags = 1U << bit; })) << bit;
        }
    EXPECT_TRUE(refused([](Timer &t) { t.pad = 1; }));
    EXPECT_TRUE(refused([](Timer &t) { t.delay_ns = -1; }));
    EXPECT_TRUE(refused([](Timer &t) { t.period_ns = -1; }));
    EXPECT_TRUE(refused([](Timer &t) { t.period_ns = 1; }));
    EXPECT_TRUE(refused([](Timer &t) { t.period_ns = WAITQ_TIMER_PERIOD_MIN_NS - 1; }));
    EXPECT_TRUE(refused([](Timer &t) { t.count = 0; })); // until cancelled, without a period
    EXPECT_TRUE(refused([](Timer &t) { t.count = 2; }));
}

TEST_F(Ioctl, CancelTakesNoOtherInput)
{
    using Timer = waitq_timer;
    const auto refused = [&](auto change) {
        const waitq_timer good{sizeof good, WAITQ_CANCEL, 0, 0, 0, 0, 0, 0, 0};
        return with(WAITQ_IOC_TIMER, good, change) == -EINVAL;
    };
    EXPECT_FALSE(refused([](Timer &) {}));
    EXPECT_TRUE(refused([](Timer &t) { t.flags |= WAITQ_ABSOLUTE; }));
    EXPECT_TRUE(refused([](Timer &t) { t.nr = 1; }));
    EXPECT_TRUE(refused([](Timer &t) { t.pad = 1; }));
    EXPECT_TRUE(refused([](Timer &t) { t.delay_ns = 1; }));
    EXPECT_TRUE(refused([](Timer &t) { t.period_ns = WAITQ_TIMER_PERIOD_MIN_NS; }));
    EXPECT_TRUE(refused([](Timer &t) { t.count = 1; }));
    EXPECT_TRUE(refused([](Timer &t) { t.post = 1; }));
}

TEST_F(Ioctl, EventfdRefusesWhatItDoesNotKnow)
{
    for (int bit = 0; bit < 32; ++bit)
        if (!((1U << bit) & (O_CLOEXEC | O_NONBLOCK))) {
            EXPECT_EQ(with(WAITQ_IOC_EVENTFD, waitq_eventfd{sizeof(waitq_eventfd), 0},
                           [&](waitq_eventfd &e) { e.flags = 1U << bit; }),
                      -EINVAL)
                << bit;
        }
}

TEST_F(Ioctl, InfoAndWaitersRefuseFlags)
{
    waitq_info figures{};
    figures.size = sizeof figures;
    waitq_waiter entry{};
    const waitq_waiters list{sizeof list, 0, 1, sizeof entry, reinterpret_cast<__u64>(&entry), 0};
    for (int bit = 0; bit < 32; ++bit) {
        EXPECT_EQ(with(WAITQ_IOC_INFO, figures, [&](waitq_info &i) { i.flags = 1U << bit; }),
                  -EINVAL);
        EXPECT_EQ(with(WAITQ_IOC_WAITERS, list, [&](waitq_waiters &w) { w.flags = 1U << bit; }),
                  -EINVAL);
    }
}

// ---- bad addresses -------------------------------------------------------------

TEST_F(Ioctl, BadAddressIsEFAULT)
{
    for (const int nr : {WAITQ_NR_WAIT, WAITQ_NR_WAKE, WAITQ_NR_TIMER, WAITQ_NR_EVENTFD,
                         WAITQ_NR_INFO, WAITQ_NR_WAITERS}) {
        EXPECT_EQ(call(_IO(WAITQ_IOC_MAGIC, nr), nullptr), -EFAULT) << nr;
        EXPECT_EQ(call(_IO(WAITQ_IOC_MAGIC, nr), reinterpret_cast<void *>(-4096L)), -EFAULT) << nr;
        // The size can be read, and no more.
        const EdgeOfMemory edge;
        const __u32 size = 32;
        std::memcpy(edge.with(sizeof size), &size, sizeof size);
        const long came = call(_IO(WAITQ_IOC_MAGIC, nr), edge.with(sizeof size));
        EXPECT_TRUE(came == -EFAULT || (came == -EINVAL && nr != WAITQ_NR_WAIT)) << nr;
    }
}

// What a call has to tell can't be told: then it does nothing.
TEST_F(Ioctl, NothingIsDoneWhereTheAnswerCannotBeWritten)
{
    const auto read_only = [&](unsigned long number, auto request) {
        EdgeOfMemory edge;
        std::memcpy(edge.with(sizeof request), &request, sizeof request);
        edge.writable(false);
        return call(number, edge.with(sizeof request));
    };
    EXPECT_EQ(read_only(WAITQ_IOC_TIMER, timer_request(0)), -EFAULT);
    waitq_info figures{};
    figures.size = sizeof figures;
    EXPECT_EQ(read_only(WAITQ_IOC_INFO, figures), -EFAULT);
    const waitq_waiters list{sizeof list, 0, 0, sizeof(waitq_waiter), 0, 0};
    EXPECT_EQ(read_only(WAITQ_IOC_WAITERS, list), -EFAULT);
}

// A timer that was armed stays armed if arming it anew fails.
TEST_F(Ioctl, AFailedArmingLeavesTheTimer)
{
    ASSERT_EQ(timer(*file_, timer_request(0, 1 * ms, 0, 0)).error, 0);
    const __u64 wakes = info(*file_).wakes;
    waitq_timer bad = timer_request(0);
    bad.pad = 1;
    EXPECT_EQ(timer(*file_, bad).error, -EINVAL);
    EXPECT_TRUE(until([&] { return info(*file_).wakes >= wakes + 3; }));
    EXPECT_GE(cancel_timer(*file_).out.fired, 3U);
    before_ = info(*file_);
}

TEST_F(Ioctl, WaitersIntoABadAddress)
{
    Caller waiter([&] { return wait(*file_, wait_request(6)).error; });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', *file_, &waitq_info::event_waiters));
    const EdgeOfMemory edge;
    waitq_waiters list{sizeof list, 0, 1, sizeof(waitq_waiter), 0, 0};
    EXPECT_EQ(call(WAITQ_IOC_WAITERS, &list), -EFAULT);
    list.waiters = reinterpret_cast<__u64>(edge.with(sizeof(waitq_waiter) - 8));
    EXPECT_EQ(call(WAITQ_IOC_WAITERS, &list), -EFAULT);
    list.count = WAITQ_WAITERS_MAX + 1;
    EXPECT_EQ(call(WAITQ_IOC_WAITERS, &list), -EINVAL);
    EXPECT_EQ(wake(*file_, 1).woken, 1U);
    EXPECT_EQ(waiter.result(), 0);
    before_ = info(*file_);
}

} // namespace
} // namespace waitq::test
