// SPDX-License-Identifier: GPL-2.0
// wakers_test.cpp - wake kind by engine by context: whom each wakes. And what is beside them: keys,
// wake_up_pollfree, long queues, the list of waiters, everything at once.
#include "support/kinds.hpp"
#include "support/module.hpp"
#include "support/tasks.hpp"

#include <algorithm>
#include <fstream>
#include <grp.h>
#include <iostream>
#include <list>
#include <random>
#include <set>
#include <sys/mount.h>
#include <sys/prctl.h>

namespace waitq::test {
namespace {

constexpr __s64 far = 1000000000000;

class Wakers : public WithModule {
protected:
    Wakers() : WithModule("queues=1") {}
};

waitq_wake order(const WakeRow &row, __u32 engine, __u32 context, __u64 post, __u32 nr = 2)
{
    return {sizeof(waitq_wake),        row.value, engine, context, row.scope == "NR" ? nr : 0,
            row.key == "KEY" ? 1U : 0, post,      0,      0};
}

class EachWaker : public Wakers, public testing::WithParamInterface<WakeRow> {};

INSTANTIATE_TEST_SUITE_P(All, EachWaker, testing::ValuesIn(wake_rows),
                         [](const auto &row) { return std::string(row.param.name); });

// Three exclusive waiters and a plain one; uninterruptible ones are passed over by mode.
TEST_P(EachWaker, WakesWhomItSays)
{
    const WakeRow &row = GetParam();
    const File file;
    const bool there = has(kinds(file), row);
    if (row.value == WAITQ_WAKE_UP_POLLFREE)
        return; // Pollfree.*
    std::cout << "# " << row.name << ":";
    for (const __u32 engine : {WAITQ_ENGINE_CORE, WAITQ_ENGINE_MACRO})
        for (const ContextRow &context : context_rows) {
            if (!there) {
                EXPECT_EQ(wake(file, order(row, engine, context.value, 1)).error, -EOPNOTSUPP);
                std::cout << " lacks";
                continue;
            }
            const auto sleeper = [&](waitq_wait_kind kind) {
                return [&file, kind] { return wait(file, wait_request(kind)).error; };
            };
            std::list<Caller> exclusive;
            for (__u64 i = 1; i <= 3; ++i) {
                exclusive.emplace_back(sleeper(WAITQ_WAIT_EVENT_INTERRUPTIBLE_EXCLUSIVE));
                ASSERT_TRUE(asleep(exclusive.back().tid(), 'S', file,
                                   &waitq_info::event_waiters_exclusive, i));
            }
            Caller plain(sleeper(WAITQ_WAIT_EVENT_INTERRUPTIBLE));
            ASSERT_TRUE(asleep(plain.tid(), 'S', file, &waitq_info::event_waiters, 1));
            Caller deep(sleeper(WAITQ_WAIT_EVENT));
            ASSERT_TRUE(asleep(deep.tid(), 'D', file, &waitq_info::event_waiters, 2));

            const auto woke = wake(file, order(row, engine, context.value, 1));
            EXPECT_EQ(woke.error, 0);
            const __u64 left = row.scope == "ALL" ? 0 : row.scope == "NR" ? 1 : 2;
            EXPECT_EQ(plain.result(), 0);
            EXPECT_TRUE(until([&] { return info(file).event_waiters_exclusive == left; }))
                << context.name;
            const bool passed_over = row.mode == "INTERRUPTIBLE";
            if (passed_over) {
                EXPECT_TRUE(asleep(deep.tid(), 'D', file, &waitq_info::event_waiters, 1));
            } else {
                EXPECT_EQ(deep.result(), 0);
            }
            if (engine == WAITQ_ENGINE_CORE) {
                EXPECT_EQ(woke.out.woken, 3 - left + 1 + (passed_over ? 0 : 1));
            }
            wake(file, 0, WAITQ_WAKE_UP_ALL);
            for (Caller &caller : exclusive)
                EXPECT_EQ(caller.result(), 0);
            EXPECT_EQ(deep.result(), 0);
            wait(file, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE, 1, 0, WAITQ_CONSUME));
            std::cout << (HasFailure() ? " FAILED" : " ok");
        }
    std::cout << std::endl;
}

TEST_F(Wakers, OnlyAMatchingKeyWakes)
{
    const File file;
    waitq_wait request = wait_request(WAITQ_WAIT_INIT_WAITQUEUE_FUNC_ENTRY, 1, far);
    request.key = 4;
    Answer<waitq_wait> answer{};
    Caller waiter([&] { return (answer = wait(file, request)).error; });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
    waitq_wake other{sizeof other, WAITQ_WAKE_UP_POLL, 0, 0, 0, 3, 1, 0, 0};
    EXPECT_EQ(wake(file, other).out.woken, 0U);
    EXPECT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
    other.key = 6;
    other.post = 0;
    EXPECT_EQ(wake(file, other).out.woken, 1U);
    EXPECT_EQ(waiter.result(), 0);
    EXPECT_EQ(answer.out.calls, 2U);
}

TEST_F(Wakers, PollfreeSendsEveryoneAway)
{
    const File file;
    for (const ContextRow &context : context_rows) {
        waitq_wait request = wait_request(WAITQ_WAIT_INIT_WAITQUEUE_FUNC_ENTRY, 1, far);
        request.callback = WAITQ_CALLBACK_POLLER;
        std::list<Caller> pollers;
        for (__u64 i = 1; i <= 3; ++i) {
            pollers.emplace_back([&] { return wait(file, request).error; });
            ASSERT_TRUE(asleep(pollers.back().tid(), 'S', file, &waitq_info::event_waiters, i));
        }
        const auto ended = wake(
            file, {sizeof(waitq_wake), WAITQ_WAKE_UP_POLLFREE, 0, context.value, 0, 0, 0, 0, 0});
        EXPECT_EQ(ended.error, 0);
        EXPECT_EQ(ended.out.woken, 3U) << context.name;
        for (Caller &poller : pollers)
            EXPECT_EQ(poller.result(), -EIDRM);
    }
}

// The bit that POLLFREE has, in a wake-up that ends nothing.
TEST_F(Wakers, NobodyIsSentAwayByAKey)
{
    const File file;
    waitq_wait request = wait_request(WAITQ_WAIT_INIT_WAITQUEUE_FUNC_ENTRY, 1, far);
    request.callback = WAITQ_CALLBACK_POLLER;
    Caller poller([&] { return wait(file, request).error; });
    ASSERT_TRUE(asleep(poller.tid(), 'S', file, &waitq_info::event_waiters));
    EXPECT_EQ(wake(file, {sizeof(waitq_wake), WAITQ_WAKE_UP_POLL, 0, 0, 0, 0x4000, 0, 0, 0}).error,
              0);
    EXPECT_TRUE(asleep(poller.tid(), 'S', file, &waitq_info::event_waiters));
    wake(file, 1);
    EXPECT_EQ(poller.result(), 0);
}

TEST_F(Wakers, TheSecondOfPriorityExclusiveIsBusy)
{
    const File file;
    const waitq_wait request = wait_request(WAITQ_WAIT_ADD_WAIT_QUEUE_PRIORITY, 1, far);
    if (!(kinds(file).wait >> request.kind & 1)) {
        EXPECT_EQ(wait(file, request).error, -EOPNOTSUPP);
        return;
    }
    Caller plain([&] { return wait(file, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE)).error; });
    ASSERT_TRUE(asleep(plain.tid(), 'S', file, &waitq_info::event_waiters, 1));
    Caller first([&] { return wait(file, request).error; });
    ASSERT_TRUE(asleep(first.tid(), 'S', file, &waitq_info::event_waiters, 2));
    waitq_waiter list[2]{};
    waitq_waiters call{sizeof call, 2, reinterpret_cast<__u64>(list), 0};
    ASSERT_EQ(ioctl(file.fd(), WAITQ_IOC_WAITERS, &call), 0);
    EXPECT_EQ(list[0].pid, static_cast<__u32>(first.tid())); // before who was there
    EXPECT_TRUE(list[0].flags & WAITQ_WAITER_PRIORITY);
    // Exclusive too, until some kernel between 6.12 and 7.3: then nobody behind it is woken.
    const bool exclusive = list[0].flags & WAITQ_WAITER_EXCLUSIVE;
    EXPECT_EQ(wake(file, 1).out.woken, exclusive ? 1U : 2U);
    EXPECT_EQ(first.result(), 0);
    wake(file, 0, WAITQ_WAKE_UP_ALL);
    EXPECT_EQ(plain.result(), 0);
}

