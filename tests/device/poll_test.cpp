// SPDX-License-Identifier: GPL-2.0
// poll_test.cpp - poll, select, epoll and SIGIO on a queue.
#include "support/module.hpp"
#include "support/polling.hpp"
#include "support/tasks.hpp"

#include <memory>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <vector>

namespace waitq::test {
namespace {

class Poll : public WithModule {
protected:
    Poll() : WithModule("queues=1") {}
};

class SmallPoll : public WithModule {
protected:
    SmallPoll() : WithModule("queues=1 capacity=8192") {}
};

TEST_F(Poll, SaysWhatIsReady)
{
    const File file;
    EXPECT_EQ(ready(file), POLLOUT);
    ASSERT_EQ(write(file, "x"), 1);
    EXPECT_EQ(ready(file), POLLIN | POLLOUT);
    ASSERT_EQ(wake(file, 1).error, 0);
    EXPECT_EQ(ready(file), POLLIN | POLLOUT | POLLMSG);
    ASSERT_EQ(take(file), 0);
    ASSERT_EQ(read_text(file), "x");
    EXPECT_EQ(ready(file), POLLOUT);
}

TEST_F(SmallPoll, OutMeansThatAnAtomicWriteGoesThrough)
{
    const File file(O_RDWR | O_NONBLOCK);
    const std::string atomic(WAITQ_ATOMIC_WRITE, 'a');
    const auto out = [&] { return ready(file, POLLOUT) == POLLOUT; };
    ASSERT_EQ(write(file, atomic), 4096);
    EXPECT_TRUE(out());
    ASSERT_EQ(write(file, "1"), 1);
    EXPECT_FALSE(out()); // 4095 bytes of room
    EXPECT_EQ(write(file, atomic), -EAGAIN);
    ASSERT_EQ(read_text(file, 1).size(), 1U);
    EXPECT_TRUE(out());
    EXPECT_EQ(write(file, atomic), 4096);
}

// ---- by how the file was opened ------------------------------------------------------

// A FIFO with both ends open elsewhere: it says what a file of that access mode polls.
class Fifo {
public:
    Fifo()
    {
        unlink(path);
        EXPECT_EQ(mkfifo(path, 0600), 0);
    }
    ~Fifo() { unlink(path); }
    Fifo(const Fifo &) = delete;
    Fifo &operator=(const Fifo &) = delete;

