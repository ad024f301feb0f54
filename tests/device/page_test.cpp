// SPDX-License-Identifier: GPL-2.0
// page_test.cpp - mmap of the device: posts and takes without a system call, and what a mapping may
// not be.
#include "support/frozen.hpp"
#include "support/module.hpp"
#include "support/polling.hpp"
#include "support/tasks.hpp"

#include <atomic>
#include <fstream>
#include <random>
#include <sys/mman.h>
#include <sys/wait.h>
#include <waitq/device.hpp>

namespace waitq::test {
namespace {

const auto page_size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));

class MappedPage : public WithModule {
protected:
    MappedPage() : WithModule("queues=2") {}
};

// A mapping, by the plain calls.
class Mapping {
public:
    explicit Mapping(const Descriptor &file, int protection = PROT_READ | PROT_WRITE,
                     int flags = MAP_SHARED, std::size_t size = page_size, off_t offset = 0)
        : size_(size), at_(mmap(nullptr, size, protection, flags, file.fd(), offset)),
          error_(at_ == MAP_FAILED ? errno : 0)
    {}
    ~Mapping()
    {
        if (!error_)
            munmap(at_, size_);
    }
    Mapping(const Mapping &) = delete;
    Mapping &operator=(const Mapping &) = delete;

    [[nodiscard]] int error() const { return error_; }
    [[nodiscard]] void *at() const { return at_; }
    [[nodiscard]] std::atomic_ref<std::uint64_t> word() const
    {
        return std::atomic_ref(*static_cast<std::uint64_t *>(at_));
    }
    [[nodiscard]] bool taken() const { return word().load() == WAITQ_PAGE_TAKEN; }

private:
    std::size_t size_;
    void *at_;
    int error_;
};

long post(const Descriptor &file, const Mapping &page, unsigned long n = 1)
{
    switch (post_in_page(page.word(), n)) {
    case InPage::Done:
        return 0;
    case InPage::Overflow:
        return -EOVERFLOW;
    case InPage::AskKernel:
        break;
    }
    return value_of(ioctl(file.fd(), WAITQ_IOC_POST, n));
}

long take(const Descriptor &file, const Mapping &page, unsigned long n)
{
    if (take_in_page(page.word(), n) == InPage::Done)
        return 0;
    return value_of(ioctl(file.fd(), WAITQ_IOC_TAKE, n));
}

// ---- mappings ----

// A process in a group that pays for its memory. (The kernel's own rules of mapping such a page
// differ by version.)
TEST_F(MappedPage, IsThereForAProcessInAMemoryGroup)
{
    const Freezer group(freezers[1]);
    if (group.lacks())
        GTEST_SKIP() << "no cgroup2: " << std::strerror(group.lacks());
    std::ofstream("/tmp/cgroup2/cgroup.subtree_control") << "+memory" << std::flush;
    Child child([&] {
        group.add(getpid());
        const File file;
        return Mapping(file).error();
    });
    EXPECT_EQ(child.status(), 0);
    const File file;
    EXPECT_EQ(Mapping(file).error(), 0);
}

TEST_F(MappedPage, IsOneSharedPage)
{
    const File file;
    EXPECT_EQ(Mapping(file).error(), 0);
    EXPECT_EQ(Mapping(file, PROT_READ).error(), 0);
    EXPECT_EQ(Mapping(file, PROT_READ, MAP_PRIVATE).error(), EINVAL);
    EXPECT_EQ(Mapping(file, PROT_READ | PROT_WRITE, MAP_PRIVATE).error(), EINVAL);
    EXPECT_EQ(Mapping(file, PROT_READ | PROT_WRITE, MAP_SHARED, 2 * page_size).error(), EINVAL);
    EXPECT_EQ(
        Mapping(file, PROT_READ | PROT_WRITE, MAP_SHARED, page_size, static_cast<off_t>(page_size))
            .error(),
        EINVAL);
    EXPECT_EQ(Mapping(file, PROT_READ | PROT_EXEC).error(), EACCES);
}

TEST_F(MappedPage, AsksForTheModeOfTheFile)
{
    const File readable(O_RDONLY), writable(O_WRONLY);
    EXPECT_EQ(Mapping(readable, PROT_READ).error(), 0);
    EXPECT_EQ(Mapping(readable).error(), EACCES);
    EXPECT_EQ(Mapping(writable).error(), EACCES);
    const Mapping page(readable, PROT_READ);
    EXPECT_EQ(mprotect(page.at(), page_size, PROT_READ | PROT_WRITE), -1);
    EXPECT_EQ(errno, EACCES);
}