TEST_F(Wakers, WhatIsTheAdministratorsAlone)
{
    const File file;
    Child child([&] {
        if (setgroups(0, nullptr) || setresuid(65534, 65534, 65534))
            return 1;
        for (const ContextRow &context : context_rows) {
            const bool irq = context.name.find("IRQ") != std::string_view::npos;
            const waitq_wake request{sizeof request, 0, 0, context.value, 0, 0, 0, 0, 0};
            if (wake(file, request).error != (irq ? -EPERM : 0))
                return 2;
        }
        waitq_wait end = wait_request(WAITQ_WAIT_INIT_WAITQUEUE_FUNC_ENTRY, 1, 0);
        end.callback = WAITQ_CALLBACK_END;
        if (wait(file, end).error != -EPERM)
            return 3;
        // It would not sleep, and so its time would never pass.
        const waitq_wait nap = wait_request(WAITQ_WAIT_EVENT_TIMEOUT, 1, 1000000, WAITQ_NAP);
        if (wait(file, nap).error != -EPERM)
            return 4;
        const waitq_wait deep = wait_request(WAITQ_WAIT_EVENT_IDLE);
        if (wait(file, deep).error != -EPERM)
            return 5;
        // Before all others, it could keep every wake-up from them.
        const __u64 there = kinds(file).wait;
        for (const auto kind :
             {WAITQ_WAIT_ADD_WAIT_QUEUE_PRIORITY, WAITQ_WAIT_ADD_WAIT_QUEUE_PRIORITY_EXCLUSIVE})
            if ((there >> kind & 1) && wait(file, wait_request(kind, 1, 1000000)).error != -EPERM)
                return 6;
        // A millisecond, and a slack of ages.
        const waitq_wait late = wait_request(WAITQ_WAIT_EVENT_HRTIMEOUT, 1, 1000000);
        if (wait(file, late).error != -ETIMEDOUT)
            return 7;
        prctl(PR_SET_TIMERSLACK, 1UL << 62);
        return wait(file, late).error == -EPERM ? 0 : 8;
    });
    EXPECT_EQ(child.status(), 0);
}

