// SPDX-License-Identifier: GPL-2.0
// waiters_test.cpp - WAITQ_IOC_WAITERS, INFO, sysfs and debugfs: what can be seen of the queues.
#include "support/module.hpp"
#include "support/tasks.hpp"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <memory>
#include <poll.h>
#include <sched.h>
#include <set>
#include <sys/resource.h>

namespace waitq::test {
namespace {

class Waiters : public WithModule {
protected:
    Waiters() : WithModule("queues=1 capacity=64") {}
};

bool is_task(const waitq_waiter &entry, const Caller &caller)
{
    return (entry.flags & WAITQ_WAITER_TASK) && entry.pid == static_cast<__u32>(caller.tid());
}

// ---- each place ------------------------------------------------------------------

TEST_F(Waiters, EachPlaceHasItsOwn)
{
    const File file;
    const Descriptor events(open_eventfd(file));
    std::string text;
    __u64 number = 1;
    const auto poller_of = [](int fd) {
        return [fd] {
            pollfd entry{fd, POLLPRI, 0}; // which never comes
            return value_of(poll(&entry, 1, -1));
        };
    };
    Caller poller(poller_of(file.fd())), event_poller(poller_of(events.fd()));
    ASSERT_TRUE(asleep_at(poller.tid(), 'S', file, WAITQ_PLACE_POLLERS));
    ASSERT_TRUE(asleep_at(event_poller.tid(), 'S', file, WAITQ_PLACE_EVENT_POLLERS));
    Caller waiter([&] { return wait(file, wait_request(7, WAITQ_EXCLUSIVE)).error; });
    ASSERT_TRUE(asleep_at(waiter.tid(), 'S', file, WAITQ_PLACE_EVENTS));
    {
        Caller reader([&] { return static_cast<long>((text = read_text(file)).size()); });
        ASSERT_TRUE(asleep_at(reader.tid(), 'S', file, WAITQ_PLACE_READERS));
        ASSERT_EQ(write(file, "x"), 1);
        EXPECT_EQ(reader.result(), 1);
    }
    ASSERT_EQ(write(file, std::string(63, 'f')), 63);
    // The first writer has its turn and waits for more room, the second for its turn.
    Caller first([&] { return write(file, "ww"); });
    ASSERT_TRUE(asleep_at(first.tid(), 'S', file, WAITQ_PLACE_ROOM));
    Caller second([&] { return write(file, "w"); });
    ASSERT_TRUE(asleep_at(second.tid(), 'S', file, WAITQ_PLACE_WRITERS));
    ASSERT_EQ(wake(file, WAITQ_COUNTER_MAX).error, 0);
    EXPECT_EQ(waiter.result(), 0);
    Caller event_writer([&] { return write(events, &number, sizeof number); });
    ASSERT_TRUE(asleep_at(event_writer.tid(), 'S', file, WAITQ_PLACE_EVENT_ROOM));

    // In the order of WAITQ_PLACES.
    const auto list = waiters(file);
    ASSERT_EQ(list.size(), 5U);
    const __u32 places[] = {WAITQ_PLACE_WRITERS, WAITQ_PLACE_ROOM, WAITQ_PLACE_POLLERS,
                            WAITQ_PLACE_EVENT_POLLERS, WAITQ_PLACE_EVENT_ROOM};
    for (std::size_t i = 0; i < list.size(); ++i) {
        EXPECT_EQ(list[i].place, places[i]) << i;
        EXPECT_EQ(list[i].threshold, 0U) << i;
        EXPECT_FALSE(list[i].flags & WAITQ_WAITER_HIDDEN) << i;
        EXPECT_NE(list[i].function[0], 0) << i;
    }
    EXPECT_TRUE(is_task(list[0], second));
    EXPECT_TRUE(is_task(list[1], first));
    EXPECT_TRUE(is_task(list[4], event_writer));
    for (const std::size_t i : {2U, 3U}) { // pollers
        EXPECT_FALSE(list[i].flags & WAITQ_WAITER_TASK);
        EXPECT_EQ(list[i].pid, 0U);
        EXPECT_EQ(list[i].state, 0U);
        EXPECT_EQ(list[i].since_ns, 0);
        EXPECT_EQ(list[i].comm[0], 0);
    }
    // Whoever polls is told of nothing that it asked for.
    poller.signal();
    event_poller.signal();
    EXPECT_EQ(poller.result(), -EINTR);
    EXPECT_EQ(event_poller.result(), -EINTR);
    ASSERT_EQ(take(file), 0);
    EXPECT_EQ(event_writer.result(), 8);
    ASSERT_EQ(read_text(file).size(), 63U);
    EXPECT_EQ(first.result(), 2);
    EXPECT_EQ(second.result(), 1);
}

TEST_F(Waiters, TellsOfATask)
{
    const File file;
    const __s64 before = now();
    Caller waiter([&] { return wait(file, wait_request(7, WAITQ_EXCLUSIVE)).error; });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters_exclusive));
    const __s64 after = now();
    const auto list = waiters(file);
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list[0].place, static_cast<__u32>(WAITQ_PLACE_EVENTS));
    EXPECT_EQ(list[0].flags, WAITQ_WAITER_TASK | WAITQ_WAITER_EXCLUSIVE);
    EXPECT_EQ(list[0].pid, static_cast<__u32>(waiter.tid()));
    EXPECT_EQ(list[0].state, static_cast<__u32>('S'));
    EXPECT_EQ(list[0].threshold, 7U);
    EXPECT_EQ(std::string(list[0].comm), "device_tests");
    EXPECT_GE(list[0].since_ns, before - tick);
    EXPECT_LE(list[0].since_ns, after);
    wake(file, 7);
    EXPECT_EQ(waiter.result(), 0);
    EXPECT_TRUE(waiters(file).empty());
}

