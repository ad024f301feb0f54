// SPDX-License-Identifier: GPL-2.0
// privilege_test.cpp - who may do what: by how the file was opened, and by who calls.
#include "support/module.hpp"
#include "support/tasks.hpp"

#include <optional>
#include <sys/prctl.h>

namespace waitq::test {
namespace {

class Privilege : public WithModule {
protected:
    Privilege() : WithModule("queues=1") {}
};

// A file that is open for neither has the access mode 3: for calls alone.
struct Mode {
    const char *name;
    int flags;
    bool reads, writes;
};

class EachMode : public Privilege, public testing::WithParamInterface<Mode> {};

INSTANTIATE_TEST_SUITE_P(Modes, EachMode,
                         testing::Values(Mode{"ReadOnly", O_RDONLY, true, false},
                                         Mode{"WriteOnly", O_WRONLY, false, true},
                                         Mode{"Both", O_RDWR, true, true},
                                         Mode{"Neither", O_ACCMODE, false, false}),
                         [](const auto &mode) { return mode.param.name; });

TEST_P(EachMode, SaysWhichCallsMayBeMade)
{
    const Mode &mode = GetParam();
    const File root, file(mode.flags);
    ASSERT_GE(file.fd(), 0);
    ASSERT_EQ(wake(root, 5).error, 0);
    const auto ok_if = [](bool may) { return may ? 0 : -EBADF; };
    EXPECT_EQ(wait(file, timed(wait_request(1), 0)).error, ok_if(mode.reads));
    EXPECT_EQ(take(file), ok_if(mode.reads));
    EXPECT_EQ(wake(file, 1).error, ok_if(mode.writes));
    EXPECT_EQ(wake(file, 0).error, ok_if(mode.writes));
    EXPECT_EQ(timer(file, timer_request(1000 * one_second)).error, ok_if(mode.writes));
    EXPECT_EQ(cancel_timer(file).error, ok_if(mode.writes));
    const Descriptor events(open_eventfd(file));
    EXPECT_EQ(events.fd() < 0 ? -errno : 0, ok_if(mode.reads && mode.writes));
    char byte = 'b';
    EXPECT_EQ(write(file, &byte, 1), mode.writes ? 1 : -EBADF);
    ASSERT_EQ(write(root, "b"), 1);
    EXPECT_EQ(read(file, &byte, 1), mode.reads ? 1 : -EBADF);
    // Any open file may ask.
    EXPECT_EQ(info(file).size, sizeof(waitq_info));
    waitq_waiters list{sizeof list, 0, 0, sizeof(waitq_waiter), 0, 0};
    EXPECT_EQ(ioctl(file.fd(), WAITQ_IOC_WAITERS, &list), 0);
    EXPECT_EQ(info(root).counter, 5U - mode.reads + mode.writes);
}

// ---- what kill -9 can't end ---------------------------------------------------------

constexpr __s64 limit = WAITQ_UNPRIVILEGED_UNINTERRUPTIBLE_MAX_NS;

// What such a wait comes to for a user without privileges: an errno, or 0.
int as_nobody(const File &file, waitq_state state, std::optional<__s64> timeout,
              unsigned long slack = 1, __u32 flags = 0)
{
    return as_user(nobody, [&] {
        prctl(PR_SET_TIMERSLACK, slack);
        const waitq_wait request = wait_request(1, 0, state);
        return static_cast<int>(
            -wait(file, timeout ? timed(request, *timeout, flags) : request).error);
    });
}

constexpr waitq_state unkillable[] = {WAITQ_STATE_UNINTERRUPTIBLE, WAITQ_STATE_IDLE};
constexpr waitq_state killable[] = {WAITQ_STATE_INTERRUPTIBLE, WAITQ_STATE_KILLABLE};

TEST_F(Privilege, NobodyMayParkATaskThatKillCantEnd)
{
    const File file; // opened by root, used by nobody
    for (const waitq_state state : unkillable) {
        ASSERT_EQ(as_nobody(file, state, std::nullopt), EPERM);
        EXPECT_EQ(as_nobody(file, state, limit + 1), EPERM);
        EXPECT_EQ(as_nobody(file, state, 0x7fffffffffffffff), EPERM);
        EXPECT_EQ(as_nobody(file, state, now() + limit + 5 * one_second, 1, WAITQ_ABSOLUTE), EPERM);
        EXPECT_EQ(as_nobody(file, state, 1000), ETIMEDOUT);
        EXPECT_EQ(as_nobody(file, state, now() + 1 * ms, 1, WAITQ_ABSOLUTE), ETIMEDOUT);
    }
    EXPECT_EQ(info(file).event_waiters, 0U);
    EXPECT_EQ(info(file).timeouts, 4U);
}

// The limit is on the sum: a task may be woken so much later as its timer slack says. The condition
// is true, so no call that is allowed sleeps.
TEST_F(Privilege, TimeoutAndSlackTogetherAreHeldToTheLimit)
{
    const File file;
    ASSERT_EQ(wake(file, 1).error, 0);
    for (const waitq_state state : unkillable) {
        EXPECT_EQ(as_nobody(file, state, limit - 1 * ms, 1000), 0);
        EXPECT_EQ(as_nobody(file, state, limit - 1 * ms, 2 * ms), EPERM);
        EXPECT_EQ(as_nobody(file, state, limit / 2, limit / 2 - 1), 0);
        EXPECT_EQ(as_nobody(file, state, limit / 2, limit / 2 + 1), EPERM);
        EXPECT_EQ(as_nobody(file, state, 1, limit), EPERM);
        EXPECT_EQ(as_nobody(file, state, 1, 1UL << 62), EPERM);
        EXPECT_EQ(as_nobody(file, state, limit - 2000, 1000), 0);
    }
}

TEST_F(Privilege, WhatKillCanEndMayLastForEver)
{
    const File file;
    ASSERT_EQ(wake(file, 1).error, 0);
    for (const waitq_state state : killable) {
        EXPECT_EQ(as_nobody(file, state, std::nullopt), 0);
        EXPECT_EQ(as_nobody(file, state, 0x7fffffffffffffff, 1UL << 62), 0);
    }
}

TEST_F(Privilege, RootMayParkItsTasks)
{
    const File file;
    ASSERT_EQ(wake(file, 1).error, 0);
    for (const waitq_state state : unkillable)
        EXPECT_EQ(wait(file, wait_request(1, 0, state)).error, 0);
}

// ---- who may see whom ----------------------------------------------------------------

TEST_F(Privilege, AnotherUsersWaiterIsHidden)
{
    const File file;
    Caller waiter([&] { return wait(file, wait_request(3)).error; });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
    EXPECT_EQ(as_user(nobody,
                      [&] {
                          const auto list = waiters(file);
                          if (list.size() != 1)
                              return 1;
                          const waitq_waiter &entry = list[0];
                          if (entry.pid != 0 || entry.state != 0 || entry.comm[0] != 0)
                              return 2;
                          // Where it waits and for what is the queue's, and not the task's.
                          return entry.flags == (WAITQ_WAITER_TASK | WAITQ_WAITER_HIDDEN) &&
                                         entry.place == WAITQ_PLACE_EVENTS &&
                                         entry.threshold == 3 && entry.function[0] != 0
                                     ? 0
                                     : 3;
                      }),
              0);
    wake(file, 3);
    EXPECT_EQ(waiter.result(), 0);
}

TEST_F(Privilege, ATaskOfTheSameUserIsShown)
{
    const File file;
    const Child waiter(
        [&] { return become(nobody) ? static_cast<int>(-wait(file, wait_request()).error) : 100; });
    ASSERT_TRUE(asleep(waiter.pid(), 'S', file, &waitq_info::event_waiters));
    const auto sees = [&] {
        const auto list = waiters(file);
        return list.size() == 1 && list[0].pid == static_cast<__u32>(waiter.pid()) &&
                       list[0].state == 'S' && !(list[0].flags & WAITQ_WAITER_HIDDEN)
                   ? 0
                   : 1;
    };
    EXPECT_EQ(as_user(nobody, sees), 0);
    EXPECT_EQ(as_user(nobody - 1, sees), 1);
    EXPECT_EQ(sees(), 0); // root
    wake(file, 1);
}

} // namespace
} // namespace waitq::test
