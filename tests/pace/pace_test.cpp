// SPDX-License-Identifier: GPL-2.0
// pace_test.cpp - holds what waitq.h says of its timers: in any 10 ms they get at most
// WAITQ_TIMER_BUDGET_NS of one CPU and one firing more, and users take turns.
//
// A loop of the highest priority reads the clock. It has the only CPU to itself, but for
// interrupts, so what is missing between two readings is the time of an interrupt, its entry and
// exit included. The clock counts instructions: the figures are the same on any machine.
#include "../device/support/calls.hpp"
#include "../device/support/realtime.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <gtest/gtest.h>
#include <list>
#include <poll.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <vector>

namespace waitq::test {
namespace {

constexpr uid_t busy_user = 1000, other_user = 2000;

// The time that interrupts took.
struct Taken {
    __s64 longest = 0;  // one interrupt
    __s64 in_10_ms = 0; // the most in any 10 ms
};

// Reads the clock from `begin` on, for `length`.
Taken watch(__s64 begin, __s64 length)
{
    struct Gap {
        __s64 at, length;
    };
    // A reading takes some 100 ns, and an interrupt far more than this.
    constexpr __s64 shortest = us;
    std::vector<Gap> gaps;
    gaps.reserve(1U << 20);
    while (now() < begin) {
    }
    for (__s64 last = now(), end = last + length; last < end;) {
        const __s64 next = now();
        if (next - last > shortest && gaps.size() < gaps.capacity())
            gaps.push_back({last, next - last});
        last = next;
    }
    Taken taken;
    __s64 sum = 0;
    auto first = gaps.begin();
    for (const Gap &gap : gaps) {
        taken.longest = std::max(taken.longest, gap.length);
        sum += gap.length;
        for (; &*first != &gap && gap.at + gap.length - first->at > 10 * ms; ++first)
            sum -= first->length;
        taken.in_10_ms = std::max(taken.in_10_ms, sum);
    }
    return taken;
}

// Lets the other threads run until `done()`: they are of the ordinary priority, which this one has
// meanwhile.
template <class Done>
void let_run_until(Done done)
{
    const sched_param none{0}, highest{50};
    sched_setscheduler(0, SCHED_OTHER, &none);
    while (!done())
        sched_yield();
    sched_setscheduler(0, SCHED_FIFO, &highest);
}

// So many entries of one call of poll, all on an epoll set of two, which polls the device and an
// EVENTFD of it.
class Crowd {
public:
    explicit Crowd(std::size_t entries)
    {
        EXPECT_EQ(pipe2(end_.data(), O_CLOEXEC), 0);
        for (const int fd : {file_.fd(), eventfd_.fd()}) {
            epoll_event event{};
            event.events = EPOLLMSG | EPOLLIN;
            EXPECT_EQ(epoll_ctl(set_.fd(), EPOLL_CTL_ADD, fd, &event), 0);
        }
        thread_ = std::thread([this, entries] {
            const sched_param none{0};
            sched_setscheduler(0, SCHED_OTHER, &none);
            std::vector<pollfd> list(entries, pollfd{set_.fd(), POLLPRI, 0});
            list.front() = {end_[0], POLLIN, 0};
            list.back().fd = file_.fd();
            while (poll(list.data(), list.size(), -1) < 0) // seteuid() signals each thread
                EXPECT_EQ(errno, EINTR);
        });
    }
    // All entries are linked: the last one is, and those of the set.
    void wait_until_linked() const
    {
        let_run_until([this] {
            waitq_waiters request{sizeof request, 0, 0, sizeof(waitq_waiter), 0, 0};
            EXPECT_EQ(ioctl(file_.fd(), WAITQ_IOC_WAITERS, &request), 0);
            return request.linked == 3;
        });
    }
    ~Crowd()
    {
        ::close(end_[1]);
        thread_.join();
        ::close(end_[0]);
    }
    Crowd(const Crowd &) = delete;
    Crowd &operator=(const Crowd &) = delete;

private:
    const File file_;
    const Descriptor eventfd_{open_eventfd(file_)}, set_{epoll_create1(EPOLL_CLOEXEC)};
    std::array<int, 2> end_{};
    std::thread thread_;
};

class Pace : public testing::Test {
protected:
    void SetUp() override
    {
        for (const char *node : {"/dev/waitq0", "/dev/waitq1"})
            ASSERT_EQ(chmod(node, 0666), 0); // the users open them
        const rlimit files{30000, 30000};
        ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &files), 0);
        // The loop may keep the CPU for longer than the scheduler lets it by default.
        std::ofstream("/proc/sys/kernel/sched_rt_runtime_us") << -1 << std::flush;
        // Since 6.12 ordinary tasks get 50 ms of each second all the same.
        std::ofstream("/sys/kernel/debug/sched/fair_server/cpu0/runtime") << 0 << std::flush;
        const sched_param highest{50};
        ASSERT_EQ(sched_setscheduler(0, SCHED_FIFO, &highest), 0);
    }
    void TearDown() override
    {
        const sched_param none{0};
        sched_setscheduler(0, SCHED_OTHER, &none);
        for (std::thread &waiter : waiters_)
            waiter.join();
    }

