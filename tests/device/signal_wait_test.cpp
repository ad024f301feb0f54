// SPDX-License-Identifier: GPL-2.0
// signal_wait_test.cpp - WAITQ_IOC_SIGNAL_WAIT, and WAITQ_SYNC: where a woken task runs.
#include "support/hog.hpp"
#include "support/module.hpp"
#include "support/tasks.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <limits>
#include <poll.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <utility>
#include <vector>
#include <waitq/device.hpp>

namespace waitq::test {
namespace {

class SignalWait : public WithModule {
protected:
    SignalWait() : WithModule("queues=2") {}
};

// The device that is posted to, and the one that is waited on.
struct Two {
    const File to{O_RDWR, 0}, on{O_RDWR, 1};
};

waitq_signal_wait request(const Descriptor &to, __u64 post = 1, __u64 threshold = 1)
{
    waitq_signal_wait made{};
    made.size = sizeof made;
    made.flags = WAITQ_EXCLUSIVE | WAITQ_CONSUME;
    made.fd = static_cast<__u32>(to.fd());
    made.threshold = threshold;
    made.post = post;
    return made;
}

// Sleeps until there is an event.
long take_one(const Descriptor &file)
{
    return value_of(ioctl(file.fd(), WAITQ_IOC_TAKE, 1UL));
}

Answer<waitq_signal_wait> signal_wait(const Descriptor &on, const waitq_signal_wait &made)
{
    return call(on, WAITQ_IOC_SIGNAL_WAIT, made);
}

TEST_F(SignalWait, PostsAndTakes)
{
    const Two two;
    EXPECT_EQ(wake(two.on, 1).error, 0);
    EXPECT_EQ(signal_wait(two.on, request(two.to, 3)).error, 0);
    EXPECT_EQ(info(two.to).counter, 3U);
    EXPECT_EQ(info(two.on).counter, 0U);
}

TEST_F(SignalWait, WakesTheOneAndIsWokenByIt)
{
    const Two two;
    Caller peer([&] { return take_one(two.to) ? -1 : wake(two.on, 1).error; });
    ASSERT_TRUE(asleep(peer.tid(), 'S', two.to, &waitq_info::event_waiters_exclusive));
    EXPECT_EQ(signal_wait(two.on, request(two.to)).error, 0);
    EXPECT_EQ(peer.result(), 0);
}

TEST_F(SignalWait, OfOneQueue)
{
    const Two two;
    EXPECT_EQ(signal_wait(two.to, request(two.to, 2)).error, 0);
    EXPECT_EQ(info(two.to).counter, 1U);
}

TEST_F(SignalWait, BothOrNeither)
{
    const Two two;
    EXPECT_EQ(wake(two.to, WAITQ_COUNTER_MAX).error, 0);
    EXPECT_EQ(wake(two.on, 1).error, 0);
    EXPECT_EQ(signal_wait(two.on, request(two.to)).error, -EOVERFLOW);
    EXPECT_EQ(info(two.on).counter, 1U);
    EXPECT_EQ(info(two.to).counter, WAITQ_COUNTER_MAX);
    EXPECT_EQ(signal_wait(two.on, request(two.to, ~0ULL)).error, -EOVERFLOW);
}

TEST_F(SignalWait, NothingIsPostedByABadCall)
{
    const Two two;
    const File readable(O_RDONLY, 0), writable(O_WRONLY, 1);
    const Descriptor null(::open("/dev/null", O_RDWR)), eventfd(open_eventfd(two.to));
    EXPECT_EQ(signal_wait(two.on, request(readable)).error, -EBADF);
    EXPECT_EQ(signal_wait(writable, request(two.to)).error, -EBADF);
    EXPECT_EQ(signal_wait(two.on, request(null)).error, -EBADF);
    EXPECT_EQ(signal_wait(two.on, request(eventfd)).error, -EBADF);
    auto bad = request(two.to);
    bad.fd = ~0U;
    EXPECT_EQ(signal_wait(two.on, bad).error, -EBADF);
    bad = request(two.to);
    bad.threshold = 0;
    EXPECT_EQ(signal_wait(two.on, bad).error, -EINVAL);
    bad = request(two.to);
    bad.flags |= WAITQ_SYNC;
    EXPECT_EQ(signal_wait(two.on, bad).error, -EINVAL);
    bad = request(two.to);
    bad.state = 4;
    EXPECT_EQ(signal_wait(two.on, bad).error, -EINVAL);
    EXPECT_EQ(info(two.to).counter, 0U);
}

TEST_F(SignalWait, OnlyWaitsWithoutAPost)
{
    const Two two;
    EXPECT_EQ(wake(two.on, 1).error, 0);
    auto only = request(two.to, 0);
    only.fd = ~0U;
    EXPECT_EQ(signal_wait(two.on, only).error, 0);
}

TEST_F(SignalWait, TimeIsUp)
{
    const Two two;
    auto timed_one = request(two.to);
    timed_one.flags |= WAITQ_TIMEOUT;
    timed_one.timeout_ns = 2'000'000;
    EXPECT_EQ(signal_wait(two.on, timed_one).error, -ETIMEDOUT);
    EXPECT_EQ(info(two.to).counter, 1U);
}

// The post takes longer than the call may last. Then the call does not sleep for the rest of a time
// that is over.
TEST_F(SignalWait, ThePostTakesOfItsTime)
{
    constexpr std::size_t entries = 200'000;
    const Two two;
    const Child poller([&] {
        const rlimit files{entries + 64, entries + 64};
        std::vector<pollfd> list(entries, pollfd{two.to.fd(), POLLPRI, 0});
        return setrlimit(RLIMIT_NOFILE, &files) == 0 ? poll(list.data(), list.size(), -1) : 1;
    });
    ASSERT_TRUE(until([&] { return state_of(poller.pid()) == 'S'; }));
    __s64 shortest = std::numeric_limits<__s64>::max();
    for (int times = 0; times < 3; ++times) {
        const __s64 begin = now();
        ASSERT_EQ(wake(two.to, 1).error, 0);
        shortest = std::min(shortest, now() - begin);
    }
    for (const __u32 flags : {0U, WAITQ_ABSOLUTE}) {
        auto made = request(two.to);
        made.flags |= WAITQ_TIMEOUT | flags;
        made.timeout_ns = shortest / 4 + (flags != 0 ? now() : 0);
        rusage before{}, after{};
        getrusage(RUSAGE_THREAD, &before);
        EXPECT_EQ(signal_wait(two.on, made).error, -ETIMEDOUT);
        getrusage(RUSAGE_THREAD, &after);
        EXPECT_EQ(after.ru_nvcsw, before.ru_nvcsw) << "it has slept";
    }
}

TEST_F(SignalWait, PostsOnceThoughASignalEndsIt)
{
    const Two two;
    waitq_signal_wait left{};
    Caller waiter([&] {
        const auto answer = signal_wait(two.on, request(two.to));
        left = answer.out;
        return answer.error;
    });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', two.on, &waitq_info::event_waiters_exclusive));
    waiter.signal();
    EXPECT_EQ(waiter.result(), -EINTR);
    EXPECT_EQ(left.post, 0U);
    EXPECT_EQ(info(two.to).counter, 1U);
}

TEST_F(SignalWait, PostsOnceThoughItGoesOn)
{
    const Two two;
    struct sigaction action {};
    action.sa_handler = [](int) {};
    action.sa_flags = SA_RESTART;
    struct sigaction before_it {};
    Caller waiter([&] { return signal_wait(two.on, request(two.to)).error; });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', two.on, &waitq_info::event_waiters_exclusive));
    ASSERT_EQ(sigaction(SIGUSR1, &action, &before_it), 0);
    for (int i = 0; i < 3; ++i) {
        const __u64 before = info(two.on).interrupted;
        waiter.signal();
        ASSERT_TRUE(until([&] { return info(two.on).interrupted > before; }));
        ASSERT_TRUE(asleep(waiter.tid(), 'S', two.on, &waitq_info::event_waiters_exclusive));
    }
    ASSERT_EQ(sigaction(SIGUSR1, &before_it, nullptr), 0);
    EXPECT_EQ(info(two.to).counter, 1U);
    EXPECT_EQ(wake(two.on, 1).error, 0);
    EXPECT_EQ(waiter.result(), 0);
}

TEST_F(SignalWait, OfTheLibrary)
{
    const auto to = Device::open(0U), on = Device::open(1U);
    ASSERT_TRUE(to && on);
    EXPECT_EQ(*on->post(), 0U);
    EXPECT_EQ(on->signal_and_wait(*to, {.consume = true}, 4)->outcome, Outcome::Satisfied);
    EXPECT_EQ(to->info()->counter, 4U);
}

// ---- where a woken task runs ----

bool hands_over()
{
    utsname kernel{};
    unsigned major = 0, minor = 0;
    uname(&kernel);
    std::sscanf(kernel.release, "%u.%u", &major, &minor);
    return std::pair(major, minor) >= std::pair(6U, 6U);
}

// A task sleeps on CPU 1, and may run on both. A task on CPU 0 wakes it. Returns how many of
// `rounds` wake-ups let it run on CPU 0.
int woken_here(const File &file, const File &back, __u32 flags, int rounds)
{
    std::atomic<int> here = 0;
    std::atomic<bool> ready = false;
    Caller waiter([&]() -> long {
        for (int round = 0; round < rounds; ++round) {
            pin(0, 1);
            unpin(0);
            ready = true;
            if (const long error = take_one(file))
                return error;
            here += sched_getcpu() == 0;
            wake(back, 1);
        }
        return 0;
    });
    pin(0, 0);
    for (int round = 0; round < rounds; ++round) {
        EXPECT_TRUE(until([&] { return ready.load(); }));
        EXPECT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters_exclusive));
        ready = false;
        auto request = wake_request(1);
        request.flags = flags;
        EXPECT_EQ(wake(file, request).error, 0);
        EXPECT_EQ(take_one(back), 0);
    }
    unpin(0);
    EXPECT_EQ(waiter.result(), 0);
    return here;
}

TEST_F(SignalWait, SyncLetsTheWokenTaskRunHere)
{
    const Two two;
    if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
        GTEST_SKIP() << "this machine has one CPU";
    constexpr int rounds = 50;
    const int plain = woken_here(two.to, two.on, 0, rounds);
    const int sync = woken_here(two.to, two.on, WAITQ_SYNC, rounds);
    std::printf("# woken on the waker's CPU, of %d: %d, and with WAITQ_SYNC %d\n", rounds, plain,
                sync);
    RecordProperty("plain", plain);
    RecordProperty("sync", sync);
    if (hands_over()) {
        EXPECT_GE(sync, rounds * 9 / 10);
    }
}

} // namespace
} // namespace waitq::test