TEST_F(MappedPage, StaysOnePageAndIsNeverCode)
{
    const File file;
    const Mapping page(file);
    EXPECT_EQ(mprotect(page.at(), page_size, PROT_READ | PROT_EXEC), -1);
    EXPECT_EQ(errno, EACCES);
    EXPECT_EQ(mremap(page.at(), page_size, 2 * page_size, MREMAP_MAYMOVE), MAP_FAILED);
    EXPECT_EQ(errno, EFAULT);
}

TEST_F(MappedPage, TwiceIsTheSamePage)
{
    const File file, again, other(O_RDWR, 1);
    const Mapping one(file), two(again), apart(other);
    EXPECT_EQ(post(file, one, 3), 0);
    EXPECT_EQ(two.word().load(), 3U);
    EXPECT_EQ(apart.word().load(), 0U);
}

// ---- the counter ----

TEST_F(MappedPage, HasWhatThereWasAndLeavesWhatThereIs)
{
    const File file;
    EXPECT_EQ(wake(file, 5).error, 0);
    {
        const Mapping page(file);
        EXPECT_EQ(page.word().load(), 5U);
        EXPECT_EQ(post(file, page, 2), 0);
        EXPECT_EQ(info(file).counter, 7U);
        EXPECT_FALSE(page.taken());
    }
    EXPECT_EQ(info(file).counter, 7U);
    const Mapping page(file);
    EXPECT_EQ(page.word().load(), 7U);
}

TEST_F(MappedPage, EveryCallSeesIt)
{
    const File file;
    const Descriptor eventfd(open_eventfd(file));
    const Mapping page(file);
    EXPECT_EQ(post(file, page, 3), 0);
    EXPECT_EQ(wait(file, wait_request(3)).error, 0);
    EXPECT_EQ(take(file, 1), 0);
    std::uint64_t number = 0;
    EXPECT_EQ(read(eventfd, &number, sizeof number), 8);
    EXPECT_EQ(page.word().load(), 1U);
    number = 4;
    EXPECT_EQ(write(eventfd, &number, sizeof number), 8);
    EXPECT_EQ(page.word().load(), 5U);
}

TEST_F(MappedPage, IsTakenWhileATaskWaits)
{
    const File file;
    const Mapping page(file);
    Caller waiter([&] { return wait(file, wait_request(2)).error; });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
    EXPECT_TRUE(page.taken());
    EXPECT_EQ(post(file, page), 0);
    EXPECT_TRUE(page.taken());
    EXPECT_EQ(post(file, page), 1);
    EXPECT_EQ(waiter.result(), 0);
    EXPECT_EQ(page.word().load(), 2U);
}

TEST_F(MappedPage, IsLentAgainByAWaiterThatLeaves)
{
    const File file;
    const Mapping page(file);
    Caller waiter([&] { return wait(file, wait_request()).error; });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
    waiter.signal();
    EXPECT_EQ(waiter.result(), -EINTR);
    EXPECT_EQ(page.word().load(), 0U);
    EXPECT_EQ(wait(file, timed(wait_request(), 1'000'000)).error, -ETIMEDOUT);
    EXPECT_EQ(page.word().load(), 0U);
}

TEST_F(MappedPage, IsTakenWhileATaskPolls)
{
    const File file;
    const Mapping page(file);
    Caller poller([&] {
        pollfd one{file.fd(), POLLMSG, 0};
        return static_cast<long>(::poll(&one, 1, -1));
    });
    ASSERT_TRUE(until([&] { return page.taken(); }));
    EXPECT_EQ(post(file, page), 0);
    EXPECT_EQ(poller.result(), 1);
    // The next call finds that nobody polls any more.
    EXPECT_EQ(info(file).counter, 1U);
    EXPECT_EQ(page.word().load(), 1U);
}

TEST_F(MappedPage, OverflowChangesNothing)
{
    const File file;
    const Mapping page(file);
    EXPECT_EQ(post(file, page, WAITQ_COUNTER_MAX), 0);
    EXPECT_EQ(post(file, page), -EOVERFLOW);
    EXPECT_EQ(value_of(ioctl(file.fd(), WAITQ_IOC_POST, 1UL)), -EOVERFLOW);
    EXPECT_EQ(page.word().load(), WAITQ_COUNTER_MAX);
}

TEST_F(MappedPage, ATimerPostsIntoIt)
{
    const File file;
    const Mapping page(file);
    EXPECT_EQ(timer(file, timer_request(1'000'000)).error, 0);
    EXPECT_TRUE(until([&] { return page.word().load() == 1; }));
}

// ---- processes ----

