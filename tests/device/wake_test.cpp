// SPDX-License-Identifier: GPL-2.0
// wake_test.cpp - WAITQ_IOC_WAKE: whom a wake-up wakes, and in which order.
#include "support/module.hpp"
#include "support/tasks.hpp"

#include <algorithm>
#include <memory>
#include <vector>

namespace waitq::test {
namespace {

class Wake : public WithModule {
protected:
    Wake() : WithModule("queues=1") {}
};

// Tasks that wait in one queue, in the order in which they were added.
class Waiters {
public:
    explicit Waiters(const File &file) : file_(file) {}

    // Adds one and sees it asleep.
    void add(__u32 flags, __u64 threshold = 1)
    {
        callers_.push_back(std::make_unique<Caller>([this, flags, threshold] {
            return wait(file_, wait_request(threshold, flags)).error;
        }));
        const bool exclusive = (flags & WAITQ_EXCLUSIVE) != 0;
        // Tasks that were woken have left the queue, but may not have ended.
        ++count_[exclusive];
        ASSERT_TRUE(
            asleep(callers_.back()->tid(), 'S', file_,
                   exclusive ? &waitq_info::event_waiters_exclusive : &waitq_info::event_waiters,
                   count_[exclusive]));
    }
    // True if exactly those have been woken, by number, and the others sleep.
    [[nodiscard]] testing::AssertionResult woken(std::vector<std::size_t> numbers)
    {
        for (std::size_t i = 0; i < callers_.size(); ++i) {
            if (std::ranges::find(numbers, i) != numbers.end()) {
                if (!until([&] { return callers_[i]->done(); }))
                    return testing::AssertionFailure() << "waiter " << i << " sleeps";
                if (const long result = callers_[i]->result(); result != 0)
                    return testing::AssertionFailure() << "waiter " << i << " got " << result;
            } else if (callers_[i]->done() || state_of(callers_[i]->tid()) != 'S') {
                return testing::AssertionFailure() << "waiter " << i << " was woken";
            }
        }
        return testing::AssertionSuccess();
    }
    [[nodiscard]] pid_t tid(std::size_t i) const { return callers_[i]->tid(); }
    [[nodiscard]] Caller &operator[](std::size_t i) { return *callers_[i]; }

private:
    const File &file_;
    std::vector<std::unique_ptr<Caller>> callers_;
    __u64 count_[2] = {0, 0};
};

constexpr __u32 takes = WAITQ_EXCLUSIVE | WAITQ_CONSUME;

//   queue:  plain  exclusive  plain  exclusive  exclusive
//   nr n: both plain ones and the first n exclusive ones; nr 0: all
struct WakeCase {
    __u32 nr;
    __u64 exclusive;
};

void PrintTo(const WakeCase &now, std::ostream *out)
{
    *out << "nr " << now.nr;
}

class Exclusive : public Wake, public testing::WithParamInterface<WakeCase> {};

INSTANTIATE_TEST_SUITE_P(Wakes, Exclusive,
                         testing::Values(WakeCase{1, 1}, WakeCase{2, 2}, WakeCase{3, 3},
                                         WakeCase{4, 3}, WakeCase{0x80000000, 3},
                                         WakeCase{0xffffffff, 3}, WakeCase{every_one, 3}));

TEST_P(Exclusive, WakesAllPlainOnesAndSoManyExclusive)
{
    const File file;
    Waiters waiters(file);
    for (const __u32 flags : {0U, WAITQ_EXCLUSIVE, 0U, WAITQ_EXCLUSIVE, WAITQ_EXCLUSIVE})
        waiters.add(flags);
    const WakeCase &param = GetParam();
    const auto woke = wake(file, 1, param.nr);
    EXPECT_EQ(woke.error, 0);
    EXPECT_EQ(woke.woken, 2 + param.exclusive);
    EXPECT_EQ(info(file).counter, 1U);
    std::vector<std::size_t> woken{0, 2};
    for (const std::size_t i : {1U, 3U, 4U})
        if (woken.size() < 2 + param.exclusive)
            woken.push_back(i);
    EXPECT_TRUE(waiters.woken(woken));
    EXPECT_EQ(info(file).event_waiters, 0U);
    EXPECT_EQ(info(file).event_waiters_exclusive, 3 - param.exclusive);
    EXPECT_EQ(info(file).woken, 2 + param.exclusive);
    EXPECT_EQ(info(file).spurious, 0U);
    // A bare wake-up: the counter is what it was, and that is enough.
    EXPECT_EQ(wake(file, 0, every_one).woken, 3 - param.exclusive);
}

// First in, first out: for all waiters, exclusive or not, whatever their threshold.
TEST_F(Wake, FirstInFirstOut)
{
    const File file;
    Waiters waiters(file);
    for (int i = 0; i < 3; ++i) {
        waiters.add(WAITQ_CONSUME);
        waiters.add(takes);
    }
    const auto list = test::waiters(file);
    ASSERT_EQ(list.size(), 6U);
    for (std::size_t i = 0; i < list.size(); ++i)
        ASSERT_EQ(list[i].pid, static_cast<__u32>(waiters.tid(i))) << i;
    std::vector<std::size_t> woken;
    for (std::size_t i = 0; i < list.size(); ++i) {
        EXPECT_EQ(wake(file, 1, every_one).woken, 1U); // an event for one of them
        woken.push_back(i);
        EXPECT_TRUE(waiters.woken(woken));
    }
}

// A waiter that leaves by a signal and comes back is the last.
TEST_F(Wake, AWaiterThatComesBackIsTheLast)
{
    const File file;
    Waiters waiters(file);
    waiters.add(takes);
    waiters.add(takes);
    waiters[0].signal();
    EXPECT_EQ(waiters[0].result(), -EINTR);
    Caller again([&] { return wait(file, wait_request(1, takes)).error; });
    ASSERT_TRUE(asleep(again.tid(), 'S', file, &waitq_info::event_waiters_exclusive, 2));
    EXPECT_EQ(wake(file, 1).woken, 1U);
    EXPECT_EQ(waiters[1].result(), 0);
    EXPECT_EQ(state_of(again.tid()), 'S');
    EXPECT_EQ(wake(file, 1).woken, 1U);
    EXPECT_EQ(again.result(), 0);
}

// ---- thresholds mixed in one queue ---------------------------------------------------

// The first waiter's threshold is never reached: the wake-ups for one go to those behind it.
TEST_F(Wake, AThresholdThatIsNeverReachedSwallowsNothing)
{
    const File file;
    Waiters waiters(file);
    waiters.add(takes, WAITQ_COUNTER_MAX);
    waiters.add(takes);
    waiters.add(takes);
    for (std::size_t i = 1; i <= 2; ++i) {
        EXPECT_EQ(wake(file, 1, 1).woken, 1U);
        EXPECT_EQ(waiters[i].result(), 0);
        EXPECT_EQ(info(file).counter, 0U);
    }
    EXPECT_EQ(info(file).event_waiters_exclusive, 1U);
    EXPECT_EQ(state_of(waiters.tid(0)), 'S');
    EXPECT_EQ(wake(file, WAITQ_COUNTER_MAX).woken, 1U);
    EXPECT_EQ(waiters[0].result(), 0);
}

TEST_F(Wake, OnlyThoseWhoseConditionIsTrue)
{
    const File file;
    Waiters waiters(file);
    for (const __u64 threshold : {5ULL, 2ULL, 4ULL, 1ULL, 3ULL})
        waiters.add(0, threshold);
    EXPECT_EQ(wake(file, 2).woken, 2U);
    EXPECT_TRUE(waiters.woken({1, 3}));
    EXPECT_EQ(wake(file, 1).woken, 1U);
    EXPECT_TRUE(waiters.woken({1, 3, 4}));
    EXPECT_EQ(wake(file, 2).woken, 2U);
    EXPECT_TRUE(waiters.woken({0, 1, 2, 3, 4}));
    EXPECT_EQ(info(file).spurious, 0U);
}

// What one waiter takes is not there for those behind it; what it does not suffice for is.
TEST_F(Wake, TakersLeaveLessForThoseBehindThem)
{
    const File file;
    Waiters waiters(file);
    waiters.add(WAITQ_CONSUME, 3); // 0: 5 - 3 = 2 are left
    waiters.add(0, 3);             // 1: 2 do not suffice
    waiters.add(WAITQ_CONSUME, 4); // 2
    waiters.add(takes, 2);         // 3: 0 are left
    waiters.add(0, 1);             // 4
    const auto woke = wake(file, 5, every_one);
    EXPECT_EQ(woke.woken, 2U);
    EXPECT_EQ(info(file).counter, 0U);
    EXPECT_TRUE(waiters.woken({0, 3}));
    EXPECT_EQ(wake(file, 3, every_one).woken, 2U);
    EXPECT_TRUE(waiters.woken({0, 1, 3, 4}));
    EXPECT_EQ(wake(file, 1).woken, 1U);
    EXPECT_EQ(info(file).counter, 0U);
}

TEST_F(Wake, CounterIsWhatTheWakeUpLeft)
{
    const File file;
    Waiters waiters(file);
    waiters.add(takes, 2);
    waiters.add(takes, 2);
    const auto woke = wake(file, 7, 1);
    EXPECT_EQ(woke.woken, 1U);
    EXPECT_EQ(info(file).counter, 5U);
    // Enough for the second, but it was a wake-up for one.
    EXPECT_EQ(info(file).event_waiters_exclusive, 1U);
    EXPECT_EQ(wake(file, 0).woken, 1U);
    EXPECT_EQ(info(file).counter, 3U);
}

TEST_F(Wake, OverflowChangesNothing)
{
    const File file;
    ASSERT_EQ(wake(file, 5).error, 0);
    Waiters waiters(file);
    waiters.add(0, 6);
    for (const __u64 post : {~0ULL, WAITQ_COUNTER_MAX, WAITQ_COUNTER_MAX - 4})
        EXPECT_EQ(wake(file, post).error, -EOVERFLOW) << post;
    EXPECT_EQ(info(file).counter, 5U);
    EXPECT_EQ(info(file).wakes, 1U);
    EXPECT_EQ(state_of(waiters.tid(0)), 'S');
    EXPECT_EQ(wake(file, WAITQ_COUNTER_MAX - 5).error, 0);
    EXPECT_EQ(info(file).counter, WAITQ_COUNTER_MAX);
    EXPECT_EQ(wake(file, 1).error, -EOVERFLOW);
    EXPECT_EQ(wake(file, 0).error, 0);
    EXPECT_EQ(take(file, WAITQ_COUNTER_MAX), 0);
    EXPECT_EQ(info(file).counter, 0U);
}

// ---- those that leave ------------------------------------------------------------

TEST_F(Wake, SignalledExclusiveWaiterLeavesTheWakeToTheNext)
{
    const File file;
    for (int round = 0; round < 200; ++round) {
        Waiters waiters(file);
        waiters.add(takes);
        waiters.add(takes);
        waiters[0].signal();
        ASSERT_EQ(wake(file, 1).error, 0); // races with the first one's leaving
        ASSERT_TRUE(until([&] { return info(file).counter == 0; })) << "the wake was swallowed";
        ASSERT_EQ(wake(file, 1).error, 0);
        const long one = waiters[0].result();
        EXPECT_TRUE(one == 0 || one == -EINTR);
        EXPECT_EQ(waiters[1].result(), 0);
        if (one != 0) {
            ASSERT_EQ(take(file), 0);
        }
    }
}

TEST_F(Wake, ExclusiveWaiterThatTimesOutLeavesTheWakeToTheNext)
{
    const File file;
    // The first one's time runs out at about the moment of the wake, again and again.
    for (int round = 0; round < 200; ++round) {
        Caller first([&] {
            return wait(file, timed(wait_request(1, takes), 1 * ms + round * (20 * us))).error;
        });
        ASSERT_TRUE(until([&] { return info(file).event_waiters_exclusive == 1 || first.done(); }));
        Caller second([&] { return wait(file, wait_request(1, takes)).error; });
        ASSERT_TRUE(until([&] { return state_of(second.tid()) == 'S'; }));
        ASSERT_EQ(wake(file, 1).error, 0);
        ASSERT_TRUE(until([&] { return info(file).counter == 0; })) << "the wake was swallowed";
        ASSERT_EQ(wake(file, 1).error, 0);
        EXPECT_EQ(second.result(), 0);
        const long one = first.result();
        EXPECT_TRUE(one == 0 || one == -ETIMEDOUT);
        if (one != 0) {
            ASSERT_EQ(take(file), 0);
        }
    }
}

// ---- the order of condition and wake ---------------------------------------------

// The waiter has a higher priority and shares the waker's CPU, so on a preemptible kernel it
// runs in the middle of the waker's call, the moment that it is woken: what it waited for must be
// there, and what it took must be gone.
TEST_F(Wake, ConditionIsTrueBeforeTheWake)
{
    const File file;
    cpu_set_t first_cpu;
    CPU_ZERO(&first_cpu);
    CPU_SET(0, &first_cpu);
    __u64 seen = poison;
    Caller waiter([&] {
        const sched_param priority{1};
        if (sched_setaffinity(0, sizeof first_cpu, &first_cpu) != 0 ||
            sched_setscheduler(0, SCHED_FIFO, &priority) != 0)
            return -1L;
        const long error = wait(file, wait_request(2, WAITQ_CONSUME)).error;
        seen = info(file).counter;
        return error;
    });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
    Caller waker([&] {
        sched_setaffinity(0, sizeof first_cpu, &first_cpu);
        return wake(file, 3).error;
    });
    EXPECT_EQ(waker.result(), 0);
    EXPECT_EQ(waiter.result(), 0);
    EXPECT_EQ(seen, 1U);
}

// Many more than one walk wakes with the lock held at a time.
TEST_F(Wake, AllOfALongQueue)
{
    constexpr __u64 many = 3 * WAITQ_WAKE_CHUNK + 8;
    const File file;
    std::vector<std::unique_ptr<Caller>> callers;
    for (__u64 i = 0; i < many; ++i)
        callers.push_back(std::make_unique<Caller>(
            [&, i] { return wait(file, wait_request(i % 2 ? 1 : 2)).error; }));
    ASSERT_TRUE(until([&] { return info(file).event_waiters == many; }));
    EXPECT_EQ(wake(file, 1, every_one).woken, many / 2);
    ASSERT_TRUE(until([&] { return info(file).event_waiters == many / 2; }));
    EXPECT_EQ(wake(file, 1, every_one).woken, many / 2);
    for (const auto &caller : callers)
        EXPECT_EQ(caller->result(), 0);
    EXPECT_EQ(info(file).spurious, 0U);
}

// ---- POST and TAKE ----

long number(const Descriptor &file, unsigned long call, unsigned long n)
{
    return value_of(::ioctl(file.fd(), call, n));
}

TEST_F(Wake, PostAndTakeByNumber)
{
    const File file;
    EXPECT_EQ(number(file, WAITQ_IOC_POST, 3), 0);
    EXPECT_EQ(number(file, WAITQ_IOC_TAKE, 2), 0);
    EXPECT_EQ(info(file).counter, 1U);
    Caller taker([&] { return number(file, WAITQ_IOC_TAKE, 2); });
    ASSERT_TRUE(asleep(taker.tid(), 'S', file, &waitq_info::event_waiters_exclusive));
    EXPECT_EQ(number(file, WAITQ_IOC_POST, 1), 1);
    EXPECT_EQ(taker.result(), 0);
    EXPECT_EQ(info(file).counter, 0U);
}

TEST_F(Wake, TakeIsInterrupted)
{
    const File file;
    Caller taker([&] { return number(file, WAITQ_IOC_TAKE, 1); });
    ASSERT_TRUE(asleep(taker.tid(), 'S', file, &waitq_info::event_waiters_exclusive));
    taker.signal();
    EXPECT_EQ(taker.result(), -EINTR);
}

TEST_F(Wake, PostWakesAsManyAsCanTake)
{
    const File file;
    std::vector<std::unique_ptr<Caller>> takers;
    for (unsigned int i = 0; i < 5; ++i) {
        takers.push_back(std::make_unique<Caller>([&] { return number(file, WAITQ_IOC_TAKE, 1); }));
        ASSERT_TRUE(
            asleep(takers.back()->tid(), 'S', file, &waitq_info::event_waiters_exclusive, i + 1));
    }
    EXPECT_EQ(number(file, WAITQ_IOC_POST, 2), 2);
    EXPECT_EQ(info(file).event_waiters_exclusive, 3U);
    EXPECT_EQ(number(file, WAITQ_IOC_POST, 3), 3);
    for (const auto &taker : takers)
        EXPECT_EQ(taker->result(), 0);
}

TEST_F(Wake, BadNumbers)
{
    const File file;
    EXPECT_EQ(number(file, WAITQ_IOC_POST, 0), -EINVAL);
    EXPECT_EQ(number(file, WAITQ_IOC_TAKE, 0), -EINVAL);
    EXPECT_EQ(number(file, WAITQ_IOC_POST, ~0UL), -EINVAL);
    EXPECT_EQ(number(file, WAITQ_IOC_POST, WAITQ_COUNTER_MAX), 0);
    EXPECT_EQ(number(file, WAITQ_IOC_POST, 1), -EOVERFLOW);
    EXPECT_EQ(number(file, WAITQ_IOC_TAKE, WAITQ_COUNTER_MAX), 0);
    const File readable(O_RDONLY), writable(O_WRONLY), impatient(O_RDWR | O_NONBLOCK);
    EXPECT_EQ(number(readable, WAITQ_IOC_POST, 1), -EBADF);
    EXPECT_EQ(number(writable, WAITQ_IOC_TAKE, 1), -EBADF);
    EXPECT_EQ(number(impatient, WAITQ_IOC_TAKE, 1), -EAGAIN);
}

} // namespace
} // namespace waitq::test
