// SPDX-License-Identifier: GPL-2.0
// model_test.cpp - random sequences of calls, whose outcome must be what the contract's model says
// (model.hpp). A sequence that fails is shrunk by RapidCheck to a short one.
//
// WAITQ_SEED sets the seed. RC_PARAMS is RapidCheck's: "max_success=1000" tries more sequences,
// "max_size=300" longer ones, and "reproduce=..." of a failure's text makes that failure again.
#include "../support/module.hpp"
#include "../support/stress.hpp"
#include "command.hpp"

#include <rapidcheck/gtest.h>

namespace waitq::test::model {
namespace {

// RapidCheck reads its parameters once in a process; of two that are of one name the last counts.
const std::string &seed()
{
    static const std::string chosen = [] {
        std::string number = std::to_string(random_seed());
        const char *given = std::getenv("RC_PARAMS");
        const std::string all =
            "max_success=100 max_size=60 seed=" + number + ' ' + (given ? given : "");
        setenv("RC_PARAMS", all.c_str(), 1);
        return number;
    }();
    return chosen;
}

class Model : public testing::TestWithParam<unsigned int> {
protected:
    void SetUp() override { ASSERT_EQ(load(device, parameters()), 0); }
    void TearDown() override
    {
        unload_when_free(device);
        setenv(deadline, std::to_string(patience_.count()).c_str(), 1);
    }

    // Sequences of those commands, each of a weight that is the number of times it stands there.
    template <class... Commands>
    void check()
    {
        RecordProperty("seed", seed());
        const testing::ScopedTrace trace(__FILE__, __LINE__, "WAITQ_SEED=" + seed());
        rc::detail::checkGTest([&] {
            const model::Model fresh(GetParam());
            const auto commands =
                *rc::state::gen::commands(fresh, rc::state::gen::execOneOfWithArgs<Commands...>());
            // The watchdog of main.cpp is for one sequence, not for all.
            alarm(static_cast<unsigned int>(4 * patience_.count()));
            try {
                sequence(fresh, commands);
            } catch (...) {
                // Each of the shorter ones that are tried now may wait for what does not come.
                setenv(deadline, "1", 1);
                throw;
            }
        });
    }

private:
    static constexpr const char *deadline = "WAITQ_DEADLINE_S";
    const std::chrono::seconds patience_ = patience();

    [[nodiscard]] std::string parameters() const
    {
        return "queues=" + std::to_string(queues) + " capacity=" + std::to_string(GetParam());
    }

    void sequence(const model::Model &fresh, const rc::state::Commands<Command> &commands) const
    {
        auto device = std::make_unique<Device>();
        if (!device->is_fresh()) {
            device.reset();
            unload_when_free(test::device);
            RC_ASSERT(load(test::device, parameters()) == 0);
            device = std::make_unique<Device>();
        }
        rc::state::runAll(commands, fresh, *device);
        model::Model after = fresh;
        rc::state::applyAll(commands, after);
        for (unsigned int queue = 0; queue < queues; ++queue)
            RC_ASSERT(device->take_bytes(queue) == after.at(queue).bytes);
    }
};

TEST_P(Model, SaysWhatCallsComeTo)
{
    check<Now>();
}

TEST_P(Model, SaysWhoSleepsAndWhoIsWoken)
{
    check<Now, Now, Now, Now, Now, Sleep, Sleep, Sleep, Signal>();
}

// The least capacity, and one in which a write may be longer than an atomic one.
INSTANTIATE_TEST_SUITE_P(Capacity, Model, testing::Values(WAITQ_CAPACITY_MIN, 8192U),
                         testing::PrintToStringParamName());

} // namespace
} // namespace waitq::test::model
