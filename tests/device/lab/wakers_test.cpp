// SPDX-License-Identifier: GPL-2.0
// wakers_test.cpp - wake kind by engine by context: whom each wakes. And what is beside them: keys,
// wake_up_pollfree, long queues, the list of waiters, everything at once.
#include "../support/kinds.hpp"
#include "../support/module.hpp"
#include "../support/tasks.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <list>
#include <set>

namespace waitq::test {
namespace {

constexpr __s64 far = 1000000000000;

class Wakers : public WithLab {};

lab_wake order(const WakeRow &row, __u32 engine, __u32 context, __u64 post, __u32 nr = 2)
{
    return {sizeof(lab_wake),          row.value, engine, context, row.scope == "NR" ? nr : 0,
            row.key == "KEY" ? 1U : 0, post,      0,      0};
}

class EachWaker : public Wakers, public testing::WithParamInterface<WakeRow> {};

INSTANTIATE_TEST_SUITE_P(All, EachWaker, testing::ValuesIn(wake_rows),
                         [](const auto &row) { return std::string(row.param.name); });

// Three exclusive waiters and a plain one; uninterruptible ones are passed over by mode.
TEST_P(EachWaker, WakesWhomItSays)
{
    const WakeRow &row = GetParam();
    const LabFile file;
    const bool there = has(kinds(file), row);
    if (row.value == LAB_WAKE_UP_POLLFREE)
        return; // Pollfree.*
    std::cout << "# " << row.name << ":";
    for (const __u32 engine : {LAB_ENGINE_CORE, LAB_ENGINE_MACRO})
        for (const ContextRow &context : context_rows) {
            if (!there) {
                EXPECT_EQ(wake(file, order(row, engine, context.value, 1)).error, -EOPNOTSUPP);
                std::cout << " lacks";
                continue;
            }
            const auto sleeper = [&](lab_wait_kind kind) {
                return [&file, kind] { return wait(file, lab_wait_request(kind)).error; };
            };
            std::list<Caller> exclusive;
            for (__u64 i = 1; i <= 3; ++i) {
                exclusive.emplace_back(sleeper(LAB_WAIT_EVENT_INTERRUPTIBLE_EXCLUSIVE));
                ASSERT_TRUE(
                    asleep(exclusive.back().tid(), 'S', file, &lab_info::waiters_exclusive, i));
            }
            Caller plain(sleeper(LAB_WAIT_EVENT_INTERRUPTIBLE));
            ASSERT_TRUE(asleep(plain.tid(), 'S', file, &lab_info::waiters, 1));
            Caller deep(sleeper(LAB_WAIT_EVENT));
            ASSERT_TRUE(asleep(deep.tid(), 'D', file, &lab_info::waiters, 2));

            const auto woke = wake(file, order(row, engine, context.value, 1));
            EXPECT_EQ(woke.error, 0);
            const __u64 left = row.scope == "ALL" ? 0 : row.scope == "NR" ? 1 : 2;
            EXPECT_EQ(plain.result(), 0);
            EXPECT_TRUE(until([&] { return info(file).waiters_exclusive == left; }))
                << context.name;
            const bool passed_over = row.mode == "INTERRUPTIBLE";
            if (passed_over) {
                EXPECT_TRUE(asleep(deep.tid(), 'D', file, &lab_info::waiters, 1));
            } else {
                EXPECT_EQ(deep.result(), 0);
            }
            if (engine == LAB_ENGINE_CORE) {
                EXPECT_EQ(woke.out.woken, 3 - left + 1 + (passed_over ? 0 : 1));
            }
            wake(file, 0, LAB_WAKE_UP_ALL);
            for (Caller &caller : exclusive)
                EXPECT_EQ(caller.result(), 0);
            EXPECT_EQ(deep.result(), 0);
            wait(file, lab_wait_request(LAB_WAIT_EVENT_INTERRUPTIBLE, 1, 0, LAB_CONSUME));
            std::cout << (HasFailure() ? " FAILED" : " ok");
        }
    std::cout << std::endl;
}

TEST_F(Wakers, OnlyAMatchingKeyWakes)
{
    const LabFile file;
    lab_wait request = lab_wait_request(LAB_WAIT_INIT_WAITQUEUE_FUNC_ENTRY, 1, far);
    request.key = 4;
    Answer<lab_wait> answer{};
    Caller waiter([&] { return (answer = wait(file, request)).error; });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &lab_info::waiters));
    lab_wake other{sizeof other, LAB_WAKE_UP_POLL, 0, 0, 0, 3, 1, 0, 0};
    EXPECT_EQ(wake(file, other).out.woken, 0U);
    EXPECT_TRUE(asleep(waiter.tid(), 'S', file, &lab_info::waiters));
    other.key = 6;
    other.post = 0;
    EXPECT_EQ(wake(file, other).out.woken, 1U);
    EXPECT_EQ(waiter.result(), 0);
    EXPECT_EQ(answer.out.calls, 2U);
}

