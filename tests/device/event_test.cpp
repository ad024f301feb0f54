// SPDX-License-Identifier: GPL-2.0
// event_test.cpp - WAITQ_IOC_WAIT and WAITQ_IOC_WAKE: what ends a wait, and whom a wake wakes.
#include "support/module.hpp"
#include "support/tasks.hpp"

#include <grp.h>
#include <memory>
#include <span>
#include <vector>

namespace waitq::test {
namespace {

constexpr __s64 one_second = 1000000000;

class Event : public WithModule {
protected:
    Event() : WithModule("queues=1") {}
};

// ---- each kind ---------------------------------------------------------------

struct Kind {
    waitq_wait_kind value;
    const char *name;
    char state; // as /proc shows it
    bool timed, any_signal;
};

namespace row {
constexpr char INTERRUPTIBLE = 'S', UNINTERRUPTIBLE = 'D', KILLABLE = 'D';
constexpr bool NONE = false, JIFFIES = true, HRTIMER = true;
// The state of the others is the caller's: these are asked for 'S'.
constexpr char IDLE = 'I', FREEZABLE = 'S', CALLER = 'S';
} // namespace row

constexpr Kind all_kinds[] = {
#define WAITQ_X(value, id, name, state, clock, ...)                                                \
    {WAITQ_WAIT_##id, #name, row::state, row::clock, row::state == 'S'},
    WAITQ_WAIT_KINDS(WAITQ_X)
#undef WAITQ_X
};
// What each kind promises is in kinds_test.cpp; here, what the device makes of six of them.
constexpr std::span<const Kind> kinds(all_kinds, 6);

class EachKind : public Event, public testing::WithParamInterface<Kind> {
protected:
    [[nodiscard]] static waitq_wait request(__u64 threshold = 1, __u32 flags = 0)
    {
        return wait_request(GetParam().value, threshold, GetParam().timed ? 100 * one_second : 0,
                            flags);
    }
};

INSTANTIATE_TEST_SUITE_P(Kinds, EachKind, testing::ValuesIn(kinds),
                         [](const auto &kind) { return kind.param.name; });

class EachTimedKind : public EachKind {};

std::vector<Kind> timed_kinds()
{
    std::vector<Kind> timed;
    for (const Kind &kind : kinds)
        if (kind.timed)
            timed.push_back(kind);
    return timed;
}

INSTANTIATE_TEST_SUITE_P(Kinds, EachTimedKind, testing::ValuesIn(timed_kinds()),
                         [](const auto &kind) { return kind.param.name; });

TEST_P(EachKind, WakeBeforeWait)
{
    const File file;
    ASSERT_EQ(wake(file, 3).error, 0);
    const auto answer = wait(file, request(3));
    EXPECT_EQ(answer.error, 0);
    EXPECT_EQ(answer.out.outcome, static_cast<__u32>(WAITQ_OUTCOME_SATISFIED));
    EXPECT_EQ(answer.out.spurious, 0U);
    if (GetParam().timed) {
        EXPECT_GT(answer.out.left_ns, 90 * one_second);
    } else {
        EXPECT_EQ(answer.out.left_ns, 0);
    }
    EXPECT_EQ(info(file).counter, 3U); // only looked
}

TEST_P(EachKind, WaitBeforeWake)
{
    const File file;
    Answer<waitq_wait> answer{};
    Caller waiter([&] { return (answer = wait(file, request())).error; });
    ASSERT_TRUE(asleep(waiter.tid(), GetParam().state, file, &waitq_info::event_waiters));
    const auto woke = wake(file, 1);
    EXPECT_EQ(woke.error, 0);
    EXPECT_EQ(woke.out.woken, 1U);
    EXPECT_EQ(woke.out.counter, 1U);
    EXPECT_EQ(waiter.result(), 0);
    EXPECT_EQ(answer.out.outcome, static_cast<__u32>(WAITQ_OUTCOME_SATISFIED));
    EXPECT_EQ(answer.out.spurious, 0U);
    if (GetParam().timed) {
        EXPECT_GT(answer.out.left_ns, 0);
        EXPECT_LE(answer.out.left_ns, 100 * one_second);
    }
    EXPECT_EQ(info(file).event_waiters, 0U);
    EXPECT_EQ(info(file).timeouts + info(file).signals + info(file).spurious, 0U);
}

TEST_P(EachKind, SleepsOnWhenWokenInVain)
{
    const File file;
    Answer<waitq_wait> answer{};
    Caller waiter([&] { return (answer = wait(file, request(2))).error; });
    ASSERT_TRUE(asleep(waiter.tid(), GetParam().state, file, &waitq_info::event_waiters));
    for (__u64 i = 1; i <= 2; ++i) {
        EXPECT_EQ(wake(file, 0).out.woken, 1U);
        ASSERT_TRUE(until([&] { return info(file).spurious == i; }));
        ASSERT_TRUE(asleep(waiter.tid(), GetParam().state, file, &waitq_info::event_waiters));
    }
    EXPECT_EQ(wake(file, 1).error, 0); // 1 of 2: in vain as well
    // Its state alone does not say that: it is set before the condition is tested again.
    ASSERT_TRUE(until([&] { return info(file).spurious == 3; }));
    EXPECT_EQ(wake(file, 1).error, 0);
    EXPECT_EQ(waiter.result(), 0);
    EXPECT_EQ(answer.out.spurious, 3U);
    EXPECT_EQ(info(file).spurious, 3U);
}

TEST_P(EachKind, ConsumesTheThresholdAndNoMore)
{
    const File file;
    ASSERT_EQ(wake(file, 5).error, 0);
    EXPECT_EQ(wait(file, request(3, WAITQ_CONSUME)).error, 0);
    EXPECT_EQ(info(file).counter, 2U);
    Caller waiter([&] { return wait(file, request(3, WAITQ_CONSUME)).error; });
    ASSERT_TRUE(asleep(waiter.tid(), GetParam().state, file, &waitq_info::event_waiters));
    EXPECT_EQ(info(file).counter, 2U);
    ASSERT_EQ(wake(file, 2).error, 0);
    EXPECT_EQ(waiter.result(), 0);
    EXPECT_EQ(info(file).counter, 1U);
}

TEST_P(EachTimedKind, ZeroTimeoutOnlyLooks)
{
    const File file;
    const auto look = [&] { return wait(file, wait_request(GetParam().value)); };
    EXPECT_EQ(look().error, -ETIMEDOUT);
    EXPECT_EQ(look().out.outcome, static_cast<__u32>(WAITQ_OUTCOME_TIMED_OUT));
    ASSERT_EQ(wake(file, 1).error, 0);
    EXPECT_EQ(look().error, 0);
}

__s64 now()
{
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * one_second + time.tv_nsec;
}

TEST_P(EachTimedKind, TimeoutIsNeverEarly)
{
    const File file;
    for (const __s64 timeout : {1LL, 999999LL, 4000000LL, 4000001LL, 30000000LL}) {
        const __s64 begin = now();
        const auto answer = wait(file, wait_request(GetParam().value, 1, timeout));
        const __s64 took = now() - begin;
        EXPECT_EQ(answer.error, -ETIMEDOUT);
        EXPECT_EQ(answer.out.outcome, static_cast<__u32>(WAITQ_OUTCOME_TIMED_OUT));
        EXPECT_EQ(answer.out.left_ns, 0);
        EXPECT_GE(took, timeout);
    }
    EXPECT_EQ(info(file).timeouts, 5U);
    EXPECT_EQ(wake(file, 1).out.woken, 0U); // too late: nobody is there any more
}

TEST_P(EachTimedKind, AbsoluteTimeout)
{
    const File file;
    const __s64 end = now() + 20000000;
    const auto answer = wait(file, wait_request(GetParam().value, 1, end, WAITQ_ABSOLUTE));
    EXPECT_EQ(answer.error, -ETIMEDOUT);
    EXPECT_GE(now(), end);
    EXPECT_EQ(answer.out.timeout_ns, end); // an absolute time stays what it is
    EXPECT_EQ(wait(file, wait_request(GetParam().value, 1, 1, WAITQ_ABSOLUTE)).error, -ETIMEDOUT);
}

TEST_P(EachTimedKind, HugeTimeoutIsCutNotRefused)
{
    const File file;
    Caller waiter(
        [&] { return wait(file, wait_request(GetParam().value, 1, 0x7fffffffffffffff)).error; });
    ASSERT_TRUE(asleep(waiter.tid(), GetParam().state, file, &waitq_info::event_waiters));
    ASSERT_EQ(wake(file, 1).error, 0);
    EXPECT_EQ(waiter.result(), 0);
}

TEST_P(EachKind, SignalEndsWhatItMayEnd)
{
    const File file;
    Answer<waitq_wait> answer{};
    Caller waiter([&] { return (answer = wait(file, request())).error; });
    ASSERT_TRUE(asleep(waiter.tid(), GetParam().state, file, &waitq_info::event_waiters));
    waiter.signal();
    if (GetParam().any_signal) {
        EXPECT_EQ(waiter.result(), -EINTR);
        EXPECT_EQ(answer.out.outcome, static_cast<__u32>(WAITQ_OUTCOME_SIGNALLED));
        EXPECT_EQ(answer.out.spurious, 0U);
        EXPECT_EQ(info(file).signals, 1U);
        if (GetParam().timed) { // calling again goes on with what was left
            EXPECT_GT(answer.out.left_ns, 0);
            EXPECT_EQ(answer.out.timeout_ns, answer.out.left_ns);
        }
    } else {
        // The signal must be pending, not merely under way, before "still asleep" says a thing.
        ASSERT_TRUE(asleep(waiter.tid(), 'D', file, &waitq_info::event_waiters));
        EXPECT_FALSE(waiter.done());
        ASSERT_EQ(wake(file, 1).error, 0);
        EXPECT_EQ(waiter.result(), 0);
        EXPECT_EQ(info(file).signals, 0U);
    }
}

TEST_P(EachKind, KillEndsEveryKillableWaitAndLosesNoWake)
{
    const File file;
    Child victim(
        [&] { return wait(file, request(1, WAITQ_EXCLUSIVE | WAITQ_CONSUME)).error != 0; });
    ASSERT_TRUE(asleep(victim.pid(), GetParam().state, file, &waitq_info::event_waiters_exclusive));
    Caller other([&] { return wait(file, request(1, WAITQ_EXCLUSIVE | WAITQ_CONSUME)).error; });
    ASSERT_TRUE(
        asleep(other.tid(), GetParam().state, file, &waitq_info::event_waiters_exclusive, 2));
    victim.signal(SIGKILL);
    const std::string name = GetParam().name;
    if (name == "wait_event" || name == "wait_event_timeout") {
        // Not killable: it takes the event, then dies.
        ASSERT_EQ(wake(file, 2, WAITQ_WAKE_UP_NR, 2).out.woken, 2U);
    } else {
        ASSERT_TRUE(until([&] { return victim.ended(); })); // with nobody waking it
        EXPECT_EQ(info(file).event_waiters_exclusive, 1U);
        ASSERT_EQ(wake(file, 1).out.woken, 1U);
    }
    EXPECT_EQ(other.result(), 0);
    const int status = victim.status();
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    EXPECT_EQ(info(file).counter, 0U);
}

// ---- restart -------------------------------------------------------------------

TEST_F(Event, TimedWaitRestartsWithWhatWasLeft)
{
    const File file;
    // 100 ms asked for; signals keep coming until 150 ms have passed. A restart from the
    // beginning each time would still be waiting then.
    struct sigaction action {};
    action.sa_handler = [](int) {};
    action.sa_flags = SA_RESTART;
    const __s64 begin = now();
    Answer<waitq_wait> answer{};
    Caller waiter([&] {
        sigaction(SIGUSR1, &action, nullptr);
        return (answer =
                    wait(file, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE_TIMEOUT, 1, 100000000)))
            .error;
    });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
    int signals = 0;
    while (!waiter.done() && signals < 1000000) {
        if (state_of(waiter.tid()) == 'S') {
            waiter.signal();
            ++signals;
        }
    }
    EXPECT_EQ(waiter.result(), -ETIMEDOUT);
    EXPECT_GE(now() - begin, 100000000);
    EXPECT_GT(signals, 1);
}

// ---- exclusive -------------------------------------------------------------------

class Waiters {
public:
    explicit Waiters(const File &file) : file_(file) {}