    [[nodiscard]] static int open(int flags)
    {
        return ::open(path, flags | O_NONBLOCK | O_CLOEXEC);
    }

private:
    static constexpr const char *path = "/tmp/waitq_fifo";
};

struct Mode {
    const char *name;
    int flags;
};

class EachOpenMode : public Poll, public testing::WithParamInterface<Mode> {};

INSTANTIATE_TEST_SUITE_P(Modes, EachOpenMode,
                         testing::Values(Mode{"ReadOnly", O_RDONLY}, Mode{"WriteOnly", O_WRONLY},
                                         Mode{"Both", O_RDWR}),
                         [](const auto &mode) { return mode.param.name; });

// Empty, with a byte, full: what cannot be done with this file is not said to be ready, or a
// program that asks for it spins.
TEST_P(EachOpenMode, SaysWhatAFifoSays)
{
    const Fifo fifo;
    const Descriptor ends[] = {Descriptor(Fifo::open(O_RDWR)),
                               Descriptor(::open("/dev/waitq0", O_RDWR | O_NONBLOCK))};
    const Descriptor reference(Fifo::open(GetParam().flags)),
        file(::open("/dev/waitq0", GetParam().flags | O_NONBLOCK));
    const auto expect_same = [&](const char *when) {
        constexpr short asked = POLLIN | POLLOUT | POLLPRI | POLLRDNORM | POLLWRNORM;
        EXPECT_EQ(ready(file, asked), ready(reference, asked)) << when;
    };
    expect_same("empty");
    for (const Descriptor &end : ends)
        ASSERT_EQ(write(end, "x"), 1);
    expect_same("with a byte");
    for (const Descriptor &end : ends)
        while (write(end, std::string(4096, 'f')) > 0) {
        }
    expect_same("full");
    for (const Descriptor &end : ends)
        while (!read_text(end).empty()) {
        }
    expect_same("empty again");
}

TEST_F(Poll, EventsAreToldToReadersOnly)
{
    const File reads(O_RDONLY), writes(O_WRONLY), both, neither(O_ACCMODE);
    ASSERT_EQ(wake(both, 1).error, 0);
    EXPECT_EQ(ready(reads), POLLMSG);
    EXPECT_EQ(ready(writes), POLLOUT);
    EXPECT_EQ(ready(both), POLLMSG | POLLOUT);
    EXPECT_EQ(ready(neither), 0);
}

// A poll that is answered by a wake-up obeys the mode as well.
TEST_F(Poll, AWriterSleepsOnWhileBytesCome)
{
    const File both, writes(O_WRONLY);
    Caller poller([&] {
        pollfd entry{writes.fd(), POLLIN | POLLMSG, 0};
        return value_of(poll(&entry, 1, -1));
    });
    ASSERT_TRUE(asleep_at(poller.tid(), 'S', both, WAITQ_PLACE_POLLERS));
    ASSERT_EQ(write(both, "x"), 1);
    ASSERT_EQ(wake(both, 1).error, 0);
    EXPECT_TRUE(asleep_at(poller.tid(), 'S', both, WAITQ_PLACE_POLLERS));
    EXPECT_FALSE(poller.done());
    poller.signal();
    EXPECT_EQ(poller.result(), -EINTR);
}

// ---- each thing that one polls for ---------------------------------------------------

struct Source {
    const char *name;
    short event;
    void (*raise)(const File &);
};

class EachSource : public WithModule, public testing::WithParamInterface<Source> {
protected:
    EachSource() : WithModule("queues=1 capacity=4096") {}