TEST_F(Wakers, AllOfALongQueueAndTheListOfIt)
{
    constexpr __u64 many = 200; // more than three chunks
    const File file;
    std::list<Caller> callers;
    for (__u64 i = 0; i < many; ++i)
        callers.emplace_back(
            [&] { return wait(file, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE)).error; });
    ASSERT_TRUE(until([&] { return info(file).event_waiters == many; }));
    std::vector<waitq_waiter> list(many + 8);
    waitq_waiters call{sizeof call, static_cast<__u32>(list.size()),
                       reinterpret_cast<__u64>(list.data()), 0};
    ASSERT_TRUE(until([&] {
        call.count = static_cast<__u32>(list.size());
        return ioctl(file.fd(), WAITQ_IOC_WAITERS, &call) == 0 && call.linked == many;
    }));
    EXPECT_EQ(call.count, many);
    std::set<__u32> pids;
    for (__u32 i = 0; i < call.count; ++i) {
        pids.insert(list[i].pid);
        EXPECT_TRUE(list[i].flags & WAITQ_WAITER_KNOWN);
        EXPECT_EQ(list[i].kind, static_cast<__u32>(WAITQ_WAIT_EVENT_INTERRUPTIBLE));
        EXPECT_EQ(std::string_view(list[i].function).substr(0, 16), "waitq_wake_entry");
        EXPECT_EQ(std::string(list[i].comm), "device_tests");
    }
    EXPECT_EQ(pids.size(), many);
    EXPECT_EQ(wake(file, 1, WAITQ_WAKE_UP_ALL).out.woken, many);
    for (Caller &caller : callers)
        EXPECT_EQ(caller.result(), 0);
}