    // Adds one and sees it asleep.
    void add(__u32 flags)
    {
        callers_.push_back(std::make_unique<Caller>([this, flags] {
            return wait(file_, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE, 1, 0, flags)).error;
        }));
        const bool exclusive = (flags & WAITQ_EXCLUSIVE) != 0;
        ++count_[exclusive];
        ASSERT_TRUE(
            asleep(callers_.back()->tid(), 'S', file_,
                   exclusive ? &waitq_info::event_waiters_exclusive : &waitq_info::event_waiters,
                   count_[exclusive]));
    }
    [[nodiscard]] bool done(std::size_t i) const { return callers_[i]->done(); }

private:
    const File &file_;
    std::vector<std::unique_ptr<Caller>> callers_;
    __u64 count_[2] = {0, 0};
};

//   queue:  plain  plain  exclusive  exclusive  exclusive
//   wake_up, wake_up_nr(2), wake_up_all: both plain ones and 1, 2, 3 exclusive ones
struct WakeCase {
    waitq_wake_kind kind;
    __u32 nr;
    __u64 exclusive;
};

class Exclusive : public Event, public testing::WithParamInterface<WakeCase> {};

INSTANTIATE_TEST_SUITE_P(Wakes, Exclusive,
                         testing::Values(WakeCase{WAITQ_WAKE_UP, 0, 1},
                                         WakeCase{WAITQ_WAKE_UP_NR, 1, 1},
                                         WakeCase{WAITQ_WAKE_UP_NR, 2, 2},
                                         WakeCase{WAITQ_WAKE_UP_NR, 0x7fffffff, 3},
                                         WakeCase{WAITQ_WAKE_UP_ALL, 0, 3}));

TEST_P(Exclusive, WakesAllPlainOnesAndSoManyExclusive)
{
    const File file;
    Waiters waiters(file);
    for (int i = 0; i < 2; ++i)
        waiters.add(0);
    for (int i = 0; i < 3; ++i)
        waiters.add(WAITQ_EXCLUSIVE);
    const WakeCase &now = GetParam();
    const auto woke = wake(file, 1, now.kind, now.nr);
    EXPECT_EQ(woke.out.woken, 2 + now.exclusive);
    ASSERT_TRUE(until([&] { return info(file).event_waiters == 0; }));
    ASSERT_TRUE(until([&] { return info(file).event_waiters_exclusive == 3 - now.exclusive; }));
    // Exclusive ones: first in, first out.
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_TRUE(i < now.exclusive ? until([&] { return waiters.done(2 + i); })
                                      : testing::AssertionResult(!waiters.done(2 + i)));
    EXPECT_EQ(info(file).woken, 2 + now.exclusive);
    EXPECT_EQ(info(file).spurious, 0U);
    ASSERT_EQ(wake(file, 0, WAITQ_WAKE_UP_ALL).out.woken, 3 - now.exclusive);
}

TEST_F(Event, SignalledExclusiveWaiterLeavesTheWakeToTheNext)
{
    const File file;
    const auto request =
        wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE, 1, 0, WAITQ_EXCLUSIVE | WAITQ_CONSUME);
    for (int round = 0; round < 200; ++round) {
        Caller first([&] { return wait(file, request).error; });
        ASSERT_TRUE(asleep(first.tid(), 'S', file, &waitq_info::event_waiters_exclusive, 1));
        Caller second([&] { return wait(file, request).error; });
        ASSERT_TRUE(asleep(second.tid(), 'S', file, &waitq_info::event_waiters_exclusive, 2));
        first.signal();
        ASSERT_EQ(wake(file, 1).error, 0); // races with the first one's leaving
        ASSERT_TRUE(until([&] { return info(file).counter == 0; })) << "the wake was swallowed";
        ASSERT_EQ(wake(file, 1).error, 0);
        const long one = first.result();
        EXPECT_TRUE(one == 0 || one == -EINTR);
        EXPECT_EQ(second.result(), 0);
        if (one != 0) {
            ASSERT_EQ(wait(file, request).error, 0);
        }
    }
}