    void SetUp() override
    {
        WithModule::SetUp();
        file_ = std::make_unique<File>();
        if (GetParam().event == POLLOUT) { // full, so that room can come
            ASSERT_EQ(write(*file_, std::string(4096, 'f')), 4096);
        }
    }
    void TearDown() override
    {
        file_.reset();
        WithModule::TearDown();
    }
    std::unique_ptr<File> file_;
};

const Source byte_source{"Byte", POLLIN, [](const File &file) { ASSERT_EQ(write(file, "b"), 1); }};
const Source room_source{"Room", POLLOUT,
                         [](const File &file) { ASSERT_EQ(read_text(file).size(), 4096U); }};
const Source event_source{"Event", POLLMSG,
                          [](const File &file) { ASSERT_EQ(wake(file, 1).error, 0); }};
const auto name_of = [](const auto &source) { return source.param.name; };

INSTANTIATE_TEST_SUITE_P(Sources, EachSource,
                         testing::Values(byte_source, room_source, event_source), name_of);

// select() has no set for POLLMSG: an EVENTFD is for that.
class EachSelectable : public EachSource {};

INSTANTIATE_TEST_SUITE_P(Sources, EachSelectable, testing::Values(byte_source, room_source),
                         name_of);

TEST_P(EachSource, WakesPoll)
{
    Caller poller([&] { return static_cast<long>(ready(*file_, GetParam().event, -1)); });
    ASSERT_TRUE(until([&] { return state_of(poller.tid()) == 'S'; }));
    GetParam().raise(*file_);
    EXPECT_EQ(poller.result(), GetParam().event);
}

TEST_P(EachSelectable, WakesSelect)
{
    Caller selecting([&] {
        fd_set set;
        FD_ZERO(&set);
        FD_SET(file_->fd(), &set);
        const short event = GetParam().event;
        return value_of(select(file_->fd() + 1, event == POLLIN ? &set : nullptr,
                               event == POLLOUT ? &set : nullptr, event == POLLMSG ? &set : nullptr,
                               nullptr));
    });
    ASSERT_TRUE(until([&] { return state_of(selecting.tid()) == 'S'; }));
    GetParam().raise(*file_);
    EXPECT_EQ(selecting.result(), 1);
}

TEST_P(EachSource, LevelTriggeredSaysSoUntilItIsOver)
{
    const Epoll epoll;
    epoll.add(*file_, static_cast<std::uint32_t>(GetParam().event));
    EXPECT_EQ(epoll.wait(0), 0U);
    Caller poller([&] { return static_cast<long>(epoll.wait(-1)); });
    ASSERT_TRUE(until([&] { return state_of(poller.tid()) == 'S'; }));
    GetParam().raise(*file_);
    EXPECT_EQ(poller.result(), GetParam().event);
    EXPECT_EQ(epoll.wait(0), static_cast<std::uint32_t>(GetParam().event));
    EXPECT_EQ(epoll.wait(0), static_cast<std::uint32_t>(GetParam().event));
}

TEST_P(EachSource, EdgeTriggeredSaysSoOnce)
{
    const Epoll epoll;
    epoll.add(*file_, EPOLLET | static_cast<std::uint32_t>(GetParam().event));
    EXPECT_EQ(epoll.wait(0), 0U);
    Caller poller([&] { return static_cast<long>(epoll.wait(-1)); });
    ASSERT_TRUE(until([&] { return state_of(poller.tid()) == 'S'; }));
    GetParam().raise(*file_);
    EXPECT_EQ(poller.result(), GetParam().event);
    EXPECT_EQ(epoll.wait(0), 0U);
}

TEST_F(Poll, EdgeComesAgainWithTheNextByte)
{
    const File file;
    const Epoll epoll;
    epoll.add(file, EPOLLET | EPOLLIN);
    for (int i = 0; i < 3; ++i) {
        ASSERT_EQ(write(file, "b"), 1);
        EXPECT_EQ(epoll.wait(0), static_cast<std::uint32_t>(EPOLLIN));
        EXPECT_EQ(epoll.wait(0), 0U);
    }
}

// Three tasks, each asleep in an epoll of its own on the same queue:
//
//   queue: readers <- epoll 1 (exclusive) <- epoll 2 (exclusive) <- epoll 3 (exclusive)
TEST_F(Poll, EpollExclusiveWakesOne)
{
    const File files[3];
    const Epoll epolls[3];
    std::vector<std::unique_ptr<Caller>> pollers;
    for (int i = 0; i < 3; ++i) {
        epolls[i].add(files[i], EPOLLIN | EPOLLEXCLUSIVE | EPOLLET);
        pollers.push_back(
            std::make_unique<Caller>([&, i] { return static_cast<long>(epolls[i].wait(-1)); }));
        ASSERT_TRUE(until([&] { return state_of(pollers.back()->tid()) == 'S'; }));
    }
    for (int woken = 1; woken <= 3; ++woken) {
        ASSERT_EQ(write(files[0], "b"), 1);
        const auto count = [&] {
            int done = 0;
            for (const auto &poller : pollers)
                done += poller->done();
            return done;
        };
        ASSERT_TRUE(until([&] { return count() >= woken; }));
        // The wake-up is over when write() returns: a task that still sleeps was not woken by it.
        int asleep = 0;
        for (const auto &poller : pollers)
            asleep += !poller->done() && state_of(poller->tid()) == 'S';
        EXPECT_EQ(asleep, 3 - woken);
    }
}

// epoll links itself on ADD and never again: what it is asked for later must come as well.
TEST_F(SmallPoll, EventsAskedForByModComeToo)
{
    const File file;
    const Epoll epoll;
    epoll.add(file, EPOLLIN);
    ASSERT_EQ(write(file, std::string(8192, 'f')), 8192);
    epoll.modify(file, EPOLLOUT);
    Caller out([&] { return static_cast<long>(epoll.wait(-1)); });
    ASSERT_TRUE(until([&] { return state_of(out.tid()) == 'S'; }));
    ASSERT_EQ(read_text(file).size(), 8192U);
    EXPECT_EQ(out.result(), EPOLLOUT);
    epoll.modify(file, EPOLLMSG | EPOLLONESHOT);
    Caller event([&] { return static_cast<long>(epoll.wait(-1)); });
    ASSERT_TRUE(until([&] { return state_of(event.tid()) == 'S'; }));
    ASSERT_EQ(wake(file, 1).error, 0);
    EXPECT_EQ(event.result(), EPOLLMSG);
}

// An exclusive poller is told, but takes no wake-up from the tasks that read and write:
//
//   pollers <- epoll (exclusive, first)      room <- writer
TEST_F(SmallPoll, ExclusivePollerTakesNoWakeFromWriterOrReader)
{
    const File file;
    const Epoll epoll;
    ASSERT_EQ(write(file, std::string(8192, 'f')), 8192);
    epoll.add(file, EPOLLOUT | EPOLLEXCLUSIVE);
    Caller poller([&] { return static_cast<long>(epoll.wait(-1)); });
    ASSERT_TRUE(until([&] { return state_of(poller.tid()) == 'S'; }));
    Caller writer([&] { return write(file, std::string(4096, 'w')); });
    ASSERT_TRUE(asleep(writer.tid(), 'S', file, &waitq_info::writers));
    ASSERT_EQ(read_text(file).size(), 8192U);
    EXPECT_EQ(writer.result(), 4096);
    EXPECT_EQ(poller.result(), EPOLLOUT);

    ASSERT_EQ(read_text(file).size(), 4096U);
    const Epoll in;
    in.add(file, EPOLLIN | EPOLLEXCLUSIVE);
    Caller second([&] { return static_cast<long>(in.wait(-1)); });
    ASSERT_TRUE(until([&] { return state_of(second.tid()) == 'S'; }));
    char byte = 0;
    Caller reader([&] { return read(file, &byte, 1); });
    ASSERT_TRUE(asleep(reader.tid(), 'S', file, &waitq_info::readers));
    ASSERT_EQ(write(file, "ab"), 2);
    EXPECT_EQ(reader.result(), 1);
    EXPECT_EQ(second.result(), EPOLLIN);
}

TEST_F(Poll, SigioTellsSubscribers)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    Child child([&] {
        sigprocmask(SIG_BLOCK, &set, nullptr);
        const File file;
        siginfo_t got{};
        // A realtime signal carries the band and is queued, where SIGIO itself is not.
        if (fcntl(file.fd(), F_SETOWN, getpid()) != 0 ||
            fcntl(file.fd(), F_SETSIG, SIGRTMIN) != 0 ||
            fcntl(file.fd(), F_SETFL, O_RDWR | O_ASYNC) != 0)
            return 1;
        if (write(file, "b") != 1 || sigwaitinfo(&set, &got) != SIGRTMIN ||
            (got.si_band & POLLIN) == 0)
            return 2;
        if (wake(file, 1).error != 0 || sigwaitinfo(&set, &got) != SIGRTMIN ||
            (got.si_band & POLLMSG) == 0)
            return 3;
        const std::string fill(65535, 'f');
        if (write(file, fill) != 65535 || sigwaitinfo(&set, &got) != SIGRTMIN)
            return 4;
        if (read_text(file).size() != 65536 || sigwaitinfo(&set, &got) != SIGRTMIN ||
            (got.si_band & POLLOUT) == 0)
            return 5;
        timespec none{};
        if (timer(file, timer_request(0)).error != 0 || sigwaitinfo(&set, &got) != SIGRTMIN ||
            (got.si_band & POLLMSG) == 0)
            return 6; // from the timer's interrupt
        if (fcntl(file.fd(), F_SETFL, O_RDWR) != 0 || write(file, "b") != 1 ||
            sigtimedwait(&set, &got, &none) != -1)
            return 7; // unsubscribed
        return 0;
    });
    const int status = child.status();
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

} // namespace
} // namespace waitq::test
