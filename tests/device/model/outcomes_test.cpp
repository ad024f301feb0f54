// SPDX-License-Identifier: GPL-2.0
// outcomes_test.cpp - the sequences of model_test.cpp reach what they are for: in the model, tasks
// sleep in each call, and other calls and signals end that. No device is asked.
#include "command.hpp"

#include <gtest/gtest.h>
#include <set>
#include <sstream>

namespace waitq::test::model {
namespace {

// The first words of a call, without its queue.
std::string kind(const Call &call)
{
    std::ostringstream out;
    out << call;
    return out.str().substr(0, out.str().find(" waitq"));
}

std::string text(long value)
{
    return value < 0 ? strerrorname_np(static_cast<int>(-value)) : value > 2 ? "n" : "0-2";
}

TEST(ModelSequences, HaveAllKindsOfOutcomes)
{
    std::set<std::string> seen;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Model model(WAITQ_CAPACITY_MIN);
        const auto sequence = rc::state::gen::commands(
            model, rc::state::gen::execOneOfWithArgs<Now, Now, Sleep, Sleep, Signal>());
        for (const auto &command : sequence(rc::Random(seed), 60).value()) {
            const Model before = model;
            command->apply(model);
            for (const auto &[slot, answer] : model.ended())
                if (const Sleeper *sleeper = before.sleeper(slot))
                    seen.insert(kind(sleeper->call) + ": " + text(answer.values.front()));
        }
    }
    for (const char *outcome : {"TAKE: 0-2",           "TAKE: EINTR",      "WAIT: 0-2",
                                "WAIT: EINTR",         "SIGNAL_WAIT: 0-2", "SIGNAL_WAIT: EINTR",
                                "WAIT_ANY: 0-2",       "WAIT_ANY: EINTR",  "WAIT_ALL: 0-2",
                                "WAIT_ALL: EINTR",     "EVENTFD read: n",  "EVENTFD read: EFAULT",
                                "EVENTFD read: EINTR", "EVENTFD write: n", "EVENTFD write: EINTR",
                                "read: 0-2",           "read: n",          "read: EFAULT",
                                "read: EINTR",         "write: n",         "write: EINTR",
                                "poll: 0-2",           "poll: EINTR"})
        EXPECT_TRUE(seen.contains(outcome)) << outcome;
}

} // namespace
} // namespace waitq::test::model
