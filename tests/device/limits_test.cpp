// SPDX-License-Identifier: GPL-2.0
// limits_test.cpp - as much of everything as the device is made for, at once: 256 queues, 10,000
// waiters, 10,000 files with a timer each, a million entries of pollers. The machine stays usable,
// main.cpp holds the kernel's log against each test, and what one of them costs in memory is held
// to a figure.
#include "support/herd.hpp"
#include "support/meminfo.hpp"
#include "support/module.hpp"
#include "support/polling.hpp"

#include <iostream>
#include <memory>
#include <set>
#include <sys/resource.h>

namespace waitq::test {
namespace {

// The figures, in bytes. What is measured is less by a third or more, for it differs by kernel.
constexpr double most_for_a_queue = 12000; // with its device and its files in sysfs and debugfs
constexpr double most_for_a_wait = 64;     // beyond the task that sleeps
constexpr double most_for_a_file = 600;    // the kernel's struct file and all
constexpr double most_for_an_eventfd = 700;
constexpr double most_for_an_entry = 320; // of an epoll set: all of it is the kernel's

constexpr unsigned int many = 10'000;

void expect_memory(const char *what, long before, long after, double count, double most)
{
    const double each = static_cast<double>(after - before) / count;
    std::cout << "# " << each << " bytes for " << what << "\n";
    // A kernel that looks for leaks, or for accesses beyond an object, has more for each.
    if (access("/sys/kernel/debug/kmemleak", F_OK) != 0) {
        EXPECT_LE(each, most) << what;
    }
}

void allow_files(rlim_t count)
{
    const rlimit limit{count, count};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

class Limits : public WithModule {
protected:
    Limits() : WithModule("queues=2 capacity=64") {}

    // Other tasks and other queues get on with their work. (That this takes long fails no test.)
    static void expect_usable()
    {
        const __s64 begin = now();
        const File file(O_RDWR, 1);
        for (int i = 0; i < 20; ++i) {
            Caller waiter([&] { return wait(file, wait_request(1, WAITQ_CONSUME)).error; });
            EXPECT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
            EXPECT_EQ(wake(file, 1).woken, 1U);
            EXPECT_EQ(waiter.result(), 0);
        }
        EXPECT_EQ(as_user(nobody, [] { return 7; }), 7);
        std::cout << "# usable: 20 waits and a new process took " << (now() - begin) / ms
                  << " ms\n";
    }
};

// ---- queues ----------------------------------------------------------------------------

TEST(LimitOfQueues, AllAreThereAndApart)
{
    ASSERT_EQ(load(device, "queues=2 capacity=64"), 0);
    const long before = settled_kernel_memory();
    ASSERT_EQ(unload(device), 0);
    ASSERT_EQ(load(device, "queues=256 capacity=64"), 0);
    const long after = settled_kernel_memory();
    expect_memory("a queue", before, after, WAITQ_QUEUES_MAX - 2, most_for_a_queue);
    {
        std::vector<std::unique_ptr<File>> files;
        std::vector<std::unique_ptr<Caller>> waiters, readers;
        for (unsigned int i = 0; i < WAITQ_QUEUES_MAX; ++i)
            files.push_back(std::make_unique<File>(O_RDWR, i));
        for (const auto &file : files) {
            waiters.push_back(std::make_unique<Caller>(
                [&file] { return wait(*file, wait_request(2, WAITQ_CONSUME)).error; }));
            readers.push_back(std::make_unique<Caller>(
                [&file] { return static_cast<long>(read_text(*file).size()); }));
        }
        for (unsigned int i = 0; i < WAITQ_QUEUES_MAX; ++i) {
            ASSERT_TRUE(until([&] {
                const waitq_info figures = info(*files[i]);
                return figures.event_waiters == 1 && figures.readers == 1;
            }));
        }
        // A timer of each, all at work together: each posts what its own waiter lacks.
        for (unsigned int i = 0; i < WAITQ_QUEUES_MAX; ++i) {
            ASSERT_EQ(timer(*files[i], timer_request(0, 0, 1, 2 + i)).error, 0);
            ASSERT_EQ(write(*files[i], std::string(1 + i % 60, 'x')), 1 + i % 60);
        }
        for (unsigned int i = 0; i < WAITQ_QUEUES_MAX; ++i) {
            EXPECT_EQ(waiters[i]->result(), 0);
            EXPECT_EQ(readers[i]->result(), 1 + i % 60);
            EXPECT_EQ(info(*files[i]).counter, i);
        }
    }
    EXPECT_EQ(unload(device), 0);
    EXPECT_EQ(nodes(device), 0U);
}

// ---- waiters ---------------------------------------------------------------------------

TEST_F(Limits, TenThousandWaiters)
{
    const File file;
    Herd herd(many, [&] { return wait(file, wait_request(2)).error; });
    ASSERT_TRUE(herd.is_ready());
    const long before = settled_kernel_memory();
    herd.go();
    const auto waiting = [&] { return info(file).event_waiters; };
    ASSERT_TRUE(until([&] { return waiting() == many; }, waiting));
    const long after = settled_kernel_memory();
    expect_memory("the wait of one", before, after, many, most_for_a_wait);

    __s64 begin = now();
    std::set<__u32> tasks;
    const auto list = waiters(file, WAITQ_WAITERS_MAX);
    for (const waitq_waiter &waiter : list)
        tasks.insert(waiter.pid);
    std::cout << "# listed in " << (now() - begin) / us << " us\n";
    EXPECT_EQ(list.size(), many);
    EXPECT_EQ(tasks.size(), many);

    begin = now();
    EXPECT_EQ(wake(file, 1, every_one).woken, 0U); // each wants 2
    std::cout << "# a post that wakes none took " << (now() - begin) / us << " us\n";
    EXPECT_EQ(waiting(), many);
    expect_usable();

    begin = now();
    EXPECT_EQ(wake(file, 1, every_one).woken, many);
    std::cout << "# a post that wakes all took " << (now() - begin) / us << " us\n";
    EXPECT_EQ(waiting(), 0U);
    ASSERT_TRUE(herd.has_returned());
    EXPECT_EQ(herd.failures(), 0U);
}

TEST_F(Limits, TenThousandWaitersAreKilled)
{
    const File file;
    Herd herd(many, [&] { return wait(file, wait_request(2)).error; });
    ASSERT_TRUE(herd.is_ready());
    herd.go();
    const auto waiting = [&] { return info(file).event_waiters; };
    ASSERT_TRUE(until([&] { return waiting() == many; }, waiting));
    const __s64 begin = now();
    herd.kill();
    ASSERT_TRUE(until([&] { return waiting() == 0; }, waiting));
    std::cout << "# killed in " << (now() - begin) / ms << " ms\n";
    EXPECT_TRUE(waiters(file).empty());
    // Nothing of them is in the way of the next.
    EXPECT_EQ(wake(file, 3, every_one).woken, 0U);
    EXPECT_EQ(take(file, 3), 0);
}

// ---- files -----------------------------------------------------------------------------

class LimitOfFiles : public Limits {
protected:
    void SetUp() override
    {
        Limits::SetUp();
        allow_files(2 * many + 100);
    }
};

TEST_F(LimitOfFiles, TenThousand)
{
    std::vector<std::unique_ptr<File>> files;
    std::vector<std::unique_ptr<Descriptor>> eventfds;
    files.push_back(std::make_unique<File>());
    files.reserve(many);
    eventfds.reserve(many);
    { // the table of this process has grown
        const Descriptor last(fcntl(files[0]->fd(), F_DUPFD, static_cast<int>(2 * many + 50)));
        ASSERT_GE(last.fd(), 0);
    }
    const long before = settled_kernel_memory();
    while (files.size() != many) {
        files.push_back(std::make_unique<File>());
        ASSERT_GE(files.back()->fd(), 0);
    }
    const long opened = settled_kernel_memory();
    expect_memory("an open file", before, opened, many - 1, most_for_a_file);
    while (eventfds.size() != many) {
        eventfds.push_back(std::make_unique<Descriptor>(open_eventfd(*files[0])));
        ASSERT_GE(eventfds.back()->fd(), 0);
    }
    expect_memory("an EVENTFD", opened, settled_kernel_memory(), many, most_for_an_eventfd);
    for (const auto &file : files)
        ASSERT_EQ(wake(*file, 1).error, 0);
    EXPECT_EQ(info(*files.back()).counter, many);
    for (const auto &eventfd : eventfds) {
        __u64 one = 0;
        ASSERT_EQ(read(*eventfd, &one, sizeof one), 8);
    }
    EXPECT_EQ(info(*files.back()).counter, 0U);
}

// Each fires as often as the budget lets it, and posts to a queue where others wait in vain, which
// is the longest firing. (What they get of a CPU is held by tests/pace, whose clock counts.)
TEST_F(LimitOfFiles, ATimerAtTheFloorOnEach)
{
    const File observer;
    Herd herd(100, [&] { return wait(observer, wait_request(WAITQ_COUNTER_MAX)).error; });
    herd.go();
    ASSERT_TRUE(until([&] { return info(observer).event_waiters == 100; }));
    const auto firings = [&] { return info(observer).wakes; };
    {
        std::vector<std::unique_ptr<File>> files;
        for (unsigned int i = 0; i < many; ++i) {
            files.push_back(std::make_unique<File>());
            const auto armed = timer(*files.back(), timer_request(0, WAITQ_TIMER_PERIOD_MIN_NS, 0));
            ASSERT_EQ(armed.error, 0);
        }
        const __s64 begin = now();
        const __u64 before = firings();
        expect_usable();
        ASSERT_TRUE(until([&] { return firings() > before + 20'000; }, firings));
        std::cout << "# " << (firings() - before) * one_second / static_cast<__u64>(now() - begin)
                  << " firings a second, of " << many * (one_second / WAITQ_TIMER_PERIOD_MIN_NS)
                  << " that were asked for\n";
    }
    // All have ended: none fires while another timer waits for 20 ms.
    const __u64 wakes = firings();
    const File other(O_RDWR, 1);
    const __u64 others = info(other).wakes;
    timer(other, timer_request(20 * ms, 0, 1, 0));
    ASSERT_TRUE(until([&] { return info(other).wakes == others + 1; }));
    EXPECT_EQ(firings(), wakes);
    herd.kill();
    ASSERT_TRUE(until([&] { return info(observer).event_waiters == 0; }));
}

// ---- pollers ---------------------------------------------------------------------------

// An epoll set of each has an entry for each descriptor of the device.
class LimitOfPollers : public Limits {
protected:
    static constexpr unsigned int descriptors = 2000, sets = 500, entries = descriptors * sets;

    void SetUp() override
    {
        Limits::SetUp();
        allow_files(descriptors + sets + 100);
        std::ofstream("/proc/sys/fs/epoll/max_user_watches") << 2 * entries << std::flush;
    }

    // As many as memory and the kernel's limit allow, on `file`.
    void link(const Descriptor &file)
    {
        copies_.clear();
        for (unsigned int i = 0; i < descriptors; ++i)
            copies_.push_back(std::make_unique<Descriptor>(fcntl(file.fd(), F_DUPFD_CLOEXEC, 0)));
        linked_ = 0;
        while (epolls_.size() < sets)
            epolls_.push_back(std::make_unique<Descriptor>(epoll_create1(EPOLL_CLOEXEC)));
        for (const auto &epoll : epolls_)
            for (const auto &copy : copies_) {
                epoll_event event{};
                // Only a callback makes such an entry ready.
                event.events = EPOLLIN | EPOLLMSG | EPOLLET;
                if (epoll_ctl(epoll->fd(), EPOLL_CTL_ADD, copy->fd(), &event) != 0) {
                    std::cout << "# no more entries: " << std::strerror(errno) << "\n";
                    return;
                }
                ++linked_;
            }
    }
    // The entries that were told since the last call.
    unsigned int told()
    {
        unsigned int sum = 0;
        for (const auto &epoll : epolls_)
            for (int got; (got = epoll_wait(epoll->fd(), ready_.data(),
                                            static_cast<int>(ready_.size()), 0)) > 0;)
                sum += static_cast<unsigned int>(got);
        return sum;
    }

    unsigned int linked_ = 0;
    std::vector<std::unique_ptr<Descriptor>> copies_, epolls_;
    std::vector<epoll_event> ready_{descriptors};
};

TEST_F(LimitOfPollers, AMillionEntries)
{
    const File file;
    const Descriptor eventfd(open_eventfd(file));
    for (const bool on_eventfd : {false, true}) {
        const char *const where = on_eventfd ? "an EVENTFD" : "the device";
        const long before = settled_kernel_memory();
        __s64 begin = now();
        link(on_eventfd ? eventfd : static_cast<const Descriptor &>(file));
        std::cout << "# " << linked_ << " entries on " << where << " in " << (now() - begin) / ms
                  << " ms\n";
        ASSERT_GE(linked_, entries / 2);
        expect_memory("an entry", before, settled_kernel_memory(), linked_, most_for_an_entry);
        ASSERT_EQ(told(), 0U);
        begin = now();
        ASSERT_EQ(wake(file, 1).error, 0);
        std::cout << "# a post that tells all took " << (now() - begin) / us << " us\n";
        begin = now();
        EXPECT_EQ(told(), linked_);
        std::cout << "# they were read in " << (now() - begin) / ms << " ms\n";
        ASSERT_EQ(take(file), 0);

        // By a timer, an interrupt tells a few, and a thread the others.
        ASSERT_EQ(timer(file, timer_request(0)).error, 0);
        expect_usable();
        unsigned int sum = 0;
        EXPECT_TRUE(until([&] { return (sum += told()) == linked_; }, [&] { return sum; }));
        ASSERT_EQ(take(file), 0);
        begin = now();
        epolls_.clear();
        std::cout << "# they were unlinked in " << (now() - begin) / ms << " ms\n";
        copies_.clear();
    }
}

// One call of poll has them all. It asks for what does not come, and is told of nothing.
TEST_F(Limits, AMillionEntriesOfOnePoll)
{
    constexpr rlim_t entries = 1'000'000;
    const File file;
    Child poller([&] {
        const rlimit files{entries, entries};
        std::vector<pollfd> list(entries, pollfd{file.fd(), POLLPRI, 0});
        list.back().events = POLLMSG;
        return setrlimit(RLIMIT_NOFILE, &files) == 0 ? poll(list.data(), list.size(), -1) : 77;
    });
    ASSERT_TRUE(until([&] { return state_of(poller.pid()) == 'S'; }));
    waitq_waiters request{sizeof request, 0, 0, sizeof(waitq_waiter), 0, poison};
    ASSERT_EQ(ioctl(file.fd(), WAITQ_IOC_WAITERS, &request), 0);
    EXPECT_EQ(request.linked, entries);
    const __s64 begin = now();
    ASSERT_EQ(wake(file, 1).error, 0);
    std::cout << "# a post that one of " << entries << " entries asks for took "
              << (now() - begin) / us << " us\n";
    EXPECT_EQ(WEXITSTATUS(poller.status()), 1);
    EXPECT_EQ(take(file), 0);
}

} // namespace
} // namespace waitq::test
