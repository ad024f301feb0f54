// SPDX-License-Identifier: GPL-2.0
// The simulated kernel of tests/sim, on which every interleaving is tried, against this one: the
// same random sequences of operations, and the same must come of them. (tests/core/sequence.hpp)
#include "../core/sequence.hpp"

#include "../core/sequence_sim.hpp"
#include "support/module.hpp"
#include "support/tasks.hpp"

#include <algorithm>
#include <fstream>
#include <memory>
#include <poll.h>
#include <vector>

namespace waitq::test {
namespace {

class RealKernel : public core::SequenceWorld {
public:
    long wake(waitq_wake &request) override
    {
        return value_of(::ioctl(now_.fd(), WAITQ_IOC_WAKE, &request));
    }
    long read_now(unsigned int size, std::string &bytes) override
    {
        bytes.assign(size, '?');
        const long result = read(now_, bytes.data(), size);
        bytes.resize(result > 0 ? static_cast<std::size_t>(result) : 0);
        return result;
    }
    long write_now(const std::string &bytes) override { return write(now_, bytes); }
    unsigned int poll_now() override
    {
        pollfd poll{now_.fd(), POLLIN | POLLOUT | POLLMSG, 0};
        return ::poll(&poll, 1, 0) > 0 ? static_cast<unsigned int>(poll.revents) : 0;
    }
    waitq_info info() override { return test::info(now_); }

    void start(unsigned int number, const core::SequenceCall &call) override
    {
        Slot &slot = slots_.at(number);
        slot.call = call;
        slot.bytes.assign(call.size, static_cast<char>('0' + number));
        slot.caller = std::make_unique<Caller>([this, &slot] { return perform(slot); });
    }
    void signal(unsigned int number) override { slots_.at(number).caller->signal(); }
    bool returned(unsigned int number, core::SequenceCall &call, long &result,
                  std::string &bytes) override
    {
        Slot &slot = slots_.at(number);
        if (!slot.caller || !slot.caller->done())
            return false;
        result = slot.caller->result();
        slot.caller.reset();
        call = slot.call;
        if (call.what == core::SequenceCall::What::read && result > 0)
            bytes = slot.bytes.substr(0, static_cast<std::size_t>(result));
        return true;
    }

    // Waits until each call has returned or sleeps, and nobody has run between two looks: a
    // task that was seen asleep may have been woken by one that was looked at later.
    [[nodiscard]] testing::AssertionResult rest()
    {
        std::vector<unsigned long> before;
        return until([&] {
            std::vector<unsigned long> now;
            for (const Slot &slot : slots_) {
                if (!slot.caller || slot.caller->done())
                    continue;
                const char state = state_of(slot.caller->tid());
                if (state != 'S' && state != 'D')
                    now.push_back(~0UL);
                now.push_back(switches_of(slot.caller->tid()));
            }
            const bool quiet = now == before && std::ranges::find(now, ~0UL) == now.end();
            before = now;
            return quiet && asleep_in_queue() == before.size();
        });
    }

private:
    struct Slot {
        core::SequenceCall call;
        std::string bytes;
        std::unique_ptr<Caller> caller;
    };

    long perform(Slot &slot)
    {
        switch (slot.call.what) {
        case core::SequenceCall::What::wait:
            return value_of(::ioctl(file_.fd(), WAITQ_IOC_WAIT, &slot.call.wait));
        case core::SequenceCall::What::read:
            return read(file_, slot.bytes.data(), slot.bytes.size());
        case core::SequenceCall::What::write:
            return write(file_, slot.bytes);
        }
        return 0;
    }
    // Asleep before its call, or on its way out, is not at rest.
    [[nodiscard]] std::size_t asleep_in_queue()
    {
        const waitq_info figures = info();
        return figures.readers + figures.writers + figures.event_waiters +
               figures.event_waiters_exclusive;
    }
    static unsigned long switches_of(pid_t task)
    {
        std::ifstream file("/proc/" + std::to_string(task) + "/status");
        unsigned long sum = 0;
        for (std::string word; file >> word;)
            if (unsigned long count = 0; word.ends_with("ctxt_switches:") && file >> count)
                sum += count;
        return sum;
    }

    File file_;
    File now_{O_RDWR | O_NONBLOCK};
    std::array<Slot, core::sequence_slots> slots_;
};

std::string on_this_kernel(unsigned int seed, unsigned int length)
{
    RealKernel kernel;
    core::Sequence sequence(kernel, seed, length);
    do
        EXPECT_TRUE(kernel.rest()) << "after:\n" << sequence.text();
    while (!testing::Test::HasFailure() && sequence.step());
    return sequence.text();
}

constexpr unsigned int seeds_at_once = 10;

class Sequences : public testing::TestWithParam<unsigned int> {};

TEST_P(Sequences, ComeOutAsOnTheSimulatedKernel)
{
    const unsigned int first = GetParam() * seeds_at_once;
    for (unsigned int seed = first; seed < first + seeds_at_once && !HasFailure(); ++seed) {
        // A module for each sequence: the figures begin at 0.
        ASSERT_EQ(load_module("queues=1 capacity=" + std::to_string(core::sequence_capacity)), 0);
        EXPECT_EQ(on_this_kernel(seed, 40), core::sequence_on_simulation(seed, 40))
            << "seed " << seed << "; first: this kernel, second: the simulation";
        int error = 0;
        EXPECT_TRUE(until([&] { return (error = unload_module()) != -EAGAIN; }));
        ASSERT_EQ(error, 0);
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Sequences, testing::Range(0U, 20U),
                         testing::PrintToStringParamName());

} // namespace
} // namespace waitq::test
