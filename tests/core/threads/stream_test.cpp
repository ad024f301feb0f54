// SPDX-License-Identifier: GPL-2.0
// stream_test.cpp - readers and writers on small rings: no byte is lost, none comes twice.
#include "crowd.hpp"
#include "device.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace threads {
namespace {

constexpr unsigned int writers = 3, readers = 3;

// Bytes by value: writer n sends n.
struct Ledger {
    std::array<Sum, writers> sent{}, received{};
    Sum left = writers; // writers that are not through

    void expect_balanced() const
    {
        for (unsigned int i = 0; i < writers; ++i)
            EXPECT_EQ(sent.at(i), received.at(i)) << "bytes of writer " << i;
    }
    [[nodiscard]] std::uint64_t missing() const
    {
        std::uint64_t sum = 0;
        for (unsigned int i = 0; i < writers; ++i)
            sum += sent.at(i) - received.at(i);
        return sum;
    }
};

void no_task_waits(const Device &device)
{
    const waitq_info info = device.info();
    EXPECT_EQ(info.readers + info.writers + info.event_waiters + info.event_waiters_exclusive, 0U);
    EXPECT_EQ(info.bytes, 0U);
}

class Stream : public testing::TestWithParam<unsigned int> {
protected:
    Stream() : device(GetParam()), file(device) {}
    ~Stream() override { no_task_waits(device); }

    // Writes `total` bytes, and goes on after signals.
    void send(unsigned int writer, unsigned int total, bool polls)
    {
        Dice dice(writer + 1);
        std::array<unsigned char, 9> bytes{};
        bytes.fill(static_cast<unsigned char>(writer));
        for (unsigned int done = 0; done < total;) {
            if (polls)
                poll(file.native(), KAPI_EPOLLOUT);
            const unsigned int size = std::min(1 + dice.below(9), total - done);
            const long result = file.write({bytes.data(), size}, polls);
            take_signals();
            if (result > 0) {
                done += static_cast<unsigned int>(result);
                ledger.sent.at(writer) += static_cast<std::uint64_t>(result);
            } else {
                ASSERT_TRUE(result == restart || (polls && result == -EAGAIN)) << result;
            }
        }
        --ledger.left;
    }

    // Reads until all that the writers sent has come.
    void receive(unsigned int reader, bool polls)
    {
        Dice dice(reader + 100);
        std::array<unsigned char, 9> bytes{};
        while (ledger.left || ledger.missing()) {
            if (polls)
                poll(file.native(), KAPI_EPOLLIN);
            const long result = file.read({bytes.data(), 1 + dice.below(9)}, polls);
            take_signals();
            for (long i = 0; i < result; ++i)
                ++ledger.received.at(bytes.at(static_cast<std::size_t>(i)));
            if (result < 0) {
                ASSERT_TRUE(result == restart || (polls && result == -EAGAIN)) << result;
            }
        }
    }

    // `disturbed`: signals all the time; otherwise only when the bytes are through, for the
    // readers who sleep on.
    void run(unsigned int total, bool polls, bool disturbed)
    {
        Crowd sending, receiving;
        receiving.add(readers, [&](unsigned int i) { receive(i, polls); });
        sending.add(writers, [&](unsigned int i) { send(i, total, polls); });
        if (disturbed)
            sending.disturb([&] { return ledger.left == 0; });
        sending.join();
        receiving.disturb([&] { return ledger.missing() == 0; });
        receiving.signal_all();
        receiving.join();
        ledger.expect_balanced();
    }

    Device device;
    Open file;
    Ledger ledger;
};

TEST_P(Stream, Blocking)
{
    run(2000, false, false);
}

TEST_P(Stream, BlockingUnderSignals)
{
    run(1000, false, true);
}

TEST_P(Stream, Polling)
{
    run(500, true, false);
}

INSTANTIATE_TEST_SUITE_P(Capacity, Stream, testing::Values(1, 4, 64));

// A long write sleeps for room in the middle, while it has the writing end.
TEST(LongWrite, GoesThroughASmallRing)
{
    const Device device(4);
    Open file(device);
    constexpr unsigned int total = 2000, each = 50;
    Sum sum = 0;
    Crowd crowd;
    crowd.add(2, [&](unsigned int) {
        const std::vector<unsigned char> bytes(each, 1);
        for (unsigned int done = 0; done < total; done += each)
            ASSERT_EQ(file.write(bytes), each);
    });
    crowd.add(1, [&](unsigned int) {
        std::array<unsigned char, 3> bytes{};
        while (sum < 2UL * total) {
            const long result = file.read(bytes);
            ASSERT_GT(result, 0);
            sum += static_cast<std::uint64_t>(result);
        }
    });
    crowd.join();
    no_task_waits(device);
}

// SIGIO tells a task that was refused when it is worth another try.
TEST(Sigio, ComesForEachRefusal)
{
    const Device device(4);
    Open writing(device), reading(device);
    constexpr unsigned int total = 300;
    // Until the band's count has passed `seen`. A deadline only catches a hang.
    const auto sigio = [](file &file, unsigned int band, unsigned int seen) {
        const auto hang = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (file.sigio.at(band) == seen) {
            if (std::chrono::steady_clock::now() > hang)
                broken("no SIGIO comes");
            std::this_thread::yield();
        }
    };
    Crowd crowd;
    crowd.add(1, [&](unsigned int) {
        EXPECT_EQ(writing.sigio(true), 1);
        const std::array<unsigned char, 3> bytes{1, 2, 3};
        for (unsigned int done = 0; done < total;) {
            const unsigned int seen = writing.native().sigio.at(KAPI_POLL_OUT);
            const long result = writing.write(bytes, true);
            if (result == -EAGAIN)
                sigio(writing.native(), KAPI_POLL_OUT, seen);
            else
                done += static_cast<unsigned int>(result);
        }
        EXPECT_EQ(writing.sigio(false), 1);
    });
    crowd.add(1, [&](unsigned int) {
        EXPECT_EQ(reading.sigio(true), 1);
        std::array<unsigned char, 4> bytes{};
        for (unsigned int done = 0; done < total;) {
            const unsigned int seen = reading.native().sigio.at(KAPI_POLL_IN);
            const long result = reading.read(bytes, true);
            if (result == -EAGAIN)
                sigio(reading.native(), KAPI_POLL_IN, seen);
            else
                done += static_cast<unsigned int>(result);
        }
        EXPECT_EQ(reading.sigio(false), 1);
    });
    crowd.join();
    no_task_waits(device);
}

} // namespace
} // namespace threads
