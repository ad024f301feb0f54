// SPDX-License-Identifier: GPL-2.0
// many_load_test.cpp - WAITQ_IOC_WAIT_ANY and _WAIT_ALL among others: onlookers, other waiters,
// tasks that do not run, many posts at once.
#include "support/hog.hpp"
#include "support/many.hpp"
#include "support/stress.hpp"

#include <fstream>
#include <memory>

namespace waitq::test {
namespace {

// ---- onlookers ----

TEST_F(Many, IsShownInEachQueue)
{
    const Files files;
    for (const Waits &waits : {any, all}) {
        Caller waiter([&] { return waits(files, {files.item(0, 5), files.item(1, 6)}); });
        ASSERT_TRUE(sleeps(waiter, files, first_two));
        for (const unsigned int queue : first_two) {
            const auto list = waiters(files.at.at(queue));
            ASSERT_EQ(list.size(), 1U);
            EXPECT_EQ(list[0].pid, static_cast<__u32>(waiter.tid()));
            EXPECT_EQ(list[0].place, static_cast<__u32>(WAITQ_PLACE_EVENTS));
            EXPECT_EQ(list[0].flags, WAITQ_WAITER_EXCLUSIVE | WAITQ_WAITER_TASK);
            EXPECT_EQ(list[0].threshold, 5U + queue);
            EXPECT_NE(list[0].since_ns, 0);
        }
        if (tells_wchan()) {
            EXPECT_EQ(wchan(waiter.tid()), "waitq_wait_items");
        }
        waiter.signal();
        EXPECT_EQ(waiter.result(), -EINTR);
    }
}

TEST_F(Many, IsAWaiterAsAnyOther)
{
    const Files files;
    const Items items{files.item(0), files.item(1)};
    Caller first([&] { return any(files, items); });
    ASSERT_TRUE(sleeps(first, files, first_two));
    Caller second([&] { return wait(files.at[0], wait_request(1, taking)).error; });
    ASSERT_TRUE(asleep(second.tid(), 'S', files.at[0], &waitq_info::event_waiters_exclusive, 2));
    EXPECT_EQ(wake(files.at[0], 1, 1).woken, 1U);
    EXPECT_EQ(first.result(), 0);
    EXPECT_FALSE(second.done());
    EXPECT_EQ(wake(files.at[0], 1, 1).woken, 1U);
    EXPECT_EQ(second.result(), 0);
}

// ---- whoever runs ----

// How often the task has got a CPU.
unsigned long runs_of(pid_t task)
{
    std::ifstream file("/proc/self/task/" + std::to_string(task) + "/schedstat");
    unsigned long ran = 0, waited = 0, runs = 0;
    file >> ran >> waited >> runs;
    return runs;
}

// A task waits for all of two queues and sleeps on CPU 1, where then no ordinary task runs; another
// waits for room in the second queue. Posts what the first waits for. Returns whether the other was
// told before the first has run.
bool told_before_it_runs(const Files &files)
{
    const Hog hog(1);
    Caller waiter([&] {
        pin(0, 1);
        return all(files, {files.item(0), files.item(1)});
    });
    EXPECT_TRUE(sleeps(waiter, files, first_two));
    files.post(1, WAITQ_COUNTER_MAX);
    const Descriptor eventfd(open_eventfd(files.at[1]));
    Caller writer([&] {
        pin(0, 0);
        const __u64 one = 1;
        return write(eventfd, &one, sizeof one);
    });
    EXPECT_TRUE(asleep_at(writer.tid(), 'S', files.at[1], WAITQ_PLACE_EVENT_ROOM));
    pin(0, 0);
    hog.begin();
    const unsigned long runs = runs_of(waiter.tid());
    files.post(0);
    EXPECT_TRUE(until([&] { return writer.done(); }));
    const unsigned long then = runs_of(waiter.tid());
    hog.end();
    unpin(0);
    EXPECT_EQ(waiter.result(), 0);
    EXPECT_EQ(writer.result(), 8);
    EXPECT_EQ(take(files.at[1], WAITQ_COUNTER_MAX), 0); // what is left there
    return then == runs;
}

// A post to one queue satisfies a call that makes room in another one. A task that waits for the
// room does not depend on the call's own task, which may not run for long.
TEST_F(Many, RoomIsToldThoughItsTaskDoesNotRun)
{
    if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
        GTEST_SKIP() << "this machine has one CPU";
    const Files files;
    // A thread of the kernel tells it, which may be kept on CPU 1 as well (on PREEMPT_RT, once in
    // 50 times).
    bool told = false;
    for (int tries = 0; tries < 5 && !told && !HasFailure(); ++tries)
        told = told_before_it_runs(files);
    EXPECT_TRUE(told);
}

// ---- under load ----

// A queue with one event is a lock. Each task takes both, in its own order, and counts.
TEST_F(Many, TakesTwoLocksInAnyOrder)
{
    const Files files;
    constexpr unsigned int tasks = 4, rounds = 2000;
    volatile unsigned int counted = 0;
    std::vector<std::unique_ptr<Caller>> callers;
    callers.reserve(tasks);
    for (unsigned int task = 0; task < tasks; ++task)
        callers.push_back(std::make_unique<Caller>([&, task]() -> long {
            const unsigned int first = task % 2;
            for (unsigned int i = 0; i < rounds; ++i) {
                if (const long result = all(files, {files.item(first), files.item(1 - first)}))
                    return result;
                counted = counted + 1;
                files.post(first);
                files.post(1 - first);
            }
            return 0;
        }));
    files.post(0);
    files.post(1);
    for (const auto &caller : callers)
        EXPECT_EQ(caller->result(), 0);
    EXPECT_EQ(counted, tasks * rounds);
    EXPECT_EQ(files.counter(0), 1U);
    EXPECT_EQ(files.counter(1), 1U);
}

// Several tasks post to a queue where two wait for all: no post takes long, however often the walks
// give way to each other.
TEST_F(Many, PostersGetThrough)
{
    const Files files;
    constexpr int posts = 3000;
    std::vector<std::unique_ptr<Caller>> callers;
    callers.reserve(4);
    for (int i = 0; i < 2; ++i)
        callers.push_back(std::make_unique<Caller>([&] {
            return all(files, {files.item(0), files.item(1)});
        }));
    ASSERT_TRUE(until([&] { return info(files.at[1]).event_waiters_exclusive == 2; }));
    for (int i = 0; i < 2; ++i)
        callers.push_back(std::make_unique<Caller>([&]() -> long {
            for (int n = 0; n < posts; ++n)
                if (const long error = wake(files.at[0], 1, every_one).error)
                    return error;
            return 0;
        }));
    EXPECT_EQ(callers[2]->result(), 0);
    EXPECT_EQ(callers[3]->result(), 0);
    files.post(1, 2);
    EXPECT_EQ(callers[0]->result(), 0);
    EXPECT_EQ(callers[1]->result(), 0);
    EXPECT_EQ(files.counter(0), 2U * posts - 2);
}

// Callers that are signalled and time out: each event is taken once.
TEST_F(Many, LosesNothingUnderNoise)
{
    const Files files;
    for (const Waits &waits : {any, all}) {
        // Those of WAIT_ALL find enough in queue 1, always.
        const Items items{files.item(0),
                          files.item(1, 1000, waits.number == all.number ? 0 : taking)};
        const auto take_within = [&](__s64 timeout_ns) {
            auto request = request_for(items, timeout_ns < 0 ? 0 : WAITQ_TIMEOUT);
            request.timeout_ns = timeout_ns < 0 ? 0 : timeout_ns;
            return call(files.at[0], waits.number, request).error;
        };
        expect_tokens_conserved(
            files.at[0], [&] { return take_within(-1); }, take_within);
        take(files.at[0], files.counter(0));
        files.post(1, 1000);
    }
}

} // namespace
} // namespace waitq::test
