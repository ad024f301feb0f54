// SPDX-License-Identifier: GPL-2.0
// many_test.cpp - WAITQ_IOC_WAIT_ANY and _WAIT_ALL. What the kernel's own tests of ntsync check
// (tools/testing/selftests/drivers/ntsync) is checked here for this device: its semaphore is a
// queue with an item that consumes, its event of manual reset one with an item that does not, its
// mutex a queue with one event.
#include "support/hog.hpp"
#include "support/module.hpp"
#include "support/stress.hpp"
#include "support/tasks.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <sys/mman.h>
#include <waitq/many.hpp>

namespace waitq::test {
namespace {

constexpr __u32 queues = 4, taking = WAITQ_CONSUME | WAITQ_EXCLUSIVE;

class Many : public WithModule {
protected:
    Many() : WithModule("queues=" + std::to_string(queues)) {}
};

// A file of each queue.
struct Files {
    std::array<File, queues> at{File(O_RDWR, 0), File(O_RDWR, 1), File(O_RDWR, 2), File(O_RDWR, 3)};

    [[nodiscard]] waitq_item item(unsigned int queue, __u64 threshold = 1,
                                  __u32 flags = taking) const
    {
        return {static_cast<__u32>(at.at(queue).fd()), flags, threshold};
    }
    [[nodiscard]] __u64 counter(unsigned int queue) const { return info(at.at(queue)).counter; }
    void post(unsigned int queue, __u64 n = 1) const
    {
        EXPECT_EQ(wake(at.at(queue), n, every_one).error, 0);
    }
};

using Items = std::vector<waitq_item>;

waitq_wait_many request_for(const Items &items, __u32 flags = 0)
{
    return {sizeof(waitq_wait_many),          flags, 0,
            static_cast<__u32>(items.size()), 0,     reinterpret_cast<__u64>(items.data())};
}

// The number of an item, or -errno.
struct Waits {
    unsigned long number;
    __u32 flags;