lab_wait calls_back(lab_callback callback, __s64 timeout_ns = far)
{
    lab_wait request = lab_wait_request(LAB_WAIT_INIT_WAITQUEUE_FUNC_ENTRY, 1, timeout_ns);
    request.callback = callback;
    return request;
}

// Linked last, and so before the other, by either engine:
//
//   queue:  refuses  plain
TEST_F(Wakers, TheWalkGoesOnBehindAnEntryThatRefuses)
{
    const LabFile file;
    for (const __u32 engine : {LAB_ENGINE_CORE, LAB_ENGINE_MACRO}) {
        Caller plain([&] {
            return wait(file, lab_wait_request(LAB_WAIT_EVENT_INTERRUPTIBLE, 1, 0, LAB_CONSUME))
                .error;
        });
        ASSERT_TRUE(asleep(plain.tid(), 'S', file, &lab_info::waiters, 1));
        lab_wait request = calls_back(LAB_CALLBACK_REFUSE, 300000000);
        request.engine = engine;
        Answer<lab_wait> answer{};
        Caller refuses([&] { return (answer = wait(file, request)).error; });
        ASSERT_TRUE(asleep(refuses.tid(), 'S', file, &lab_info::waiters, 2));
        EXPECT_EQ(wake(file, 1).out.woken, 1U);
        EXPECT_EQ(plain.result(), 0);
        EXPECT_EQ(refuses.result(), -ETIMEDOUT);
        EXPECT_EQ(answer.out.calls, 1U);
    }
}

//   queue:  ends  plain
TEST_F(Wakers, TheWalkEndsAtAnEntryThatEndsIt)
{
    const LabFile file;
    for (const lab_wake_kind kind : {LAB_WAKE_UP, LAB_WAKE_UP_ALL}) {
        Caller plain(
            [&] { return wait(file, lab_wait_request(LAB_WAIT_EVENT_INTERRUPTIBLE)).error; });
        ASSERT_TRUE(asleep(plain.tid(), 'S', file, &lab_info::waiters, 1));
        Caller ends([&] { return wait(file, calls_back(LAB_CALLBACK_END)).error; });
        ASSERT_TRUE(asleep(ends.tid(), 'S', file, &lab_info::waiters, 2));
        EXPECT_EQ(wake(file, 1, kind).out.woken, 1U);
        EXPECT_EQ(ends.result(), 0);
        EXPECT_TRUE(asleep(plain.tid(), 'S', file, &lab_info::waiters, 1));
        EXPECT_EQ(wake(file, 0, kind).out.woken, 1U);
        EXPECT_EQ(plain.result(), 0);
        wait(file, lab_wait_request(LAB_WAIT_EVENT_INTERRUPTIBLE, 1, 0, LAB_CONSUME));
    }
}