// ---- the list and its entries' size --------------------------------------------------

class Stride : public Waiters, public testing::WithParamInterface<__u32> {};

INSTANTIATE_TEST_SUITE_P(Strides, Stride,
                         testing::Values(sizeof(waitq_waiter), sizeof(waitq_waiter) + 1,
                                         sizeof(waitq_waiter) + 8, WAITQ_STRIDE_MAX));

// A later header's entry is longer: what this module does not know of it is 0.
TEST_P(Stride, SetsTheEntriesApart)
{
    const __u32 stride = GetParam();
    const File file;
    std::vector<std::unique_ptr<Caller>> callers;
    for (__u64 i = 1; i <= 3; ++i) {
        callers.push_back(
            std::make_unique<Caller>([&, i] { return wait(file, wait_request(i)).error; }));
        ASSERT_TRUE(asleep(callers.back()->tid(), 'S', file, &waitq_info::event_waiters, i));
    }
    for (const __u32 room : {0U, 1U, 2U, 3U, 4U}) {
        std::vector<unsigned char> bytes(5UL * stride, 0xa5);
        waitq_waiters request{
            sizeof request, 0, room, stride, reinterpret_cast<__u64>(bytes.data()), poison};
        ASSERT_EQ(value_of(ioctl(file.fd(), WAITQ_IOC_WAITERS, &request)), 0);
        const __u32 written = std::min(room, 3U);
        EXPECT_EQ(request.count, written);
        EXPECT_EQ(request.linked, 3U);
        for (__u32 i = 0; i < written; ++i) {
            waitq_waiter entry;
            std::memcpy(&entry, bytes.data() + std::size_t{i} * stride, sizeof entry);
            EXPECT_EQ(entry.threshold, i + 1);
            EXPECT_TRUE(is_task(entry, *callers[i]));
            for (__u32 at = sizeof entry; at < stride; ++at)
                EXPECT_EQ(bytes[std::size_t{i} * stride + at], 0) << at;
        }
        for (std::size_t at = std::size_t{written} * stride; at < bytes.size(); ++at)
            ASSERT_EQ(bytes[at], 0xa5) << "written beyond the entries";
    }
    wake(file, 3);
    for (const auto &caller : callers)
        EXPECT_EQ(caller->result(), 0);
}