    // So many timers of that user, all for one instant, which is far enough away to arm them all;
    // returns it.
    __s64 arm(uid_t user, unsigned int count, __s64 period_ns, __u64 post = 0)
    {
        const __s64 at = now() + 200 * ms + __s64{count} * 50 * us;
        EXPECT_EQ(seteuid(user), 0);
        for (unsigned int i = 0; i < count; ++i) {
            const File &file = files_.emplace_back();
            waitq_timer request = timer_request(at, period_ns, period_ns ? 0 : 1, post, every_one);
            request.flags = WAITQ_ABSOLUTE;
            EXPECT_EQ(timer(file, request).error, 0);
        }
        EXPECT_EQ(seteuid(0), 0);
        return at;
    }

    // Waiters whose threshold is never reached: each wake-up passes all of them.
    void park(unsigned int count)
    {
        for (unsigned int i = 0; i < count; ++i)
            waiters_.emplace_back([this] {
                const sched_param none{0};
                sched_setscheduler(0, SCHED_OTHER, &none);
                wait(file_, wait_request(parked_threshold));
            });
        let_run_until([&] { return info(file_).event_waiters == count; });
    }
    void release() { EXPECT_EQ(wake(file_, parked_threshold, every_one).error, 0); }

    // What waitq.h says. `firing`: the longest that one takes.
    static void expect_within_budget(const Taken &taken, __s64 firing)
    {
        std::printf("longest interrupt %lld us, the most in any 10 ms %lld us\n",
                    static_cast<long long>(taken.longest / us),
                    static_cast<long long>(taken.in_10_ms / us));
        EXPECT_GT(taken.in_10_ms, 100 * us) << "the timers did not fire";
        EXPECT_LE(taken.in_10_ms, WAITQ_TIMER_BUDGET_NS + firing);
    }

    static constexpr __u64 parked_threshold = WAITQ_COUNTER_MAX / 2;

private:
    File file_{O_RDWR, 0};
    std::list<File> files_;
    std::list<std::thread> waiters_;
};

// Of a kernel whose timers fire in interrupts.
class PaceOfInterrupts : public Pace {
protected:
    void SetUp() override
    {
        if (is_preempt_rt())
            GTEST_SKIP() << "with PREEMPT_RT timers fire in a thread, below the loop's priority";
        Pace::SetUp();
    }
};

// The kernel's own tick, and what is not of the timers, is counted with them.
constexpr __s64 one_firing = 50 * us;

TEST_F(PaceOfInterrupts, TenThousandPeriodicTimers)
{
    const __s64 at = arm(busy_user, 10000, WAITQ_TIMER_PERIOD_MIN_NS);
    expect_within_budget(watch(at, 400 * ms), one_firing);
}

TEST_F(PaceOfInterrupts, TwentyThousandTimersForOneInstant)
{
    const __s64 at = arm(busy_user, 20000, 0);
    expect_within_budget(watch(at, 200 * ms), one_firing);
}

TEST_F(PaceOfInterrupts, LongWalks)
{
    park(500);
    const __s64 at = arm(busy_user, 100, WAITQ_TIMER_PERIOD_MIN_NS);
    const Taken taken = watch(at, 400 * ms);
    release();
    expect_within_budget(taken, one_firing);
}

// A poller may be an epoll set, and the kernel tells all those that poll the set in one go, with
// interrupts off. So no interrupt tells pollers: a thread does.
TEST_F(PaceOfInterrupts, PollersBehindAnEpollSet)
{
    constexpr rlim_t entries = 100'000;
    const rlimit files{entries + 30000, entries + 30000};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &files), 0);
    const Crowd crowd(entries);
    const __s64 at = arm(busy_user, 2000, WAITQ_TIMER_PERIOD_MIN_NS, 1);
    crowd.wait_until_linked();
    ASSERT_LT(now(), at);
    expect_within_budget(watch(at, 400 * ms), one_firing);
}

// A user with one timer waits for one firing of the busy one, and for the next budget: a slice and
// its rest, 2.5 ms.
TEST_F(Pace, AnotherUserIsServedInTurn)
{
    const __s64 at = arm(busy_user, 3000, WAITQ_TIMER_PERIOD_MIN_NS);
    watch(at, 50 * ms);
    ASSERT_EQ(seteuid(other_user), 0);
    const File file(O_RDWR, 1);
    ASSERT_EQ(seteuid(0), 0);
    __s64 latest = 0;
    for (unsigned int i = 0; i < 20; ++i) {
        const __s64 due = now() + ms;
        waitq_timer request = timer_request(due);
        request.flags = WAITQ_ABSOLUTE;
        ASSERT_EQ(timer(file, request).error, 0);
        ASSERT_EQ(wait(file, wait_request(1, WAITQ_CONSUME)).error, 0);
        latest = std::max(latest, now() - due);
    }
    std::printf("late by at most %lld us\n", static_cast<long long>(latest / us));
    EXPECT_LE(latest, WAITQ_TIMER_BUDGET_NS + 10 * one_firing);
}

} // namespace
} // namespace waitq::test