TEST_F(Event, ExclusiveWaiterThatTimesOutLeavesTheWakeToTheNext)
{
    const File file;
    // The first one's time runs out at about the moment of the wake, again and again.
    for (int round = 0; round < 200; ++round) {
        Caller first([&] {
            return wait(file,
                        wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE_TIMEOUT, 1,
                                     1000000 + round * 20000, WAITQ_EXCLUSIVE | WAITQ_CONSUME))
                .error;
        });
        ASSERT_TRUE(until([&] { return info(file).event_waiters_exclusive == 1 || first.done(); }));
        Caller second([&] {
            return wait(file, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE, 1, 0,
                                           WAITQ_EXCLUSIVE | WAITQ_CONSUME))
                .error;
        });
        ASSERT_TRUE(until([&] { return state_of(second.tid()) == 'S'; }));
        ASSERT_EQ(wake(file, 1).error, 0);
        ASSERT_TRUE(until([&] { return info(file).counter == 0; })) << "the wake was swallowed";
        ASSERT_EQ(wake(file, 1).error, 0);
        EXPECT_EQ(second.result(), 0);
        const long one = first.result();
        EXPECT_TRUE(one == 0 || one == -ETIMEDOUT);
        if (one != 0) {
            ASSERT_EQ(
                wait(file, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE, 1, 0, WAITQ_CONSUME)).error,
                0);
        }
    }
}