TEST_F(Waiters, AnyOtherStrideIsEINVAL)
{
    const File file;
    waitq_waiter entry{};
    for (const __u32 stride :
         {0U, 1U, static_cast<__u32>(sizeof entry) - 1, WAITQ_STRIDE_MAX + 1, 0xffffffffU}) {
        waitq_waiters request{sizeof request, 0, 1, stride, reinterpret_cast<__u64>(&entry),
                              poison};
        EXPECT_EQ(value_of(ioctl(file.fd(), WAITQ_IOC_WAITERS, &request)), -EINVAL) << stride;
    }
}

TEST_F(Waiters, EachOfALongQueueIsShownOnceWhileOthersComeAndGo)
{
    constexpr __u64 stays = 200;
    const File file;
    std::vector<std::unique_ptr<Caller>> callers;
    for (__u64 i = 0; i < stays; ++i)
        callers.push_back(std::make_unique<Caller>(
            [&] { return wait(file, wait_request(WAITQ_COUNTER_MAX)).error; }));
    ASSERT_TRUE(until([&] { return info(file).event_waiters == stays; }));
    std::atomic<bool> stop{false};
    std::vector<std::unique_ptr<Caller>> restless;
    restless.reserve(4);
    for (int i = 0; i < 4; ++i)
        restless.push_back(std::make_unique<Caller>([&] {
            while (!stop)
                wait(file, timed(wait_request(), 1000));
            return 0L;
        }));
    for (int round = 0; round < 100; ++round) {
        std::multiset<__u32> pids;
        for (const waitq_waiter &entry : waiters(file))
            pids.insert(entry.pid);
        for (const auto &caller : callers)
            ASSERT_EQ(pids.count(static_cast<__u32>(caller->tid())), 1U);
    }
    stop = true;
    for (const auto &caller : restless)
        EXPECT_EQ(caller->result(), 0);
    wake(file, WAITQ_COUNTER_MAX, every_one);
    for (const auto &caller : callers)
        EXPECT_EQ(caller->result(), 0);
}

// A waiter in a PID namespace of its own does not know the others by number.
TEST_F(Waiters, ATaskThatTheCallersNamespaceLacksIsHidden)
{
    const File file;
    Caller waiter([&] { return wait(file, wait_request()).error; });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
    Child parent([&] {
        if (unshare(CLONE_NEWPID) != 0)
            return errno == EINVAL ? 77 : 1;
        Child child([&] {
            const auto list = waiters(file);
            return list.size() == 1 && list[0].pid == 0 && list[0].state == 0 &&
                           list[0].flags == (WAITQ_WAITER_TASK | WAITQ_WAITER_HIDDEN)
                       ? 0
                       : 2;
        });
        return WEXITSTATUS(child.status());
    });
    const int status = WEXITSTATUS(parent.status());
    wake(file, 1);
    EXPECT_EQ(waiter.result(), 0);
    if (status == 77)
        GTEST_SKIP() << "this kernel has no PID namespaces";
    EXPECT_EQ(status, 0);
}

// ---- INFO, sysfs, debugfs ------------------------------------------------------------

// What INFO counts in WAIT is linked: each look that sees one counted finds it in the list.
TEST_F(Waiters, InfoCountsThoseThatAreLinked)
{
    const File file;
    for (int round = 0; round < 500; ++round) {
        Caller waiter([&] { return wait(file, wait_request(1, WAITQ_CONSUME)).error; });
        ASSERT_TRUE(until([&] { return info(file).event_waiters == 1; }));
        ASSERT_EQ(linked(file, WAITQ_PLACE_EVENTS), 1U)
            << "counted, and not linked; round " << round;
        ASSERT_EQ(wake(file, 1).woken, 1U) << round;
        ASSERT_EQ(info(file).event_waiters, 0U) << "woken, and still counted";
        ASSERT_EQ(waiter.result(), 0);
    }
}