TEST_F(Wakers, MorePollersThanThereMayBeAreBusy)
{
    const LabFile file;
    std::list<Caller> pollers;
    for (__u64 i = 1; i <= LAB_POLLERS_MAX; ++i) {
        pollers.emplace_back([&] { return wait(file, calls_back(LAB_CALLBACK_POLLER)).error; });
        ASSERT_TRUE(until([&] { return info(file).waiters == i; }));
    }
    EXPECT_EQ(wait(file, calls_back(LAB_CALLBACK_POLLER)).error, -EBUSY);
    wake(file, 1, LAB_WAKE_UP_ALL);
    for (Caller &poller : pollers)
        EXPECT_EQ(poller.result(), 0);
}

TEST_F(Wakers, PollfreeSendsEveryoneAway)
{
    const LabFile file;
    for (const ContextRow &context : context_rows) {
        const lab_wait request = calls_back(LAB_CALLBACK_POLLER);
        std::list<Caller> pollers;
        for (__u64 i = 1; i <= 3; ++i) {
            pollers.emplace_back([&] { return wait(file, request).error; });
            ASSERT_TRUE(asleep(pollers.back().tid(), 'S', file, &lab_info::waiters, i));
        }
        const auto ended =
            wake(file, {sizeof(lab_wake), LAB_WAKE_UP_POLLFREE, 0, context.value, 0, 0, 0, 0, 0});
        EXPECT_EQ(ended.error, 0);
        EXPECT_EQ(ended.out.woken, 3U) << context.name;
        for (Caller &poller : pollers)
            EXPECT_EQ(poller.result(), -EIDRM);
    }
}

// The bit that POLLFREE has, in a wake-up that ends nothing.
TEST_F(Wakers, NobodyIsSentAwayByAKey)
{
    const LabFile file;
    const lab_wait request = calls_back(LAB_CALLBACK_POLLER);
    Caller poller([&] { return wait(file, request).error; });
    ASSERT_TRUE(asleep(poller.tid(), 'S', file, &lab_info::waiters));
    EXPECT_EQ(wake(file, {sizeof(lab_wake), LAB_WAKE_UP_POLL, 0, 0, 0, 0x4000, 0, 0, 0}).error, 0);
    EXPECT_TRUE(asleep(poller.tid(), 'S', file, &lab_info::waiters));
    wake(file, 1);
    EXPECT_EQ(poller.result(), 0);
}

TEST_F(Wakers, TheSecondOfPriorityExclusiveIsBusy)
{
    const LabFile file;
    const lab_wait request = lab_wait_request(LAB_WAIT_ADD_WAIT_QUEUE_PRIORITY, 1, far);
    if (!(kinds(file).wait >> request.kind & 1)) {
        EXPECT_EQ(wait(file, request).error, -EOPNOTSUPP);
        return;
    }
    Caller plain([&] { return wait(file, lab_wait_request(LAB_WAIT_EVENT_INTERRUPTIBLE)).error; });
    ASSERT_TRUE(asleep(plain.tid(), 'S', file, &lab_info::waiters, 1));
    Caller first([&] { return wait(file, request).error; });
    ASSERT_TRUE(asleep(first.tid(), 'S', file, &lab_info::waiters, 2));
    lab_waiter list[2]{};
    lab_waiters call{sizeof call, 2, reinterpret_cast<__u64>(list), 0};
    ASSERT_EQ(ioctl(file.fd(), LAB_IOC_WAITERS, &call), 0);
    EXPECT_EQ(list[0].pid, static_cast<__u32>(first.tid())); // before who was there
    EXPECT_TRUE(list[0].flags & LAB_WAITER_PRIORITY);
    // Exclusive too, until some kernel between 6.12 and 7.3: then nobody behind it is woken.
    const bool exclusive = list[0].flags & LAB_WAITER_EXCLUSIVE;
    EXPECT_EQ(wake(file, 1).out.woken, exclusive ? 1U : 2U);
    EXPECT_EQ(first.result(), 0);
    wake(file, 0, LAB_WAKE_UP_ALL);
    EXPECT_EQ(plain.result(), 0);
}

