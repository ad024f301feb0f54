// SPDX-License-Identifier: GPL-2.0
// stress_test.cpp - the lab under load: no wake-up is lost, and the kernel's log stays clean. What
// it shows is the wait layer's wait_event(), which reads and writes of the device use as well.
#include "../support/kinds.hpp"
#include "../support/module.hpp"
#include "../support/tasks.hpp"

#include <algorithm>
#include <list>
#include <memory>
#include <random>

namespace waitq::test {
namespace {

class LabStress : public WithLab {};

unsigned int seed()
{
    const char *text = std::getenv("WAITQ_SEED");
    return text != nullptr ? static_cast<unsigned int>(std::strtoul(text, nullptr, 0))
                           : std::random_device()();
}

constexpr lab_wait_kind exclusive = LAB_WAIT_EVENT_INTERRUPTIBLE_EXCLUSIVE;

// One waiter and one waker, which posts at a random moment after the waiter took the last: again
// and again while the waiter is about to sleep. A wake-up lost there is never made up for.
TEST_F(LabStress, NoWakeIsLostWhileGoingToSleep)
{
    constexpr __u64 rounds = 30000;
    const unsigned int random_seed = seed();
    RecordProperty("seed", std::to_string(random_seed));
    std::mt19937 random(random_seed);
    const LabFile file;
    std::atomic<__u64> taken{0};
    Caller waiter([&] {
        while (taken < rounds) {
            const auto answer = wait(file, lab_wait_request(exclusive, 1, 0, LAB_CONSUME));
            if (answer.error != 0)
                return answer.error;
            ++taken;
        }
        return 0L;
    });
    for (__u64 n = 0; n < rounds; ++n) {
        for (volatile unsigned int spin = random() % 512; spin > 0;)
            spin = spin - 1;
        ASSERT_EQ(wake(file, 1).error, 0);
        ASSERT_TRUE(until([&] { return taken > n; })) << "round " << n << ", seed " << random_seed;
    }
    EXPECT_EQ(waiter.result(), 0);
}

// Exclusive consumers that time out and are signalled at random against posts that each wake
// one: every post is consumed once, and no task sleeps while there is one left.
TEST_F(LabStress, TokensAreConservedUnderTimeoutsAndSignals)
{
    constexpr std::size_t consumers = 4;
    constexpr __u64 tokens = 5000;
    const unsigned int random_seed = seed();
    RecordProperty("seed", std::to_string(random_seed));
    std::mt19937 random(random_seed);
    const LabFile file;
    std::atomic<__u64> consumed{0};
    std::vector<std::unique_ptr<Caller>> callers;
    for (unsigned int i = 0; i < consumers; ++i)
        callers.push_back(std::make_unique<Caller>([&, i] {
            std::mt19937 own(random_seed + i + 1);
            while (consumed < tokens) {
                const lab_wait request =
                    own() % 2 ? lab_wait_request(LAB_WAIT_EVENT_INTERRUPTIBLE_TIMEOUT, 1,
                                                 static_cast<__s64>(own() % 5000000),
                                                 LAB_EXCLUSIVE | LAB_CONSUME)
                              : lab_wait_request(exclusive, 1, 0, LAB_CONSUME);
                const long error = wait(file, request).error;
                if (error == 0)
                    ++consumed;
                else if (error != -ETIMEDOUT && error != -EINTR)
                    return error;
            }
            return 0L;
        }));
    for (__u64 n = 0; n < tokens; ++n) {
        ASSERT_EQ(wake(file, 1).error, 0);
        if (random() % 4 == 0)
            callers[random() % consumers]->signal();
        if (random() % 16 == 0) { // let them run dry, so that the wake-up alone must do it
            ASSERT_TRUE(until([&] { return info(file).counter == 0; }))
                << "a wake-up was lost; seed " << random_seed;
        }
    }
    ASSERT_TRUE(until([&] { return consumed == tokens; })) << "seed " << random_seed;
    ASSERT_EQ(wake(file, consumers, LAB_WAKE_UP_ALL).error, 0); // those that sleep may go
    for (const auto &caller : callers)
        EXPECT_EQ(caller->result(), 0);
}

// Every kind, engine, waker and context at once, with signals and onlookers. What it shows is the
// kernel's log: clean.
TEST_F(LabStress, EverythingAtOnce)
{
    const LabFile file;
    const lab_kinds kernel = kinds(file);
    std::atomic<bool> stop{false};
    const auto waits = [&](unsigned int seed) {
        std::minstd_rand engine_of(seed);
        const auto dice = [&] { return static_cast<__u32>(engine_of()); };
        while (!stop) {
            const WaitRow &row = wait_rows[dice() % std::size(wait_rows)];
            const auto engine = static_cast<lab_engine>(dice() % 2);
            if (!has(kernel, row, engine))
                continue;
            lab_wait request = lab_wait_request(row.value, 1, row.timed() ? dice() % 20000000 : 0,
                                                dice() % 2 ? LAB_CONSUME : 0, engine);
            if (row.sleep == "FUNC") {
                request.callback = dice() % (engine == LAB_ENGINE_CORE ? 4 : 3);
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
            const __u64 post = row.value == LAB_WAKE_UP_POLLFREE ? 0 : dice() % 3;
            const __u32 engine = dice() % 2, context = dice() % std::size(context_rows);
            const __u32 nr = row.scope == "NR" ? 1 + dice() % 100 : 0;
            wake(file,
                 {sizeof(lab_wake), row.value, engine, context, nr, row.key == "KEY", post, 0, 0});
        }
        return 0L;
    };
    std::list<Caller> waiters, wakers;
    for (unsigned int i = 1; i <= 100; ++i)
        waiters.emplace_back([&, i] { return waits(i); });
    for (unsigned int i = 1; i <= 2; ++i)
        wakers.emplace_back([&, i] { return wakes(i); });
    wakers.emplace_back([&] {
        std::vector<lab_waiter> list(256);
        while (!stop) {
            lab_waiters call{sizeof call, 256, reinterpret_cast<__u64>(list.data()), 0};
            ioctl(file.fd(), LAB_IOC_WAITERS, &call);
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
    const lab_info after = info(file);
    EXPECT_EQ(after.waiters + after.waiters_exclusive, 0U);
}

} // namespace
} // namespace waitq::test
