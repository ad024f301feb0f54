// SPDX-License-Identifier: GPL-2.0
// many.hpp - the calls that wait for several queues, for their tests.
#pragma once

#include "module.hpp"
#include "tasks.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace waitq::test {

inline constexpr __u32 queues = 4, taking = WAITQ_CONSUME | WAITQ_EXCLUSIVE;

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

inline waitq_wait_many request_for(const Items &items, __u32 flags = 0)
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
inline constexpr Waits any{WAITQ_IOC_WAIT_ANY, 0}, all{WAITQ_IOC_WAIT_ALL, 0},
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
inline constexpr std::array first_two{0U, 1U};

} // namespace waitq::test