// A queue of the lab has two wait queues (LAB_PLACES), and POLLER a third: a wake-up for n
// exclusive waiters is one order for all of them, and those that are not exclusive are woken in
// each.
//
//   events: plain, exclusive    locked: plain, exclusive    pollers: one
TEST_F(Wakers, OneForOneOverEveryWaitQueue)
{
    const LabFile file;
    const auto waits = [&](lab_wait_kind kind) {
        return [&file, kind] { return wait(file, lab_wait_request(kind)).error; };
    };
    Caller plain(waits(LAB_WAIT_EVENT_INTERRUPTIBLE));
    Caller plain_locked(waits(LAB_WAIT_EVENT_INTERRUPTIBLE_LOCKED));
    Caller exclusive(waits(LAB_WAIT_EVENT_INTERRUPTIBLE_EXCLUSIVE));
    ASSERT_TRUE(asleep(exclusive.tid(), 'S', file, &lab_info::waiters_exclusive, 1));
    Caller exclusive_locked(waits(LAB_WAIT_EVENT_INTERRUPTIBLE_EXCLUSIVE_LOCKED));
    ASSERT_TRUE(asleep(exclusive_locked.tid(), 'S', file, &lab_info::waiters_exclusive, 2));
    ASSERT_TRUE(asleep(plain.tid(), 'S', file, &lab_info::waiters, 2));
    ASSERT_TRUE(asleep(plain_locked.tid(), 'S', file, &lab_info::waiters, 2));
    EXPECT_EQ(wake(file, 1).out.woken, 3U);
    EXPECT_EQ(plain.result(), 0);
    EXPECT_EQ(plain_locked.result(), 0);
    EXPECT_TRUE(until([&] { return info(file).waiters_exclusive == 1; }));
    // The first of the two wait queues is served first.
    EXPECT_EQ(exclusive.result(), 0);
    EXPECT_TRUE(asleep(exclusive_locked.tid(), 'S', file, &lab_info::waiters_exclusive, 1));
    // And what the first has no use for goes on to the second.
    EXPECT_EQ(wake(file, 0).out.woken, 1U);
    EXPECT_EQ(exclusive_locked.result(), 0);
}

TEST_F(Wakers, TwoForTwoOverBothWaitQueues)
{
    const LabFile file;
    std::list<Caller> waiters;
    const auto add = [&](lab_wait_kind kind, __u64 count) {
        waiters.emplace_back([&file, kind] { return wait(file, lab_wait_request(kind)).error; });
        ASSERT_TRUE(asleep(waiters.back().tid(), 'S', file, &lab_info::waiters_exclusive, count));
    };
    add(LAB_WAIT_EVENT_INTERRUPTIBLE_EXCLUSIVE_LOCKED, 1);
    add(LAB_WAIT_EVENT_INTERRUPTIBLE_EXCLUSIVE, 2);
    add(LAB_WAIT_EVENT_INTERRUPTIBLE_EXCLUSIVE_LOCKED, 3);
    EXPECT_EQ(wake(file, 1, LAB_WAKE_UP_NR, 2).out.woken, 2U);
    EXPECT_TRUE(until([&] { return info(file).waiters_exclusive == 1; }));
    EXPECT_EQ(wake(file, 0, LAB_WAKE_UP_NR, 2).out.woken, 1U);
    for (Caller &waiter : waiters)
        EXPECT_EQ(waiter.result(), 0);
}

// What was false before LAB_WINDOW is not told as the answer after it: a time of 0 leaves no other
// test than the first.
TEST_F(Wakers, TheConditionIsTestedAgainAfterTheWindow)
{
    const LabFile file;
    Answer<lab_wait> answer{};
    Caller waiter([&] {
        return (answer = wait(
                    file, lab_wait_request(LAB_WAIT_EVENT_INTERRUPTIBLE_TIMEOUT, 1, 0, LAB_WINDOW)))
            .error;
    });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &lab_info::waiters));
    EXPECT_EQ(wake(file, 1).error, 0);
    EXPECT_EQ(waiter.result(), 0);
    EXPECT_GE(answer.out.tests, 2U);
}