TEST_F(Waiters, SysfsShowsWhatTheIoctlShowsToRootAlone)
{
    const File file;
    ASSERT_EQ(write(file, "12345"), 5);
    ASSERT_EQ(wake(file, 7).error, 0);
    const waitq_info figures = info(file);
#define WAITQ_X(name, text) expect_figure(device, #name, figures.name);
    WAITQ_FIGURES(WAITQ_X)
#undef WAITQ_X
    EXPECT_EQ(figures.bytes, 5U);
    EXPECT_EQ(figures.counter, 7U);
    EXPECT_EQ(figures.capacity, 64U);
    EXPECT_GE(figures.wakes, 2U);
}

TEST_F(Waiters, DebugfsShowsThem)
{
    const File file;
    Caller waiter([&] { return wait(file, wait_request()).error; });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
    std::ifstream text(waiters_path(device));
    std::string header, line;
    std::getline(text, header);
    std::getline(text, line);
    EXPECT_NE(line.find("events"), std::string::npos) << header << line;
    EXPECT_NE(line.find(std::to_string(waiter.tid())), std::string::npos) << line;
    EXPECT_NE(line.find("device_tests"), std::string::npos) << line;
    wake(file, 1);
    EXPECT_EQ(waiter.result(), 0);
}

// More entries than WAITQ_WAITERS_MAX: the list ends there and says so, and to read it piece by
// piece takes not much longer than to get it whole. (A list that is made anew for each piece would
// take more than a thousand times as long.)
TEST_F(Waiters, DebugfsIsBounded)
{
    constexpr std::size_t entries = WAITQ_WAITERS_MAX + 5000;
    const File file;
    const Child poller([&] {
        const rlimit files{entries + 64, entries + 64};
        std::vector<pollfd> list(entries, pollfd{file.fd(), POLLPRI, 0});
        return setrlimit(RLIMIT_NOFILE, &files) == 0 ? poll(list.data(), list.size(), -1) : 1;
    });
    ASSERT_TRUE(until([&] { return state_of(poller.pid()) == 'S'; }));
    std::vector<waitq_waiter> list(WAITQ_WAITERS_MAX);
    waitq_waiters request{sizeof request,
                          0,
                          WAITQ_WAITERS_MAX,
                          sizeof(waitq_waiter),
                          reinterpret_cast<__u64>(list.data()),
                          poison};
    const __s64 begin = now();
    ASSERT_EQ(value_of(ioctl(file.fd(), WAITQ_IOC_WAITERS, &request)), 0);
    const __s64 whole = now() - begin;
    EXPECT_EQ(request.count, WAITQ_WAITERS_MAX);
    EXPECT_EQ(request.linked, entries);

    const Descriptor text(::open(waiters_path(device).c_str(), O_RDONLY | O_CLOEXEC));
    ASSERT_GE(text.fd(), 0);
    std::size_t lines = 0;
    std::string last;
    for (;;) {
        const std::string piece = read_text(text, 512);
        if (piece.empty())
            break;
        for (const char character : piece) {
            if (lines > 0 && last.ends_with('\n'))
                last.clear();
            last += character;
            lines += character == '\n';
        }
    }
    const __s64 pieces = now() - begin - whole;
    EXPECT_EQ(lines, 1 + WAITQ_WAITERS_MAX + 1U); // the header, the entries, the last line
    EXPECT_NE(last.find("5000"), std::string::npos) << last;
    EXPECT_LT(pieces, 50 * whole);
}

} // namespace
} // namespace waitq::test
