// SPDX-License-Identifier: GPL-2.0
// size_test.cpp - structs of other sizes than the module's: of a program that was built with a
// later header, or with none that ever was.
#include "support/memory.hpp"
#include "support/untouched.hpp"

#include <vector>

namespace waitq::test {
namespace {

// The layouts are final: the same for 32-bit programs (abi32.c asserts the same numbers).
static_assert(sizeof(waitq_wait) == 32);
static_assert(sizeof(waitq_wake) == 24);
static_assert(sizeof(waitq_timer) == 56);
static_assert(sizeof(waitq_eventfd) == 8);
static_assert(sizeof(waitq_info) == 104);
static_assert(sizeof(waitq_waiters) == 32);
static_assert(sizeof(waitq_waiter) == 88);
static_assert(sizeof(waitq_signal_wait) == 40);
static_assert(sizeof(waitq_item) == 16);
static_assert(sizeof(waitq_wait_many) == 32);

using Bytes = std::vector<unsigned char>;

// A call with a good argument.
struct Call {
    const char *name;
    unsigned long number;
    Bytes good;

    [[nodiscard]] __u32 size() const { return static_cast<__u32>(good.size()); }
};

template <class Struct>
Call make(const char *name, unsigned long number, const Struct &good)
{
    const auto *bytes = reinterpret_cast<const unsigned char *>(&good);
    return {name, number, Bytes(bytes, bytes + sizeof good)};
}

waitq_waiter an_entry{};

std::vector<Call> calls()
{
    waitq_info info{};
    info.size = sizeof info;
    const waitq_waiters list{
        sizeof list, 0, 1, sizeof an_entry, reinterpret_cast<__u64>(&an_entry), 0};
    const waitq_signal_wait only_wait{sizeof only_wait, WAITQ_TIMEOUT, 0, 0, 5, 0, 0};
    const waitq_timer never = timer_request(0x7fffffffffffffff);
    return {make("wait", WAITQ_IOC_WAIT, timed(wait_request(5), 0)),
            make("wake", WAITQ_IOC_WAKE, wake_request(0)),
            make("timer", WAITQ_IOC_TIMER, never),
            make("eventfd", WAITQ_IOC_EVENTFD, waitq_eventfd{sizeof(waitq_eventfd), 0}),
            make("info", WAITQ_IOC_INFO, info),
            make("waiters", WAITQ_IOC_WAITERS, list),
            make("signal_wait", WAITQ_IOC_SIGNAL_WAIT, only_wait)};
}

class Size : public Untouched, public testing::WithParamInterface<Call> {
protected:
    void TearDown() override
    {
        cancel_timer(*file_);
        before_ = info(*file_);
        EXPECT_EQ(before_.counter, 5U);
        Untouched::TearDown();
    }

    // The call with a struct that says it is of `size`, and whose bytes beyond the good ones are
    // `tail`. What it returned; a descriptor is closed and becomes 0.
    long sized(__u32 size, const Bytes &tail = {})
    {
        Bytes bytes = GetParam().good;
        bytes.insert(bytes.end(), tail.begin(), tail.end());
        bytes.resize(std::max<std::size_t>(bytes.size(), 4));
        std::memcpy(bytes.data(), &size, sizeof size);
        const long result = call(GetParam().number, bytes.data());
        if (result > 0)
            ::close(static_cast<int>(result));
        EXPECT_TRUE(std::equal(tail.begin(), tail.end(), bytes.begin() + GetParam().size()))
            << "the tail was written to";
        return result > 0 ? 0 : result;
    }
};

INSTANTIATE_TEST_SUITE_P(Calls, Size, testing::ValuesIn(calls()),
                         [](const auto &call) { return call.param.name; });

TEST_P(Size, OfThisVersion)
{
    EXPECT_EQ(sized(GetParam().size()), 0);
}

TEST_P(Size, BelowTheFirstVersionIsEINVAL)
{
    for (__u32 size = 0; size < GetParam().size(); ++size)
        EXPECT_EQ(sized(size), -EINVAL) << size;
}

TEST_P(Size, LongerWithATailOfZerosIsTaken)
{
    for (const __u32 more : {1U, 4U, 8U, 64U, 1000U})
        EXPECT_EQ(sized(GetParam().size() + more, Bytes(more, 0)), 0) << more;
}

TEST_P(Size, LongerWithAnythingElseIsE2BIG)
{
    for (const __u32 more : {1U, 4U, 8U, 64U, 1000U})
        for (const __u32 at : {0U, more / 2, more - 1}) {
            Bytes tail(more, 0);
            tail[at] = 1;
            EXPECT_EQ(sized(GetParam().size() + more, tail), -E2BIG) << more << " at " << at;
        }
}

TEST_P(Size, NoneIsLongerThanTheMaximum)
{
    const std::size_t tail = WAITQ_SIZE_MAX - GetParam().size();
    EXPECT_EQ(sized(WAITQ_SIZE_MAX, Bytes(tail, 0)), 0);
    EXPECT_EQ(sized(WAITQ_SIZE_MAX + 1, Bytes(tail + 1, 0)), -E2BIG);
    EXPECT_EQ(sized(0xffffffff, Bytes(tail + 1, 0)), -E2BIG);
}

TEST_P(Size, LongerThanTheMemoryIsRefused)
{
    const EdgeOfMemory edge;
    char *const at = edge.with(GetParam().size());
    std::memcpy(at, GetParam().good.data(), GetParam().size());
    for (const __u32 size : {GetParam().size() + 1, GetParam().size() + 4096, 0xffffffffU}) {
        std::memcpy(at, &size, sizeof size);
        const long result = call(GetParam().number, at);
        EXPECT_TRUE(result == -EFAULT || result == -E2BIG) << size << ": " << result;
    }
    // And what ends at the edge is whole.
    const __u32 size = GetParam().size();
    std::memcpy(at, &size, sizeof size);
    const long result = call(GetParam().number, at);
    EXPECT_GE(result, 0);
    if (result > 0)
        ::close(static_cast<int>(result));
}

} // namespace
} // namespace waitq::test