// ---- the order of condition and wake ---------------------------------------------

// The waiter has a higher priority and shares the waker's CPU, so on a preemptible kernel it
// runs in the middle of the waker's call, the moment that it is woken: the condition must be
// true by then.
TEST_F(Event, ConditionIsTrueBeforeTheWake)
{
    const File file;
    cpu_set_t first_cpu;
    CPU_ZERO(&first_cpu);
    CPU_SET(0, &first_cpu);
    Answer<waitq_wait> answer{};
    Caller waiter([&] {
        const sched_param priority{1};
        if (sched_setaffinity(0, sizeof first_cpu, &first_cpu) != 0 ||
            sched_setscheduler(0, SCHED_FIFO, &priority) != 0)
            return -1L;
        answer = wait(file, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE));
        return answer.error;
    });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
    Caller waker([&] {
        sched_setaffinity(0, sizeof first_cpu, &first_cpu);
        return wake(file, 1).error;
    });
    EXPECT_EQ(waker.result(), 0);
    EXPECT_EQ(waiter.result(), 0);
    EXPECT_EQ(answer.out.spurious, 0U);
}

// ---- privileges -------------------------------------------------------------------

// Runs `body` in a child that is nobody and has no capability.
int unprivileged(const std::function<int()> &body)
{
    Child child([&] {
        if (setgroups(0, nullptr) != 0 || setgid(65534) != 0 || setuid(65534) != 0)
            return 100;
        return body();
    });
    const int status = child.status();
    return WIFEXITED(status) ? WEXITSTATUS(status) : 200;
}

TEST_F(Event, NobodyMayParkATaskThatKillCantEnd)
{
    const File file; // opened by root, used by nobody
    const auto errno_of = [&](waitq_wait_kind kind, __s64 timeout) {
        return unprivileged(
            [&] { return static_cast<int>(-wait(file, wait_request(kind, 1, timeout)).error); });
    };
    EXPECT_EQ(errno_of(WAITQ_WAIT_EVENT, 0), EPERM);
    EXPECT_EQ(errno_of(WAITQ_WAIT_EVENT_TIMEOUT, WAITQ_UNPRIVILEGED_UNINTERRUPTIBLE_MAX_NS + 1),
              EPERM);
    EXPECT_EQ(errno_of(WAITQ_WAIT_EVENT_TIMEOUT, 1000), ETIMEDOUT);
    EXPECT_EQ(errno_of(WAITQ_WAIT_EVENT_KILLABLE_TIMEOUT, 1000), ETIMEDOUT);
    EXPECT_EQ(info(file).event_waiters, 0U);
}

} // namespace
} // namespace waitq::test
