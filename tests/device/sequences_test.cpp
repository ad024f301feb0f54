// SPDX-License-Identifier: GPL-2.0
// The simulated kernel of tests/sim, on which every interleaving is tried, against this one: the
// same random sequences of operations, and the same must come of them. (tests/core/sequence.hpp)
#include "../core/sequence.hpp"

#include "../core/sequence_sim.hpp"
#include "support/lab.hpp"
#include "support/module.hpp"
#include "support/polling.hpp"
#include "support/tasks.hpp"

#include <algorithm>
#include <memory>
#include <vector>

namespace waitq::test {
namespace {

using What = core::SequenceCall::What;

// A queue of the device or of the lab; of the other, nothing is asked.
class RealKernel : public core::SequenceWorld {
public:
    explicit RealKernel(bool of_lab) : of_lab_(of_lab) {}

    long wake(waitq_wake &request) override { return ioctl(WAITQ_IOC_WAKE, &request); }
    long read_now(unsigned int size, std::string &bytes) override
    {
        bytes.assign(size, '?');
        const long result = read(now_, bytes.data(), size);
        bytes.resize(result > 0 ? static_cast<std::size_t>(result) : 0);
        return result;
    }
    long write_now(const std::string &bytes) override { return write(now_, bytes); }
    unsigned int poll_now() override { return static_cast<unsigned int>(ready(now_)); }
    waitq_info info() override { return test::info(file_); }
    long take_now() override { return take_by(events_now_); }
    long add_now(unsigned long long n) override { return write(events_now_, &n, sizeof n); }
    long wake_in_lab(lab_wake &request) override
    {
        return value_of(::ioctl(lab_.fd(), LAB_IOC_WAKE, &request));
    }
    lab_info info_of_lab() override { return test::info(lab_); }

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
        if (call.what == What::read && result > 0)
            bytes = slot.bytes.substr(0, static_cast<std::size_t>(result));
        return true;
    }

    // Waits until each call has returned or sleeps, and no task has run between two looks: a
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
                if (state != 'S' && state != 'D' && state != 'I')
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

    long ioctl(unsigned long number, void *request) const
    {
        return value_of(::ioctl(file_.fd(), number, request));
    }
    static long take_by(const Descriptor &events)
    {
        __u64 value = 0;
        return read(events, &value, sizeof value);
    }
    long perform(Slot &slot)
    {
        switch (slot.call.what) {
        case What::wait:
            return ioctl(WAITQ_IOC_WAIT, &slot.call.wait);
        case What::take:
            return take_by(events_);
        case What::read:
            return read(file_, slot.bytes.data(), slot.bytes.size());
        case What::write:
            return write(file_, slot.bytes);
        case What::lab_wait:
            return value_of(::ioctl(lab_.fd(), LAB_IOC_WAIT, &slot.call.in_lab));
        }
        return 0;
    }
    // Asleep before its call, or on its way out, is not at rest.
    [[nodiscard]] std::size_t asleep_in_queue()
    {
        if (of_lab_) {
            const lab_info figures = info_of_lab();
            return figures.waiters + figures.waiters_exclusive;
        }
        const waitq_info figures = info();
        return figures.readers + figures.writers + figures.event_waiters +
               figures.event_waiters_exclusive;
    }

    const bool of_lab_;
    File file_, now_{O_RDWR | O_NONBLOCK};
    Descriptor events_{open_eventfd(file_)}, events_now_{open_eventfd(file_, O_NONBLOCK)};
    LabFile lab_;
    std::array<Slot, core::sequence_slots> slots_;
};

std::string on_this_kernel(unsigned int seed, unsigned int length)
{
    RealKernel kernel(core::Sequence::is_of_lab(seed));
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
    const std::string parameters = "queues=1 capacity=" + std::to_string(core::sequence_capacity);
    const unsigned int first = GetParam() * seeds_at_once;
    for (unsigned int seed = first; seed < first + seeds_at_once && !HasFailure(); ++seed) {
        // A module for each sequence: the figures begin at 0.
        const bool of_lab = core::Sequence::is_of_lab(seed);
        const Module &module = of_lab ? lab : device;
        ASSERT_EQ(load(module, of_lab ? "queues=1" : parameters), 0);
        EXPECT_EQ(on_this_kernel(seed, 40), core::sequence_on_simulation(seed, 40))
            << "seed " << seed << "; first: this kernel, second: the simulation";
        unload_when_free(module);
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Sequences, testing::Range(0U, 20U),
                         testing::PrintToStringParamName());

} // namespace
} // namespace waitq::test