TEST_F(Wakers, AnotherUsersWaiterIsHidden)
{
    const File file;
    Caller waiter([&] {
        return wait(file, wait_request(WAITQ_WAIT_EVENT_INTERRUPTIBLE, 1, 0, 0, WAITQ_ENGINE_MACRO))
            .error;
    });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &waitq_info::event_waiters));
    Child child([&] {
        if (setgroups(0, nullptr) || setresuid(65534, 65534, 65534))
            return 1;
        waitq_waiter list[2]{};
        waitq_waiters call{sizeof call, 2, reinterpret_cast<__u64>(list), 0};
        if (ioctl(file.fd(), WAITQ_IOC_WAITERS, &call) != 0 || call.count != 1)
            return 2;
        const bool hidden = (list[0].flags & WAITQ_WAITER_HIDDEN) && list[0].pid == 0 &&
                            list[0].comm[0] == 0 && list[0].state == '?';
        return hidden && std::string_view(list[0].function) == "autoremove_wake_function" ? 0 : 3;
    });
    EXPECT_EQ(child.status(), 0);
    mount("debugfs", "/sys/kernel/debug", "debugfs", 0, nullptr);
    std::ifstream text("/sys/kernel/debug/waitq/waitq0/waiters");
    std::string header, line;
    std::getline(text, header);
    std::getline(text, line);
    EXPECT_NE(line.find("autoremove_wake_function"), std::string::npos) << header << line;
    EXPECT_NE(line.find(std::to_string(waiter.tid())), std::string::npos) << line;
    // Though an entry of the kernel's own has no room for it.
    EXPECT_NE(line.find(" wait_event_interruptible "), std::string::npos) << line;
    wake(file, 1);
    EXPECT_EQ(waiter.result(), 0);
}

// Every kind, engine, waker and context at once, with signals and onlookers. What it shows is the
// kernel's log: clean.
TEST_F(Wakers, EverythingAtOnce)
{
    const File file;
    const waitq_kinds kernel = kinds(file);
    std::atomic<bool> stop{false};
    const auto waits = [&](unsigned int seed) {
        std::minstd_rand engine_of(seed);
        const auto dice = [&] { return static_cast<__u32>(engine_of()); };
        while (!stop) {
            const WaitRow &row = wait_rows[dice() % std::size(wait_rows)];
            const auto engine = static_cast<waitq_engine>(dice() % 2);
            if (!has(kernel, row, engine))
                continue;
            waitq_wait request = wait_request(row.value, 1, row.timed() ? dice() % 20000000 : 0,
                                              dice() % 2 ? WAITQ_CONSUME : 0, engine);
            if (row.sleep == "FUNC") {
                request.callback = dice() % (engine == WAITQ_ENGINE_CORE ? 4 : 3);
                request.key = dice() % 4;
            }
            wait(file, request);
        }
        return 0L;
    };
    const auto wakes = [&](unsigned int seed) {
        std::minstd_rand engine_of(seed);
        const auto dice = [&] { return static_cast<__u32>(engine_of()); };
        while (!stop) {
            const WakeRow &row = wake_rows[dice() % std::size(wake_rows)];
            const __u64 post = row.value == WAITQ_WAKE_UP_POLLFREE ? 0 : dice() % 3;
            wake(file, order(row, dice() % 2, dice() % static_cast<__u32>(std::size(context_rows)),
                             post, 1 + dice() % 100));
        }
        return 0L;
    };
    std::list<Caller> waiters, wakers;
    for (unsigned int i = 1; i <= 100; ++i)
        waiters.emplace_back([&, i] { return waits(i); });
    for (unsigned int i = 1; i <= 2; ++i)
        wakers.emplace_back([&, i] { return wakes(i); });
    wakers.emplace_back([&] {
        std::vector<waitq_waiter> list(256);
        while (!stop) {
            waitq_waiters call{sizeof call, 256, reinterpret_cast<__u64>(list.data()), 0};
            ioctl(file.fd(), WAITQ_IOC_WAITERS, &call);
            for (Caller &waiter : waiters)
                waiter.signal();
        }
        return 0L;
    });
    EXPECT_TRUE(until([&] { return info(file).woken > 3000 && info(file).signals > 100; }));
    stop = true;
    rescue([&] {
        return std::ranges::all_of(waiters, [](const Caller &caller) { return caller.done(); });
    });
    for (Caller &caller : wakers)
        EXPECT_EQ(caller.result(), 0);
    const waitq_info after = info(file);
    EXPECT_EQ(after.event_waiters + after.event_waiters_exclusive, 0U);
}

} // namespace
} // namespace waitq::test