    long operator()(const Files &files, const Items &items) const
    {
        return call(files.at[0], number, request_for(items, flags)).error;
    }
    // Only looks.
    [[nodiscard]] long now(const Files &files, const Items &items) const
    {
        return call(files.at[0], number, request_for(items, flags | WAITQ_TIMEOUT)).error;
    }
};
constexpr Waits any{WAITQ_IOC_WAIT_ANY, 0}, all{WAITQ_IOC_WAIT_ALL, 0},
    any_or_alert{WAITQ_IOC_WAIT_ANY, WAITQ_ALERT}, all_or_alert{WAITQ_IOC_WAIT_ALL, WAITQ_ALERT};

// It sleeps in as many queues as it has items.
template <class Container>
testing::AssertionResult sleeps(const Caller &caller, const Files &files, const Container &in)
{
    return until([&] {
        return state_of(caller.tid()) == 'S' && std::ranges::all_of(in, [&](unsigned int queue) {
                   return info(files.at.at(queue)).event_waiters_exclusive == 1;
               });
    });
}
constexpr std::array first_two{0U, 1U};

// ---- calls that need not sleep ----

TEST_F(Many, AnyTakesOfTheFirstThatHasEnough)
{
    const Files files;
    const Items items{files.item(0), files.item(1, 2)};
    EXPECT_EQ(any.now(files, items), -ETIMEDOUT);
    files.post(0);
    files.post(1, 3);
    EXPECT_EQ(any.now(files, items), 0);
    EXPECT_EQ(files.counter(0), 0U);
    EXPECT_EQ(files.counter(1), 3U);
    EXPECT_EQ(any.now(files, items), 1);
    EXPECT_EQ(files.counter(1), 1U);
    EXPECT_EQ(any.now(files, items), -ETIMEDOUT);
    EXPECT_EQ(files.counter(1), 1U);
    EXPECT_EQ(info(files.at[0]).timeouts, 2U);
}

TEST_F(Many, AnyMayNameAQueueTwice)
{
    const Files files;
    files.post(0, 2);
    EXPECT_EQ(any.now(files, {files.item(0, 3), files.item(0, 2)}), 1);
    EXPECT_EQ(files.counter(0), 0U);
    files.post(0);
    EXPECT_EQ(any.now(files, Items(WAITQ_ITEMS_MAX, files.item(0))), 0);
}

TEST_F(Many, AllTakesOfAllOrOfNone)
{
    const Files files;
    const Items items{files.item(0, 2), files.item(1)};
    files.post(0, 2);
    EXPECT_EQ(all.now(files, items), -ETIMEDOUT);
    EXPECT_EQ(files.counter(0), 2U);
    files.post(1);
    EXPECT_EQ(all.now(files, items), 0);
    EXPECT_EQ(files.counter(0), 0U);
    EXPECT_EQ(files.counter(1), 0U);
}

TEST_F(Many, AnItemThatDoesNotConsumeTakesNothing)
{
    const Files files;
    files.post(0);
    files.post(1);
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(any.now(files, {files.item(0, 1, 0)}), 0);
        EXPECT_EQ(all.now(files, {files.item(0, 1, 0), files.item(1, 1, 0)}), 0);
    }
    EXPECT_EQ(all.now(files, {files.item(0, 1, 0), files.item(1)}), 0);
    EXPECT_EQ(files.counter(0), 1U);
    EXPECT_EQ(files.counter(1), 0U);
}

TEST_F(Many, AnAlertCountsWhereTheRestDoesNot)
{
    const Files files;
    const Items items{files.item(0), files.item(1), files.item(2)};
    files.post(0);
    files.post(1);
    files.post(2);
    EXPECT_EQ(all_or_alert.now(files, items), 0);
    EXPECT_EQ(files.counter(2), 1U);
    files.post(0);
    EXPECT_EQ(all_or_alert.now(files, items), 2);
    EXPECT_EQ(files.counter(2), 0U);
    EXPECT_EQ(files.counter(0), 1U);
    EXPECT_EQ(all_or_alert.now(files, items), -ETIMEDOUT);
    files.post(2);
    EXPECT_EQ(any_or_alert.now(files, items), 0);
    EXPECT_EQ(any_or_alert.now(files, items), 2);
    EXPECT_EQ(any_or_alert.now(files, Items(WAITQ_ITEMS_MAX + 1, files.item(0))), -ETIMEDOUT);
}

// ---- calls that sleep ----

TEST_F(Many, AnyIsSatisfiedByThePost)
{
    const Files files;
    const Items items{files.item(0), files.item(1, 2)};
    for (const unsigned int queue : {0U, 1U}) {
        Caller waiter([&] { return any(files, items); });
        ASSERT_TRUE(sleeps(waiter, files, first_two));
        if (queue == 1) {
            files.post(1);
            EXPECT_EQ(files.counter(1), 1U);
            EXPECT_FALSE(waiter.done());
        }
        files.post(queue);
        EXPECT_EQ(files.counter(queue), 0U);
        EXPECT_EQ(waiter.result(), queue);
    }
    EXPECT_EQ(info(files.at[0]).woken, 1U);
    EXPECT_EQ(info(files.at[1]).woken, 1U);
}

TEST_F(Many, AllIsSatisfiedByThePostThatCompletesIt)
{
    const Files files;
    const Items items{files.item(0), files.item(1), files.item(2, 1, WAITQ_EXCLUSIVE)};
    Caller waiter([&] { return all(files, items); });
    ASSERT_TRUE(sleeps(waiter, files, std::array{0U, 1U, 2U}));
    files.post(0);
    EXPECT_EQ(files.counter(0), 1U);
    EXPECT_EQ(take(files.at[0]), 0); // others may take before
    files.post(1);
    files.post(2);
    EXPECT_EQ(files.counter(1), 1U);
    EXPECT_FALSE(waiter.done());
    files.post(0, 2);
    EXPECT_EQ(files.counter(0), 1U);
    EXPECT_EQ(files.counter(1), 0U);
    EXPECT_EQ(files.counter(2), 1U);
    EXPECT_EQ(waiter.result(), 0);
}

TEST_F(Many, AnAlertEndsTheWait)
{
    const Files files;
    Caller waiter([&] {
        return all_or_alert(files, {files.item(0), files.item(1), files.item(2)});
    });
    ASSERT_TRUE(sleeps(waiter, files, std::array{0U, 1U, 2U}));
    files.post(1);
    EXPECT_FALSE(waiter.done());
    files.post(2);
    EXPECT_EQ(files.counter(2), 0U);
    EXPECT_EQ(files.counter(1), 1U);
    EXPECT_EQ(waiter.result(), 2);
}

TEST_F(Many, AnInterruptSatisfiesEither)
{
    const Files files;
    for (const Waits &waits : {any, all}) {
        Caller waiter([&] { return waits(files, {files.item(0), files.item(1)}); });
        ASSERT_TRUE(sleeps(waiter, files, first_two));
        for (const unsigned int queue : first_two)
            EXPECT_EQ(timer(files.at.at(queue), timer_request(ms)).error, 0);
        EXPECT_GE(waiter.result(), 0);
        ASSERT_TRUE(until([&] {
            return cancel_timer(files.at[0]).error == 0 && info(files.at[0]).wakes >= 1 &&
                   info(files.at[1]).wakes >= 1;
        }));
        for (const unsigned int queue : first_two)
            take(files.at.at(queue), files.counter(queue));
    }
}

// A post in the page is a post.
TEST_F(Many, ThePageIsInTheKernelWhileItWaits)
{
    const auto device = Device::open(0U);
    ASSERT_TRUE(device);
    EXPECT_EQ(*device->post(), 0U);
    EXPECT_EQ(device->wait({.consume = true})->outcome, Outcome::Satisfied);
    const Files files;
    for (const Waits &waits : {any, all}) {
        Caller waiter([&] { return waits(files, {files.item(0)}); });
        ASSERT_TRUE(sleeps(waiter, files, std::array{0U}));
        EXPECT_EQ(*device->post(), 1U);
        EXPECT_EQ(waiter.result(), 0);
    }
}

// ---- ends of the wait ----

TEST_F(Many, TimesOutNeverEarly)
{
    const Files files;
    for (const Waits &waits : {any, all})
        for (const __u32 absolute : {0U, WAITQ_ABSOLUTE}) {
            const Items items{files.item(0), files.item(1)};
            auto request = request_for(items, WAITQ_TIMEOUT | absolute);
            const __s64 end = now() + 20 * ms;
            request.timeout_ns = absolute ? end : 20 * ms;
            EXPECT_EQ(call(files.at[0], waits.number, request).error, -ETIMEDOUT);
            EXPECT_GE(now(), end);
        }
    EXPECT_EQ(info(files.at[1]).timeouts, 4U);
}

TEST_F(Many, TellsWhatWasLeft)
{
    const Files files;
    files.post(0);
    files.post(1);
    for (const Waits &waits : {any, all}) {
        const Items items{files.item(0, 1, 0), files.item(1, 1, 0)};
        auto request = request_for(items, WAITQ_TIMEOUT);
        request.timeout_ns = 100 * one_second;
        const auto answer = call(files.at[0], waits.number, request);
        EXPECT_EQ(answer.error, 0);
        EXPECT_GT(answer.out.timeout_ns, 0);
        EXPECT_LT(answer.out.timeout_ns, 100 * one_second);
    }
}

TEST_F(Many, ASignalEndsItAndTakesNothing)
{
    const Files files;
    for (const Waits &waits : {any, all}) {
        Caller waiter([&] { return waits(files, {files.item(0), files.item(1)}); });
        ASSERT_TRUE(sleeps(waiter, files, first_two));
        waiter.signal();
        EXPECT_EQ(waiter.result(), -EINTR);
    }
    EXPECT_EQ(info(files.at[0]).interrupted, 2U);
    EXPECT_EQ(info(files.at[0]).event_waiters_exclusive, 0U);
    files.post(0);
    files.post(1);
    EXPECT_EQ(files.counter(0) + files.counter(1), 2U);
}

TEST_F(Many, GoesOnAfterASignalWithWhatWasLeft)
{
    const Files files;
    struct sigaction action {};
    action.sa_handler = [](int) {};
    action.sa_flags = SA_RESTART;
    struct sigaction before {};
    const __s64 begun = now();
    const Items items{files.item(0), files.item(1)};
    auto request = request_for(items, WAITQ_TIMEOUT);
    request.timeout_ns = 100 * one_second;
    Caller waiter([&] { return call(files.at[0], WAITQ_IOC_WAIT_ALL, request).error; });
    ASSERT_TRUE(sleeps(waiter, files, first_two));
    ASSERT_EQ(sigaction(SIGUSR1, &action, &before), 0);
    waiter.signal();
    ASSERT_TRUE(until([&] { return info(files.at[1]).interrupted == 1; }));
    ASSERT_TRUE(sleeps(waiter, files, first_two));
    ASSERT_EQ(sigaction(SIGUSR1, &before, nullptr), 0);
    files.post(0);
    files.post(1);
    EXPECT_EQ(waiter.result(), 0);
    EXPECT_LT(now(), begun + 100 * one_second);
}

TEST_F(Many, IsGoneWhenItsTaskIsKilled)
{
    const Files files;
    for (const Waits &waits : {any, all}) {
        Child child([&] {
            static_cast<void>(waits(files, {files.item(0), files.item(1)}));
            return 1;
        });
        ASSERT_TRUE(asleep(child.pid(), 'S', files.at[1], &waitq_info::event_waiters_exclusive));
        child.signal(SIGKILL);
        EXPECT_EQ(child.status(), SIGKILL);
    }
    EXPECT_TRUE(waiters(files.at[0]).empty());
    files.post(0);
    EXPECT_EQ(files.counter(0), 1U);
}

// The call keeps the queues whose descriptors are closed meanwhile.
TEST_F(Many, OutlivesItsDescriptors)
{
    for (const Waits &waits : {any, all}) {
        Files files;
        const Items items{files.item(1), files.item(2)};
        auto request = request_for(items, WAITQ_TIMEOUT);
        request.timeout_ns = 200 * ms;
        const File other(O_RDWR, 1);
        Caller waiter([&] { return call(files.at[0], waits.number, request).error; });
        ASSERT_TRUE(asleep(waiter.tid(), 'S', other, &waitq_info::event_waiters_exclusive));
        for (const unsigned int queue : {1U, 2U})
            files.at.at(queue).close();
        EXPECT_EQ(waiter.result(), -ETIMEDOUT);
    }
}

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

// ---- bad input ----

TEST_F(Many, RefusesWhatTheContractRefuses)
{
    const Files files;
    const Items good{files.item(0, 5), files.item(1, 5)};
    for (const Waits &waits : {any, all}) {
        const auto with = [&](auto change) {
            auto request = request_for(good, WAITQ_TIMEOUT);
            change(request);
            return call(files.at[0], waits.number, request).error;
        };
        EXPECT_EQ(with([](waitq_wait_many &) {}), -ETIMEDOUT);
        EXPECT_EQ(with([](waitq_wait_many &bad) { bad.count = 0; }), -EINVAL);
        EXPECT_EQ(with([](waitq_wait_many &bad) { bad.count = WAITQ_ITEMS_MAX + 1; }), -EINVAL);
        EXPECT_EQ(with([](waitq_wait_many &bad) { bad.count = ~0U; }), -EINVAL);
        EXPECT_EQ(with([](waitq_wait_many &bad) { bad.pad = 1; }), -EINVAL);
        EXPECT_EQ(with([](waitq_wait_many &bad) { bad.flags |= WAITQ_CONSUME; }), -EINVAL);
        EXPECT_EQ(with([](waitq_wait_many &bad) { bad.timeout_ns = -1; }), -EINVAL);
        EXPECT_EQ(with([](waitq_wait_many &bad) { bad.flags = WAITQ_ABSOLUTE; }), -EINVAL);
        EXPECT_EQ(with([](waitq_wait_many &bad) { bad.items = 16; }), -EFAULT);

        const auto with_item = [&](auto change) {
            Items items = good;
            change(items[1]);
            return waits.now(files, items);
        };
        EXPECT_EQ(with_item([](waitq_item &bad) { bad.threshold = 0; }), -EINVAL);
        EXPECT_EQ(with_item([](waitq_item &bad) { bad.threshold = ~0ULL; }), -EINVAL);
        EXPECT_EQ(with_item([](waitq_item &bad) { bad.flags = WAITQ_TIMEOUT; }), -EINVAL);
        EXPECT_EQ(with_item([](waitq_item &bad) { bad.fd = ~0U; }), -EBADF);
        const File writable(O_WRONLY, 1);
        const Descriptor eventfd(open_eventfd(files.at[1])), null(::open("/dev/null", O_RDWR));
        for (const Descriptor *file :
             std::initializer_list<const Descriptor *>{&writable, &eventfd, &null})
            EXPECT_EQ(with_item([&](waitq_item &bad) { bad.fd = static_cast<__u32>(file->fd()); }),
                      -EBADF);
    }
    const File again(O_RDWR, 0);
    EXPECT_EQ(
        all.now(files, {files.item(0), files.item(1), {static_cast<__u32>(again.fd()), taking, 1}}),
        -EINVAL);
    EXPECT_EQ(any_or_alert.now(files, {files.item(0)}), -EINVAL);
    EXPECT_EQ(all_or_alert.now(files, {files.item(0)}), -EINVAL);
    EXPECT_EQ(info(files.at[0]).event_waiters_exclusive, 0U);
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

// A post to one queue satisfies a call that makes room in another one. A task that waits for the
// room does not depend on the call's own task, which may not run for long.
TEST_F(Many, RoomIsToldThoughItsTaskDoesNotRun)
{
    if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
        GTEST_SKIP() << "this machine has one CPU";
    const Files files;
    const Hog hog(1);
    Caller waiter([&] {
        pin(0, 1);
        return all(files, {files.item(0), files.item(1)});
    });
    ASSERT_TRUE(sleeps(waiter, files, first_two));
    files.post(1, WAITQ_COUNTER_MAX);
    const Descriptor eventfd(open_eventfd(files.at[1]));
    Caller writer([&] {
        pin(0, 0);
        const __u64 one = 1;
        return write(eventfd, &one, sizeof one);
    });
    ASSERT_TRUE(asleep_at(writer.tid(), 'S', files.at[1], WAITQ_PLACE_EVENT_ROOM));
    pin(0, 0);
    hog.begin();
    const unsigned long runs = runs_of(waiter.tid());
    files.post(0);
    const bool told = static_cast<bool>(until([&] { return writer.done(); }));
    const unsigned long then = runs_of(waiter.tid());
    hog.end();
    unpin(0);
    EXPECT_TRUE(told);
    EXPECT_EQ(then, runs) << "the task that waits for all has run";
    EXPECT_EQ(waiter.result(), 0);
    EXPECT_EQ(writer.result(), 8);
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

TEST_F(Many, OfTheLibrary)
{
    const auto zero = Device::open(0U), one = Device::open(1U), two = Device::open(2U);
    ASSERT_TRUE(zero && one && two);
    EXPECT_EQ(*one->post(), 0U);
    const std::array items{Item{*zero}, Item{*one}};
    const auto got = wait_any(items);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->outcome, Outcome::Satisfied);
    EXPECT_EQ(got->item, 1U);
    EXPECT_EQ(wait_any(items, {.timeout = std::chrono::milliseconds(1)})->outcome,
              Outcome::TimedOut);
    EXPECT_EQ(*zero->post(), 0U);
    EXPECT_EQ(*one->post(2), 0U);
    EXPECT_EQ(wait_all(std::array{Item{*zero}, Item{*one, 2}})->outcome, Outcome::Satisfied);
    EXPECT_EQ(*two->post(), 0U);
    const Item alert{*two};
    const auto alerted = wait_all(items, {.alert = &alert});
    EXPECT_EQ(alerted->item, 2U);
    EXPECT_EQ(wait_all(std::array{Item{*zero}, Item{*zero}}).error(), std::errc::invalid_argument);
}

} // namespace
} // namespace waitq::test
