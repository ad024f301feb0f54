// SPDX-License-Identifier: GPL-2.0
// many_test.cpp - WAITQ_IOC_WAIT_ANY and _WAIT_ALL: what they wait for, and how they end. What the
// kernel's own tests of ntsync check (tools/testing/selftests/drivers/ntsync) is checked here and
// in many_load_test.cpp for this device: its semaphore is a queue with an item that consumes, its
// event of manual reset one with an item that does not, its mutex a queue with one event.
#include "support/many.hpp"

#include <waitq/many.hpp>

namespace waitq::test {
namespace {

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
