// SPDX-License-Identifier: GPL-2.0
// stress_test.cpp - many at once: nothing is lost, nothing comes twice, nobody sleeps on.
#include "support/module.hpp"
#include "support/stress.hpp"

#include <array>

namespace waitq::test {
namespace {

class Stress : public WithModule {
protected:
    // A small ring: both sides sleep all the time.
    Stress() : WithModule("queues=1 capacity=512") {}
};

struct Message {
    __u32 writer, number;
    __u64 check;
};
static_assert(sizeof(Message) == 16);

__u64 check_of(__u32 writer, __u32 number)
{
    return (static_cast<__u64>(writer) << 32 | number) * 0x9e3779b97f4a7c15ULL + 1;
}

TEST_F(Stress, HundredThousandMessagesOfManyToMany)
{
    constexpr __u32 writers = 4, readers = 4, each = 25000;
    const File file;
    std::vector<std::unique_ptr<Caller>> callers;
    // got[r][w]: what reader r had from writer w. Numbers from one writer come to one
    // reader in their order, whoever else reads.
    std::array<std::array<std::vector<bool>, writers>, readers> got;
    for (auto &reader : got)
        reader.fill(std::vector<bool>(each, false));

    for (__u32 r = 0; r < readers; ++r)
        callers.push_back(std::make_unique<Caller>([&, r] {
            std::array<long, writers> last;
            last.fill(-1);
            for (;;) {
                Message message{};
                if (read(file, &message, sizeof message) != sizeof message)
                    return 1L; // torn
                if (message.writer == writers)
                    return 0L; // the end
                if (message.writer > writers || message.number >= each ||
                    message.check != check_of(message.writer, message.number))
                    return 2L; // interleaved
                if (message.number <= last[message.writer])
                    return 3L; // out of order, or twice
                last[message.writer] = message.number;
                got[r][message.writer][message.number] = true;
            }
        }));
    for (__u32 w = 0; w < writers; ++w)
        callers.push_back(std::make_unique<Caller>([&, w] {
            for (__u32 n = 0; n < each; ++n) {
                const Message message{w, n, check_of(w, n)};
                if (write(file, &message, sizeof message) != sizeof message)
                    return 4L;
            }
            return 0L;
        }));

    const auto all_done = [&](std::size_t from, std::size_t to) {
        for (std::size_t i = from; i < to; ++i)
            if (!callers[i]->done())
                return false;
        return true;
    };
    // Patience begins anew as long as messages move.
    for (__u64 seen = 0, now = 1; seen != now && !all_done(readers, readers + writers);) {
        seen = now;
        static_cast<void>(until([&] {
            now = info(file).wakes;
            return all_done(readers, readers + writers) || now > seen + 1000;
        }));
    }
    for (std::size_t i = readers; i < readers + writers; ++i)
        EXPECT_EQ(callers[i]->result(), 0);
    for (__u32 r = 0; r < readers; ++r) {
        const Message end{writers, 0, 0};
        ASSERT_EQ(write(file, &end, sizeof end), static_cast<long>(sizeof end));
    }
    for (std::size_t i = 0; i < readers; ++i)
        EXPECT_EQ(callers[i]->result(), 0);
    for (__u32 w = 0; w < writers; ++w)
        for (__u32 n = 0; n < each; ++n) {
            int times = 0;
            for (__u32 r = 0; r < readers; ++r)
                times += got[r][w][n];
            ASSERT_EQ(times, 1) << "writer " << w << ", message " << n;
        }
    EXPECT_EQ(info(file).bytes, 0U);
}

// Writes of the largest atomic size, and longer ones between them: each comes out whole.
TEST_F(Stress, WritesAreNeverInterleaved)
{
    ASSERT_EQ(unload(device), 0);
    ASSERT_EQ(load(device, "queues=1 capacity=8192"), 0);
    constexpr std::size_t longest = WAITQ_ATOMIC_WRITE;
    constexpr std::size_t sizes[] = {longest, 1000, 3 * longest, 1};
    constexpr int each = 100;
    const File file;
    std::vector<std::unique_ptr<Caller>> writers;
    std::size_t total = 0;
    for (std::size_t w = 0; w < std::size(sizes); ++w) {
        writers.push_back(std::make_unique<Caller>([&, w] {
            const std::string text(sizes[w], static_cast<char>('a' + w));
            for (int n = 0; n < each; ++n)
                if (const long put = write(file, text); put != static_cast<long>(text.size()))
                    return put;
            return 0L;
        }));
        total += each * sizes[w];
    }
    std::string all;
    while (all.size() < total) {
        const std::string piece = read_text(file, 777);
        ASSERT_FALSE(piece.empty());
        all += piece;
    }
    for (const auto &writer : writers)
        EXPECT_EQ(writer->result(), 0);
    for (std::size_t begin = 0, end = 0; begin < all.size(); begin = end) {
        end = std::min(all.find_first_not_of(all[begin], begin), all.size());
        const std::size_t size = sizes[static_cast<std::size_t>(all[begin] - 'a')];
        ASSERT_EQ((end - begin) % size, 0U) << "a write of " << size << " bytes was cut at " << end;
    }
}

long take_one(const File &file)
{
    return wait(file, wait_request(1, WAITQ_EXCLUSIVE | WAITQ_CONSUME)).error;
}

TEST_F(Stress, TokensAreConservedUnderTimeoutsAndSignals)
{
    const File file;
    expect_tokens_conserved(
        file, [&] { return take_one(file); },
        [&](__s64 ns) {
            return wait(file, timed(wait_request(1, WAITQ_EXCLUSIVE | WAITQ_CONSUME), ns)).error;
        });
}

TEST_F(Stress, NoWakeIsLostWhileGoingToSleep)
{
    const File file;
    expect_no_wake_up_lost(file, [&] { return take_one(file); });
}

// Opening, arming, cancelling and closing from many threads, with timers firing.
TEST_F(Stress, TimersComeAndGo)
{
    std::vector<std::unique_ptr<Caller>> callers;
    const File shared;
    callers.reserve(4);
    for (int i = 0; i < 4; ++i)
        callers.push_back(std::make_unique<Caller>([&, i] {
            for (int n = 0; n < 500; ++n) {
                const File own;
                if (timer(own, timer_request(n % 3 * 30000LL, WAITQ_TIMER_PERIOD_MIN_NS * 10, 0))
                        .error != 0)
                    return 1L;
                // The shared file's timer is armed and cancelled by all at once.
                if (i % 2 ? timer(shared, timer_request(0, WAITQ_TIMER_PERIOD_MIN_NS * 10, 0)).error
                          : cancel_timer(shared).error)
                    return 2L;
            }
            return 0L;
        }));
    for (const auto &caller : callers)
        EXPECT_EQ(caller->result(), 0);
}

} // namespace
} // namespace waitq::test
