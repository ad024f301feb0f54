// SPDX-License-Identifier: GPL-2.0
// eventfd_test.cpp - WAITQ_IOC_EVENTFD: the same tests on the kernel's own eventfd, in semaphore
// mode, and on the device's. And what only the device's has: the counter that others see too.
#include "support/memory.hpp"
#include "support/module.hpp"
#include "support/polling.hpp"
#include "support/tasks.hpp"

#include <algorithm>
#include <functional>
#include <list>
#include <memory>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/uio.h>

namespace waitq::test {
namespace {

// The flags of eventfd() have the values of O_CLOEXEC and O_NONBLOCK.
static_assert(EFD_CLOEXEC == O_CLOEXEC && EFD_NONBLOCK == O_NONBLOCK);

constexpr __u64 most = ~0ULL - 1;
static_assert(most == WAITQ_COUNTER_MAX);

long put(const Descriptor &file, __u64 value)
{
    return write(file, &value, sizeof value);
}

long get(const Descriptor &file)
{
    __u64 value = poison;
    const long result = read(file, &value, sizeof value);
    EXPECT_EQ(value, result == 8 ? 1 : poison); // semaphore mode
    return result;
}

// A task is asleep in a read, write or poll.
testing::AssertionResult sleeps(pid_t task)
{
    return until([&] { return state_of(task) == 'S'; });
}

int reference(const Descriptor &, __u32 flags)
{
    return ::eventfd(0, EFD_SEMAPHORE | static_cast<int>(flags));
}

struct Source {
    const char *name;
    int (*open)(const Descriptor &device, __u32 flags);
};

class Eventfd : public WithModule, public testing::WithParamInterface<Source> {
protected:
    Eventfd() : WithModule("queues=1") {}

    void SetUp() override
    {
        WithModule::SetUp();
        device_ = std::make_unique<File>();
        blocking_ = opened(0);
        now_ = opened(O_NONBLOCK);
    }
    void TearDown() override
    {
        now_.reset();
        blocking_.reset();
        device_.reset();
        WithModule::TearDown();
    }

    // A second descriptor for the same counter; of the reference, one for the same open file.
    std::unique_ptr<Descriptor> opened(__u32 flags)
    {
        auto made = std::make_unique<Descriptor>(GetParam().open(*device_, flags));
        EXPECT_GE(made->fd(), 0) << errno;
        return made;
    }
    // A task asleep in `wait`, for a number to read or for room, comes back with the event it asked
    // for: POLLIN, POLLOUT.
    void expect_woken(const std::function<long(short event)> &wait)
    {
        Caller reads([&] { return wait(POLLIN); });
        ASSERT_TRUE(sleeps(reads.tid()));
        ASSERT_EQ(put(*now_, most), 8);
        EXPECT_EQ(reads.result(), POLLIN);
        Caller writes([&] { return wait(POLLOUT); });
        ASSERT_TRUE(sleeps(writes.tid()));
        ASSERT_EQ(get(*now_), 8);
        EXPECT_EQ(writes.result(), POLLOUT);
    }

