// SPDX-License-Identifier: GPL-2.0
// section_test.cpp - for how long one call keeps interrupts off.
//
// Each call here has one section with interrupts off, or one that is by far the longest, so the
// time of the call is the most that the section can take. The caller has the highest priority, so a
// task that it wakes does not run before the end of the call. The clock counts instructions.
#include "../device/support/calls.hpp"

#include <algorithm>
#include <atomic>
#include <gtest/gtest.h>
#include <list>
#include <sched.h>
#include <sys/mman.h>
#include <thread>
#include <vector>

namespace waitq::test {
namespace {

constexpr unsigned int queues = WAITQ_ITEMS_MAX;

// Runs at the highest priority, above the threads of the kernel that the calls leave work to.
class Highest {
public:
    Highest()
    {
        const sched_param highest{50};
        EXPECT_EQ(sched_setscheduler(0, SCHED_FIFO, &highest), 0);
    }
    ~Highest()
    {
        const sched_param none{0};
        sched_setscheduler(0, SCHED_OTHER, &none);
    }
    Highest(const Highest &) = delete;
    Highest &operator=(const Highest &) = delete;
};

class Section : public testing::Test {
protected:
    void SetUp() override
    {
        for (unsigned int i = 0; i < queues; ++i) {
            files_.emplace_back(O_RDWR, i);
            if (files_.back().fd() < 0)
                GTEST_SKIP() << "the module has not " << queues << " queues";
            take(files_.back(), info(files_.back()).counter); // of the tests before
        }
        allowed_ = chunk();
    }
    void TearDown() override
    {
        for (const File &file : files_)
            if (file.fd() >= 0)
                wake(file, WAITQ_COUNTER_MAX - info(file).counter, every_one);
        for (std::thread &thread : threads_)
            thread.join();
        for (const File &file : files_)
            take(file, info(file).counter);
    }

    // WAIT_ALL of every queue.
    long wait_all(__u64 last_threshold, __u32 item_flags, __u32 flags)
    {
        std::vector<waitq_item> items;
        for (const File &file : files_)
            items.push_back({static_cast<__u32>(file.fd()), item_flags, 1});
        items.back().threshold = last_threshold;
        const waitq_wait_many request{sizeof request, flags, 0,
                                      queues,         0,     reinterpret_cast<__u64>(items.data())};
        return call(files_.front(), WAITQ_IOC_WAIT_ALL, request).error;
    }
    void park(__u64 last_threshold, __u32 item_flags)
    {
        threads_.emplace_back([=, this] { wait_all(last_threshold, item_flags, 0); });
        while (info(files_.back()).event_waiters != 1)
            sched_yield();
    }

    // The shortest of several, so that no other interrupt counts. Before each, prepare().
    template <class Prepare, class Call>
    static __s64 shortest(Prepare prepare, Call call)
    {
        __s64 least = one_second;
        for (int i = 0; i < 10; ++i) {
            prepare();
            const Highest highest;
            const __s64 begin = now();
            call();
            least = std::min(least, now() - begin);
        }
        return least;
    }
    // That of an ordinary wake-up that wakes as many tasks as it may in one go.
    [[nodiscard]] __s64 chunk() const
    {
        std::atomic<bool> over{false};
        std::list<std::thread> waiters;
        for (unsigned int i = 0; i < WAITQ_WAKE_CHUNK; ++i)
            waiters.emplace_back([&] {
                while (!over)
                    wait(files_.front(), wait_request(1, WAITQ_CONSUME));
            });
        __u64 woken = 0;
        const __s64 result = shortest(
            [&] {
                while (info(files_.front()).event_waiters != WAITQ_WAKE_CHUNK)
                    sched_yield();
            },
            [&] { woken = wake(files_.front(), WAITQ_WAKE_CHUNK, every_one).woken; });
        EXPECT_EQ(woken, WAITQ_WAKE_CHUNK);
        over = true;
        wake(files_.front(), 2ULL * WAITQ_WAKE_CHUNK, every_one); // for those that wait once more
        for (std::thread &waiter : waiters)
            waiter.join();
        take(files_.front(), info(files_.front()).counter);
        return result;
    }
    void expect_within_chunk(const char *what, __s64 length) const
    {
        std::printf("%s: %lld instructions; %u tasks woken: %lld\n", what,
                    static_cast<long long>(length), WAITQ_WAKE_CHUNK,
                    static_cast<long long>(allowed_));
        EXPECT_LE(length, allowed_) << what;
    }

    std::list<File> files_;
    std::list<std::thread> threads_;

private:
    __s64 allowed_ = 0;
};

// The waker looks at 64 counters, and the last is too low.
TEST_F(Section, OfAPostThatLooksAt64Queues)
{
    park(WAITQ_COUNTER_MAX, 0);
    for (const File &file : files_)
        wake(file, 1, every_one);
    const __s64 length = shortest([] {}, [&] { wake(files_.front(), 1, every_one); });
    expect_within_chunk("a post that looks at 64 queues", length);
}

// The caller itself looks, and the kernel takes the counter out of 64 pages and puts it back.
TEST_F(Section, OfALookAt64QueuesWithPages)
{
    std::vector<void *> pages;
    for (const File &file : files_)
        pages.push_back(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file.fd(), 0));
    for (const File &file : files_)
        wake(file, 1, every_one);
    const __s64 length = shortest(
        [] {}, [&] { EXPECT_EQ(wait_all(WAITQ_COUNTER_MAX, 0, WAITQ_TIMEOUT), -ETIMEDOUT); });
    for (void *page : pages)
        if (page != MAP_FAILED)
            munmap(page, 4096);
    // (With its 64 files and items, which are looked up with interrupts on.)
    expect_within_chunk("WAIT_ALL that looks at 64 queues", length);
}

// Each counter was full. The waker takes of all of them, and leaves it to a thread for each to tell
// of the room.
TEST_F(Section, OfAPostThatMakesRoomIn63Queues)
{
    __u64 before = 0;
    const __s64 length = shortest(
        [&] {
            for (std::thread &thread : threads_)
                thread.join();
            threads_.clear();
            for (const File &file : files_)
                wake(file, WAITQ_COUNTER_MAX - info(file).counter, every_one);
            take(files_.front(), WAITQ_COUNTER_MAX);
            before = info(files_.back()).counter;
            park(1, WAITQ_CONSUME);
        },
        [&] { EXPECT_EQ(wake(files_.front(), 1, every_one).woken, 1U); });
    EXPECT_EQ(info(files_.back()).counter, before - 1);
    expect_within_chunk("a post that makes room in 63 queues", length);
}

} // namespace
} // namespace waitq::test