TEST_F(MappedPage, AChildHasItToo)
{
    const File file;
    const Mapping page(file);
    Child child([&] { return post(file, page, 2) == 0 ? 0 : 1; });
    EXPECT_EQ(child.status(), 0);
    EXPECT_EQ(page.word().load(), 2U);
    // The child's mapping has gone, and this one stays.
    EXPECT_EQ(info(file).counter, 2U);
    EXPECT_FALSE(page.taken());
}

TEST_F(MappedPage, NoEventIsLostWithAProcessThatIsKilled)
{
    const File file;
    const Mapping page(file);
    // Where the child tells how often it has gone round.
    void *shared =
        mmap(nullptr, page_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(shared, MAP_FAILED);
    const std::atomic_ref<long> turns(*static_cast<long *>(shared));
    std::mt19937 dice(1);
    for (int round = 0; round < 100; ++round) {
        turns = 0;
        Child child([&] {
            for (;;) {
                post(file, page);
                take(file, page, 1);
                ++turns;
            }
            return 0;
        });
        const long enough = static_cast<long>(dice() % 1000);
        ASSERT_TRUE(until([&] { return turns > enough; }));
        child.signal(SIGKILL);
        EXPECT_TRUE(WIFSIGNALED(child.status()));
        // One at most, that was posted and not taken.
        const __u64 left = info(file).counter;
        ASSERT_LE(left, 1U) << "round " << round;
        ASSERT_EQ(page.word().load(), left);
        if (left) {
            ASSERT_EQ(take(file, page, 1), 0);
        }
    }
    munmap(shared, page_size);
}

TEST_F(MappedPage, PostsAndTakesOfManyAreConserved)
{
    constexpr int tasks = 4, rounds = 20'000;
    const File file;
    const Mapping page(file);
    std::atomic<long> bad = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < tasks; ++i) {
            threads.emplace_back([&] {
                for (int round = 0; round < rounds; ++round)
                    bad += post(file, page) < 0;
            });
            threads.emplace_back([&] {
                for (int round = 0; round < rounds; ++round)
                    bad += take(file, page, 1) != 0;
            });
        }
    }
    EXPECT_EQ(bad, 0);
    EXPECT_EQ(info(file).counter, 0U);
    EXPECT_EQ(page.word().load(), 0U);
}

// A hostile program harms those who share the queue, and nobody else: every call still returns
// within its contract, and the kernel's log stays clean (which the harness looks at).
TEST_F(MappedPage, AScribblerHarmsNobodyElse)
{
    const File file, other(O_RDWR, 1);
    const Mapping page(file);
    const std::uint64_t awkward[] = {0, 1, WAITQ_PAGE_TAKEN, WAITQ_COUNTER_MAX, 1ULL << 63, ~0ULL};
    const auto every_call_keeps_its_contract = [&] {
        ASSERT_LE(info(file).counter, WAITQ_COUNTER_MAX);
        const long posted = value_of(ioctl(file.fd(), WAITQ_IOC_POST, 1UL));
        ASSERT_TRUE(posted == 0 || posted == -EOVERFLOW) << posted;
        const long waited = wait(file, timed(wait_request(1, WAITQ_CONSUME), 0)).error;
        ASSERT_TRUE(waited == 0 || waited == -ETIMEDOUT) << waited;
    };
    for (const std::uint64_t value : awkward) {
        page.word().store(value);
        ASSERT_NO_FATAL_FAILURE(every_call_keeps_its_contract()) << value;
    }
    std::atomic<bool> stop = false;
    std::jthread scribbler([&] {
        std::mt19937_64 dice(7);
        while (!stop)
            page.word().store(dice() % 2 ? awkward[dice() % std::size(awkward)] : dice());
    });
    for (int round = 0; round < 20'000; ++round)
        ASSERT_NO_FATAL_FAILURE(every_call_keeps_its_contract());
    EXPECT_EQ(info(other).counter, 0U);
    stop = true;
    scribbler.join();
    page.word().store(3);
    EXPECT_EQ(info(file).counter, 3U);
}

// ---- libwaitq ----

TEST_F(MappedPage, IsHowTheLibraryPosts)
{
    const auto device = Device::open(0U);
    ASSERT_TRUE(device);
    const __u64 wakes = device->info()->wakes;
    EXPECT_EQ(*device->post(2), 0U);
    EXPECT_EQ(device->wait({.threshold = 2, .consume = true})->outcome, Outcome::Satisfied);
    EXPECT_EQ(device->info()->wakes, wakes); // no call was made
    Caller waiter(
        [&] { return device->wait({.consume = true})->outcome == Outcome::Satisfied ? 0L : 1L; });
    const File file;
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
    EXPECT_EQ(*device->post(), 1U);
    EXPECT_EQ(waiter.result(), 0);
    EXPECT_EQ(device->post(0).error().value(), EINVAL);
}

} // namespace
} // namespace waitq::test
