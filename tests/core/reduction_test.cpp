// SPDX-License-Identifier: GPL-2.0
// The reduction leaves out only what can't be told apart: with it and without, the same outcomes
// come, and the same violations.
#include "../sim/lock.hpp"
#include "../sim/sleep_on.hpp"
#include "scenario.hpp"
#include "table.hpp"
#include <sim/explorer.hpp>

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

namespace {

using sim::Access;
using sim::Machine;
using sim::Strategy;

struct Seen {
    std::set<std::string> outcomes;
    sim::Result result;
};

// A small program, made by dice: threads that load and store shared variables, some in sections
// of a lock, some lock-free, and wait for each other's values. Its outcome is what each load saw.
class Program : public sim::Scenario {
public:
    explicit Program(unsigned int seed) : seed_(seed) {}

    void set_up() override
    {
        values_ = {};
        lock_ = {};
        sim::spin_init(lock_, "lock");
        threads_ = {};
        roll_ = seed_ * 2654435761U + 1;
        const unsigned int count = 2 + roll(2);
        for (unsigned int i = 0; i < count; ++i) {
            static constexpr std::array names{"one", "two", "three"};
            Thread &thread = threads_.at(i);
            thread.program = this;
            thread.length = 2 + roll(count == 2 ? 3 : 2);
            for (unsigned int n = 0; n < thread.length; ++n)
                thread.acts.at(n) = {static_cast<What>(roll(6)), roll(2)};
            sim::spawn(names.at(i), sim::Context::task, run, &thread);
        }
        count_ = count;
    }
    void quiescent() override { stuck_ = true; }
    bool rescue() override
    {
        values_ = {1, 1}; // lets everybody go
        return true;
    }
    void tear_down() override {}

    [[nodiscard]] std::string outcome() const
    {
        std::string text = std::to_string(values_[0]) + std::to_string(values_[1]);
        for (unsigned int i = 0; i < count_; ++i)
            for (unsigned int n = 0; n < threads_[i].seen_count; ++n)
                text += ' ' + std::to_string(threads_[i].seen.at(n));
        return text;
    }

private:
    enum class What : unsigned char { load, store, locked_add, long_section, await, choose };
    struct Act {
        What what;
        unsigned int variable;
    };
    struct Thread {
        Program *program;
        std::array<Act, 6> acts;
        unsigned int length, seen_count;
        std::array<unsigned int, 12> seen;
    };

    unsigned int roll(unsigned int sides)
    {
        roll_ = roll_ * 1664525 + 1013904223;
        return (roll_ >> 16) % sides;
    }
    static bool nonzero(const void *value)
    {
        return *static_cast<const unsigned int *>(value) != 0;
    }

    static void run(void *argument)
    {
        Thread &thread = *static_cast<Thread *>(argument);
        Program &program = *thread.program;
        const auto saw = [&](unsigned int value) { thread.seen.at(thread.seen_count++) = value; };
        for (unsigned int n = 0; n < thread.length; ++n) {
            const Act &act = thread.acts.at(n);
            unsigned int &value = program.values_.at(act.variable);
            switch (act.what) {
            case What::load:
                sim::point();
                sim::touch(&value, Access::read);
                saw(value);
                break;
            case What::store:
                sim::point();
                sim::touch(&value, Access::write);
                value = n + 2;
                break;
            case What::locked_add: { // one step: the lock itself is not seen
                const bool irqs = sim::spin_lock(program.lock_);
                sim::touch(&value, Access::write);
                saw(value++);
                sim::spin_unlock(program.lock_, irqs);
                break;
            }
            case What::long_section: { // several steps
                const bool irqs = sim::spin_lock(program.lock_);
                sim::touch(&value, Access::read);
                const unsigned int before = value;
                sim::point();
                sim::touch(&value, Access::write);
                value = before + 10;
                saw(before);
                sim::spin_unlock(program.lock_, irqs);
                break;
            }
            case What::await:
                sim::point_when(nonzero, &value);
                sim::touch(&value, Access::write);
                saw(value);
                value = 0;
                break;
            case What::choose:
                saw(sim::choose(2));
                break;
            }
        }
    }