    std::unique_ptr<File> device_;
    // Each is an eventfd of its own with the reference, so a test uses one of the two.
    std::unique_ptr<Descriptor> blocking_, now_;
};

INSTANTIATE_TEST_SUITE_P(Of, Eventfd,
                         testing::Values(Source{"TheKernel", reference},
                                         Source{"TheDevice", open_eventfd}),
                         [](const auto &source) { return source.param.name; });

TEST_P(Eventfd, ReadTakesOne)
{
    EXPECT_EQ(get(*now_), -EAGAIN);
    EXPECT_EQ(put(*now_, 3), 8);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(get(*now_), 8);
    EXPECT_EQ(get(*now_), -EAGAIN);
}

TEST_P(Eventfd, SizesAndAddresses)
{
    __u64 numbers[2] = {1, poison};
    for (const std::size_t size : {0UL, 1UL, 7UL}) {
        EXPECT_EQ(write(*now_, numbers, size), -EINVAL) << size;
        EXPECT_EQ(read(*now_, numbers, size), -EINVAL) << size;
    }
    const EdgeOfMemory edge;
    EXPECT_EQ(write(*now_, edge.with(7), 8), -EFAULT);
    EXPECT_EQ(get(*now_), -EAGAIN); // nothing was added
    EXPECT_EQ(put(*now_, 1), 8);
    EXPECT_EQ(read(*now_, numbers, sizeof numbers), 8);
    EXPECT_EQ(numbers[0], 1U);
    EXPECT_EQ(numbers[1], poison);
}

TEST_P(Eventfd, VectorsAreOneNumber)
{
    __u32 halves[2] = {2, 0};
    const iovec pieces[] = {{&halves[0], 4}, {&halves[1], 4}};
    // The kernel's own takes vectors in reads only: its write is the old kind, once for each piece.
    EXPECT_EQ(put(*now_, 2), 8);
    halves[0] = halves[1] = 7;
    EXPECT_EQ(readv(now_->fd(), pieces, 2), 8);
    EXPECT_EQ(halves[0], 1U);
    EXPECT_EQ(halves[1], 0U);
}

TEST_P(Eventfd, ValuesUpToTheMaximum)
{
    EXPECT_EQ(put(*now_, most + 1), -EINVAL);
    EXPECT_EQ(put(*now_, 0), 8);
    EXPECT_EQ(get(*now_), -EAGAIN);
    EXPECT_EQ(put(*now_, most), 8);
    EXPECT_EQ(put(*now_, 0), 8);
    EXPECT_EQ(put(*now_, 1), -EAGAIN);
    EXPECT_EQ(get(*now_), 8);
    EXPECT_EQ(put(*now_, 2), -EAGAIN);
    EXPECT_EQ(put(*now_, 1), 8);
}

TEST_P(Eventfd, IsOpenForBothAndHasItsFlags)
{
    const auto plain = opened(0), flagged = opened(O_CLOEXEC | O_NONBLOCK);
    EXPECT_EQ(fcntl(plain->fd(), F_GETFL) & (O_ACCMODE | O_NONBLOCK), O_RDWR);
    EXPECT_EQ(fcntl(plain->fd(), F_GETFD), 0);
    EXPECT_EQ(fcntl(flagged->fd(), F_GETFL) & (O_ACCMODE | O_NONBLOCK), O_RDWR | O_NONBLOCK);
    EXPECT_EQ(fcntl(flagged->fd(), F_GETFD), FD_CLOEXEC);
}

TEST_P(Eventfd, ReadBlocksUntilThereIsOne)
{
    Caller reader([&] { return get(*blocking_); });
    ASSERT_TRUE(sleeps(reader.tid()));
    EXPECT_EQ(put(*blocking_, 1), 8);
    EXPECT_EQ(reader.result(), 8);
    EXPECT_EQ(ready(*blocking_, POLLIN), 0);
}

TEST_P(Eventfd, WriteBlocksUntilThereIsRoom)
{
    ASSERT_EQ(put(*blocking_, most - 1), 8);
    Caller writer([&] { return put(*blocking_, 3); });
    ASSERT_TRUE(sleeps(writer.tid()));
    EXPECT_EQ(get(*blocking_), 8); // room for 2
    ASSERT_TRUE(sleeps(writer.tid()));
    EXPECT_FALSE(writer.done());
    EXPECT_EQ(get(*blocking_), 8);
    EXPECT_EQ(writer.result(), 8);
    EXPECT_EQ(ready(*blocking_, POLLOUT), 0); // it is full
}

TEST_P(Eventfd, SignalsEndBothWaits)
{
    Caller reader([&] { return get(*blocking_); });
    ASSERT_TRUE(sleeps(reader.tid()));
    reader.signal();
    EXPECT_EQ(reader.result(), -EINTR);
    ASSERT_EQ(put(*blocking_, most), 8);
    Caller writer([&] { return put(*blocking_, 1); });
    ASSERT_TRUE(sleeps(writer.tid()));
    writer.signal();
    EXPECT_EQ(writer.result(), -EINTR);
}

TEST_P(Eventfd, PollSaysWhatIsReady)
{
    constexpr short all = POLLIN | POLLOUT | POLLPRI | POLLRDNORM | POLLWRNORM | POLLMSG;
    const auto sees = [&] { return ready(*now_, all) & (POLLIN | POLLOUT | POLLERR | POLLHUP); };
    EXPECT_EQ(sees(), POLLOUT);
    ASSERT_EQ(put(*now_, 2), 8);
    EXPECT_EQ(sees(), POLLIN | POLLOUT);
    ASSERT_EQ(put(*now_, most - 3), 8);
    EXPECT_EQ(sees(), POLLIN | POLLOUT); // 1 can be added
    ASSERT_EQ(put(*now_, 1), 8);
    EXPECT_EQ(sees(), POLLIN);
    ASSERT_EQ(get(*now_), 8);
    EXPECT_EQ(sees(), POLLIN | POLLOUT);
}

TEST_P(Eventfd, WakesPoll)
{
    expect_woken([&](short event) { return static_cast<long>(ready(*now_, event, -1)); });
}

TEST_P(Eventfd, WakesSelect)
{
    expect_woken([&](short event) {
        fd_set set;
        FD_ZERO(&set);
        FD_SET(now_->fd(), &set);
        const bool read = event == POLLIN;
        const long count = value_of(
            select(now_->fd() + 1, read ? &set : nullptr, read ? nullptr : &set, nullptr, nullptr));
        return count == 1 ? event : count;
    });
}

TEST_P(Eventfd, LevelAndEdge)
{
    const Epoll level, edge;
    level.add(*now_, EPOLLIN);
    edge.add(*now_, EPOLLIN | EPOLLET);
    EXPECT_EQ(level.wait(0) | edge.wait(0), 0U);
    for (int i = 0; i < 3; ++i) { // each write is an edge
        ASSERT_EQ(put(*now_, 1), 8);
        EXPECT_EQ(level.wait(0), static_cast<std::uint32_t>(EPOLLIN));
        EXPECT_EQ(level.wait(0), static_cast<std::uint32_t>(EPOLLIN));
        EXPECT_EQ(edge.wait(0), static_cast<std::uint32_t>(EPOLLIN));
        EXPECT_EQ(edge.wait(0), 0U);
    }
}

// Three tasks, each asleep in an epoll of its own on the same counter:
//
//   pollers <- epoll 1 (exclusive) <- epoll 2 (exclusive) <- epoll 3 (exclusive)
TEST_P(Eventfd, EpollExclusiveWakesOne)
{
    const Epoll epolls[3];
    std::list<Caller> pollers;
    for (const Epoll &epoll : epolls) {
        epoll.add(*now_, EPOLLIN | EPOLLEXCLUSIVE | EPOLLET);
        pollers.emplace_back([&] { return static_cast<long>(epoll.wait(-1)); });
        ASSERT_TRUE(sleeps(pollers.back().tid()));
    }
    const auto asleep = [](const Caller &poller) {
        return !poller.done() && state_of(poller.tid()) == 'S';
    };
    for (int woken = 1; woken <= 3; ++woken) {
        ASSERT_EQ(put(*now_, 1), 8);
        ASSERT_TRUE(until([&] { return std::ranges::count_if(pollers, &Caller::done) >= woken; }));
        // The wake-up is over when write() returns: a task that still sleeps was not woken by it.
        EXPECT_EQ(std::ranges::count_if(pollers, asleep), 3 - woken);
    }
}

TEST_P(Eventfd, IsInheritedAndPassed)
{
    Child child([&] { return static_cast<int>(get(*blocking_)); });
    ASSERT_TRUE(sleeps(child.pid()));
    ASSERT_EQ(put(*blocking_, 1), 8);
    EXPECT_EQ(WEXITSTATUS(child.status()), 8);
}

// ---- the device's alone -----------------------------------------------------------------

class DeviceEventfd : public WithModule {
protected:
    DeviceEventfd() : WithModule("queues=1") {}
};

TEST_F(DeviceEventfd, ItsCounterIsTheQueues)
{
    const File file;
    const Descriptor events(open_eventfd(file, O_NONBLOCK)), other(open_eventfd(file, O_NONBLOCK));
    ASSERT_EQ(wake(file, 2).error, 0);
    EXPECT_EQ(get(events), 8);
    EXPECT_EQ(get(other), 8);
    EXPECT_EQ(get(events), -EAGAIN);
    ASSERT_EQ(put(events, 5), 8);
    EXPECT_EQ(info(file).counter, 5U);
    EXPECT_EQ(ready(file), POLLOUT | POLLMSG);
    EXPECT_EQ(take(file, 5), 0);
    EXPECT_EQ(ready(events, POLLIN), 0);
}

TEST_F(DeviceEventfd, WakesThoseInWaitAndIsWokenByWake)
{
    const File file;
    const Descriptor events(open_eventfd(file));
    Caller waiter([&] { return wait(file, wait_request(2, WAITQ_CONSUME)).error; });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
    EXPECT_EQ(put(events, 2), 8);
    EXPECT_EQ(waiter.result(), 0);

    Caller reader([&] { return get(events); });
    ASSERT_TRUE(asleep_at(reader.tid(), 'S', file, WAITQ_PLACE_EVENTS));
    EXPECT_EQ(wake(file, 1).woken, 1U);
    EXPECT_EQ(reader.result(), 8);
    ASSERT_EQ(timer(file, timer_request(0)).error, 0);
    EXPECT_EQ(get(events), 8); // waits for the interrupt
    EXPECT_EQ(info(file).counter, 0U);
}

// A read is an exclusive waiter for one event, in its place among the others.
TEST_F(DeviceEventfd, ReadersAreServedInTheirTurn)
{
    const File file;
    const Descriptor events(open_eventfd(file));
    Caller never([&] { return wait(file, wait_request(9, WAITQ_EXCLUSIVE)).error; });
    ASSERT_TRUE(asleep_at(never.tid(), 'S', file, WAITQ_PLACE_EVENTS, 1));
    Caller first([&] { return get(events); });
    ASSERT_TRUE(asleep_at(first.tid(), 'S', file, WAITQ_PLACE_EVENTS, 2));
    Caller second([&] { return get(events); });
    ASSERT_TRUE(asleep_at(second.tid(), 'S', file, WAITQ_PLACE_EVENTS, 3));
    EXPECT_EQ(wake(file, 1, every_one).woken, 1U);
    EXPECT_EQ(first.result(), 8);
    EXPECT_EQ(state_of(second.tid()), 'S');
    EXPECT_EQ(put(events, 2), 8); // of as many readers as there are events: the one that is left
    EXPECT_EQ(second.result(), 8);
    EXPECT_EQ(state_of(never.tid()), 'S');
    EXPECT_EQ(wake(file, 8).woken, 1U);
    EXPECT_EQ(never.result(), 0);
}

// A blocked write gets its room by whatever takes events.
TEST_F(DeviceEventfd, RoomComesByConsumeToo)
{
    const File file;
    const Descriptor events(open_eventfd(file));
    ASSERT_EQ(wake(file, WAITQ_COUNTER_MAX).error, 0);
    Caller writer([&] { return put(events, 1); });
    ASSERT_TRUE(asleep_at(writer.tid(), 'S', file, WAITQ_PLACE_EVENT_ROOM));
    Caller poller([&] { return static_cast<long>(ready(events, POLLOUT, -1)); });
    ASSERT_TRUE(sleeps(poller.tid()));
    ASSERT_EQ(take(file, 2), 0);
    EXPECT_EQ(writer.result(), 8);
    EXPECT_EQ(poller.result(), POLLOUT);
}

// An event whose number can't be delivered is put back, and goes to another that sleeps.
TEST_F(DeviceEventfd, AnEventThatCouldNotBeDeliveredGoesToAnother)
{
    const File file;
    const Descriptor events(open_eventfd(file));
    const EdgeOfMemory edge;
    Caller faulting([&] { return read(events, edge.with(4), 8); });
    ASSERT_TRUE(asleep_at(faulting.tid(), 'S', file, WAITQ_PLACE_EVENTS, 1));
    Caller good([&] { return get(events); });
    ASSERT_TRUE(asleep_at(good.tid(), 'S', file, WAITQ_PLACE_EVENTS, 2));
    EXPECT_EQ(wake(file, 1).woken, 1U);
    EXPECT_EQ(faulting.result(), -EFAULT);
    EXPECT_EQ(good.result(), 8);
    EXPECT_EQ(info(file).counter, 0U);
}

TEST_F(DeviceEventfd, OutlivesTheDevicesDescriptorAndHoldsTheModule)
{
    auto file = std::make_unique<File>();
    auto events = std::make_unique<Descriptor>(open_eventfd(*file));
    file.reset();
    EXPECT_EQ(unload(device), -EAGAIN);
    EXPECT_EQ(put(*events, 2), 8);
    EXPECT_EQ(get(*events), 8);
    EXPECT_EQ(info(File()).counter, 1U);
    EXPECT_EQ(unload(device), -EAGAIN);
    events.reset();
    EXPECT_EQ(info(File()).counter, 1U); // the queue's, not the descriptor's
}

TEST_F(DeviceEventfd, TooManyFilesIsEMFILE)
{
    const File file;
    const auto opens = [&] {
        for (int count = 0; count < 100000; ++count)
            if (open_eventfd(file) < 0)
                return errno;
        return 0;
    };
    EXPECT_EQ(as_user(nobody, opens), EMFILE);
}

} // namespace
} // namespace waitq::test
