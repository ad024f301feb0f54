// SPDX-License-Identifier: GPL-2.0
// stress.hpp - one test of lost wake-ups and one of lost events, for the waits of either module. In
// both, `take` waits on `file` for one event as an exclusive waiter and takes it: 0 or -errno.
#pragma once

#include "tasks.hpp"

#include <atomic>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

namespace waitq::test {

// The seed of a test's random numbers, which its report keeps. WAITQ_SEED sets it, if not empty.
inline unsigned int random_seed()
{
    const char *text = std::getenv("WAITQ_SEED");
    const auto seed = text && *text ? static_cast<unsigned int>(std::strtoul(text, nullptr, 0))
                                    : std::random_device()();
    testing::Test::RecordProperty("seed", std::to_string(seed));
    return seed;
}

// One waiter and one waker, which posts at a random moment after the waiter took the last: again
// and again while the waiter is about to sleep. A wake-up lost there is never made up for.
template <class Opened, class Take>
void expect_no_wake_up_lost(const Opened &file, Take take)
{
    constexpr __u64 rounds = 30000;
    const unsigned int seed = random_seed();
    std::mt19937 random(seed);
    std::atomic<__u64> taken{0};
    Caller waiter([&] {
        while (taken < rounds) {
            if (const long error = take())
                return error;
            ++taken;
        }
        return 0L;
    });
    for (__u64 n = 0; n < rounds; ++n) {
        for (volatile unsigned int spin = random() % 512; spin > 0;)
            spin = spin - 1;
        ASSERT_EQ(wake(file, 1).error, 0);
        ASSERT_TRUE(until([&] { return taken > n; })) << "round " << n << ", seed " << seed;
    }
    EXPECT_EQ(waiter.result(), 0);
}

// Consumers that time out (`take_within` a time in ns) and are signalled at random, against posts
// that each wake one: every post is consumed once, and no task sleeps while there is one left.
template <class Opened, class Take, class TakeWithin>
void expect_tokens_conserved(const Opened &file, Take take, TakeWithin take_within)
{
    constexpr unsigned int consumers = 4;
    constexpr __u64 tokens = 5000;
    const unsigned int seed = random_seed();
    std::mt19937 random(seed);
    std::atomic<__u64> consumed{0};
    std::vector<std::unique_ptr<Caller>> callers;
    for (unsigned int i = 0; i < consumers; ++i)
        callers.push_back(std::make_unique<Caller>([&, i] {
            std::mt19937 own(seed + i + 1);
            while (consumed < tokens) {
                const long error =
                    own() % 2 ? take_within(static_cast<__s64>(own() % 5000000)) : take();
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
                << "a wake-up was lost; seed " << seed;
        }
    }
    ASSERT_TRUE(until([&] { return consumed == tokens; })) << "seed " << seed;
    for (unsigned int i = 0; i < consumers; ++i) // those that sleep may go
        ASSERT_EQ(wake(file, 1).error, 0);
    for (const auto &caller : callers)
        EXPECT_EQ(caller->result(), 0);
}

} // namespace waitq::test