    unsigned int seed_, roll_ = 0, count_ = 0;
    bool stuck_ = false;
    std::array<unsigned int, 2> values_{};
    sim::SpinLock lock_{};
    std::array<Thread, 3> threads_{};
};

template <class Model>
Seen explored(Model &model, Strategy strategy, std::uint64_t limit = 3'000'000)
{
    Machine::get().forget();
    Seen seen;
    sim::Plan plan;
    plan.strategy = strategy;
    plan.limit = limit;
    plan.completed = [&] { seen.outcomes.insert(model.outcome()); };
    seen.result = sim::explore(model, plan);
    return seen;
}

TEST(Reduction, KeepsEachOutcomeOfProgramsMadeByDice)
{
    std::uint64_t every = 0, reduced = 0;
    for (unsigned int seed = 1; seed <= 1000; ++seed) {
        Program program(seed);
        const Seen all = explored(program, Strategy::every);
        const Seen some = explored(program, Strategy::reduced);
        ASSERT_TRUE(all.result.exhausted && some.result.exhausted) << "seed " << seed;
        ASSERT_EQ(all.outcomes, some.outcomes) << "seed " << seed;
        every += all.result.schedules;
        reduced += some.result.schedules;
    }
    RecordProperty("every", std::to_string(every));
    RecordProperty("reduced", std::to_string(reduced));
    EXPECT_LT(reduced * 4, every) << "it hardly reduces";
}

class EachSmallRow : public testing::TestWithParam<std::string> {};

TEST_P(EachSmallRow, HasTheSameOutcomesWithAndWithout)
{
    const auto row = std::ranges::find(core::rows(), GetParam(), &core::Row::name);
    ASSERT_NE(row, core::rows().end());
    const auto made = core::make_scenario(*row);
    core::RowScenario &scenario = *made;
    const Seen all = explored(scenario, Strategy::every);
    const Seen some = explored(scenario, Strategy::reduced);
    ASSERT_FALSE(all.result.failed || some.result.failed) << all.result.failure;
    EXPECT_TRUE(all.result.exhausted && some.result.exhausted) << all.result.schedules;
    EXPECT_EQ(all.outcomes, some.outcomes);
    EXPECT_LT(some.result.schedules, all.result.schedules);
}

// Those that can be explored without any reduction in seconds.
INSTANTIATE_TEST_SUITE_P(
    Rows, EachSmallRow,
    testing::Values("lab-waiters/1x1-taking/wait_event_interruptible/wake_up",
                    "lab-waiters/1x1-plain/wait_event_killable_timeout/wake_up_all",
                    "lab-overflow/put-back", "lab-signal/alone-signal/wait_event_interruptible",
                    "lab-fault/wake-copy-3/wait_event_interruptible", "event/one/0/taking",
                    "event/timeout/alone", "event/signal/0/exclusive", "event/fault/wake",
                    "eventfd/read-wake", "eventfd/full/nonblocking", "timer/close",
                    "timer/unload-before-any-timer", "poll/epoll-event",
                    "poll/sigio-in-bad-buffer"),
    [](const auto &parameter) {
        std::string name = parameter.param;
        std::ranges::replace_if(
            name, [](char c) { return !std::isalnum(c); }, '_');
        return name;
    });

TEST(Reduction, FindsWhatIsFoundWithoutIt)
{
    for (const Strategy strategy :
         {Strategy::every, Strategy::reduced, Strategy::bounded, Strategy::random, Strategy::pct}) {
        sim::Plan plan;
        plan.strategy = strategy;
        plan.limit = 10'000;
        sim::SleepOnScenario racy(sim::SleepOnScenario::Way::sleep_on);
        Machine::get().forget();
        EXPECT_TRUE(sim::explore(racy, plan).failed) << static_cast<int>(strategy);
        sim::SleepOnScenario right(sim::SleepOnScenario::Way::prepare_first);
        Machine::get().forget();
        EXPECT_FALSE(sim::explore(right, plan).failed) << static_cast<int>(strategy);
    }
}

} // namespace