TEST_F(Wakers, AllOfALongQueueAndTheListOfIt)
{
    constexpr __u64 many = 200; // more than three chunks
    const LabFile file;
    std::list<Caller> callers;
    for (__u64 i = 0; i < many; ++i)
        callers.emplace_back(
            [&] { return wait(file, lab_wait_request(LAB_WAIT_EVENT_INTERRUPTIBLE)).error; });
    ASSERT_TRUE(until([&] { return info(file).waiters == many; }));
    std::vector<lab_waiter> list(many + 8);
    lab_waiters call{sizeof call, static_cast<__u32>(list.size()),
                     reinterpret_cast<__u64>(list.data()), 0};
    ASSERT_TRUE(until([&] {
        call.count = static_cast<__u32>(list.size());
        return ioctl(file.fd(), LAB_IOC_WAITERS, &call) == 0 && call.linked == many;
    }));
    EXPECT_EQ(call.count, many);
    std::set<__u32> pids;
    for (__u32 i = 0; i < call.count; ++i) {
        pids.insert(list[i].pid);
        EXPECT_TRUE(list[i].flags & LAB_WAITER_KNOWN);
        EXPECT_EQ(list[i].kind, static_cast<__u32>(LAB_WAIT_EVENT_INTERRUPTIBLE));
        EXPECT_EQ(std::string_view(list[i].function).substr(0, 16), "waitq_wake_entry");
        EXPECT_EQ(std::string(list[i].comm), "device_tests");
    }
    EXPECT_EQ(pids.size(), many);
    EXPECT_EQ(wake(file, 1, LAB_WAKE_UP_ALL).out.woken, many);
    for (Caller &caller : callers)
        EXPECT_EQ(caller.result(), 0);
}

TEST_F(Wakers, WchanNamesTheEngine)
{
    if (!tells_wchan())
        GTEST_SKIP() << "this kernel does not tell where a task sleeps";
    const LabFile file;
    for (const auto &[engine, name] :
         {std::pair(LAB_ENGINE_CORE, "lab_wait_by_core"),
          std::pair(LAB_ENGINE_MACRO, "lab_macro_EVENT_INTERRUPTIBLE")}) {
        Caller waiter([&, engine = engine] {
            return wait(file,
                        lab_wait_request(LAB_WAIT_EVENT_INTERRUPTIBLE, 1, 0, LAB_CONSUME, engine))
                .error;
        });
        ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &lab_info::waiters));
        EXPECT_EQ(wchan(waiter.tid()), name);
        wake(file, 1);
        EXPECT_EQ(waiter.result(), 0);
    }
}

// An entry of the kernel's own has no room for the kind; the list names it all the same.
TEST_F(Wakers, TheKindOfAMacrosWaiterIsListed)
{
    const LabFile file;
    Caller waiter([&] {
        return wait(file, lab_wait_request(LAB_WAIT_EVENT_INTERRUPTIBLE, 1, 0, 0, LAB_ENGINE_MACRO))
            .error;
    });
    ASSERT_TRUE(asleep(waiter.tid(), 'S', file, &lab_info::waiters));
    const auto list = waiters(file);
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list[0].pid, static_cast<__u32>(waiter.tid()));
    EXPECT_EQ(std::string_view(list[0].function), "autoremove_wake_function");
    EXPECT_TRUE(list[0].flags & LAB_WAITER_KNOWN);
    EXPECT_EQ(list[0].kind, static_cast<__u32>(LAB_WAIT_EVENT_INTERRUPTIBLE));
    std::ifstream text(waiters_path(lab));
    std::string header, line;
    std::getline(text, header);
    std::getline(text, line);
    EXPECT_NE(line.find("autoremove_wake_function"), std::string::npos) << header << line;
    EXPECT_NE(line.find(std::to_string(waiter.tid())), std::string::npos) << line;
    EXPECT_NE(line.find(" wait_event_interruptible "), std::string::npos) << line;
    wake(file, 1);
    EXPECT_EQ(waiter.result(), 0);
}

} // namespace
} // namespace waitq::test
