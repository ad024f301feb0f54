// SPDX-License-Identifier: GPL-2.0
// Store buffers: what total store order allows is found, and nothing else, with the reduction and
// without.
#include "../sim/task.hpp"
#include <sim/explorer.hpp>

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <set>

namespace {

using sim::Access;
using sim::Machine;
using sim::Memory;
using sim::Strategy;

// A program of a few threads: a word for each instruction. "x=1" stores, "x" loads, "mb" is a full
// barrier, "x+1" adds atomically, "[" and "]" take and release a spinlock.
using Code = std::vector<std::string>;

class Program : public sim::Scenario {
public:
    explicit Program(std::vector<Code> threads) : codes_(std::move(threads)) {}

    void set_up() override
    {
        values_ = {};
        lock_ = false;
        threads_ = {};
        for (unsigned int i = 0; i < codes_.size(); ++i) {
            static constexpr std::array names{"one", "two", "three", "four"};
            threads_.at(i) = {this, &codes_[i], ""};
            sim::spawn(names.at(i), sim::Context::task, run, &threads_.at(i));
        }
    }

    // The values that the loads saw, and those in memory at the end: "01|20".
    [[nodiscard]] std::string outcome() const
    {
        std::string text;
        for (unsigned int i = 0; i < codes_.size(); ++i)
            text += threads_.at(i).seen;
        return text + "|" + std::to_string(values_[0]) + std::to_string(values_[1]);
    }

private:
    struct Thread {
        Program *program;
        const Code *code;
        std::string seen;
    };

    static void run(void *argument)
    {
        Thread &thread = *static_cast<Thread *>(argument);
        for (const std::string &word : *thread.code)
            thread.program->take(thread, word);
    }

    static bool is_false(const void *lock) { return !*static_cast<const bool *>(lock); }
    static void release(void *lock, unsigned int) { *static_cast<bool *>(lock) = false; }

    void take(Thread &thread, const std::string &word)
    {
        unsigned int &value = values_.at(word[0] == 'y' ? 1 : 0);
        if (word == "mb") {
            sim::full_barrier();
        } else if (word == "[") {
            sim::point_when(is_false, &lock_);
            sim::touch(&lock_, Access::write);
            lock_ = true;
            sim::lock_taken(&lock_);
        } else if (word == "]") {
            if (!sim::unlock_waits(&lock_, release)) {
                lock_ = false;
                sim::lock_released(&lock_);
            }
        } else if (word.size() == 1) {
            sim::marked_access(&value, sizeof value, Access::read);
            thread.seen += std::to_string(value);
        } else if (word[1] == '=') {
            sim::marked_access(&value, sizeof value, Access::write);
            value = static_cast<unsigned int>(word[2] - '0');
        } else {
            sim::atomic_update(&value, sizeof value);
            thread.seen += std::to_string(value++);
        }
    }

    const std::vector<Code> codes_;
    std::array<unsigned int, 2> values_{};
    bool lock_ = false;
    std::array<Thread, 4> threads_{};
};

std::set<std::string> outcomes(const std::vector<Code> &threads, Memory memory, Strategy strategy)
{
    Program program(threads);
    Machine::get().forget();
    Machine::get().memory_model = memory;
    std::set<std::string> seen;
    sim::Plan plan;
    plan.strategy = strategy;
    plan.limit = 3'000'000;
    plan.completed = [&] { seen.insert(program.outcome()); };
    const sim::Result result = sim::explore(program, plan);
    Machine::get().memory_model = Memory::sc;
    EXPECT_FALSE(result.failed) << result.failure;
    EXPECT_TRUE(result.exhausted);
    return seen;
}

struct Litmus {
    const char *name;
    std::vector<Code> threads;
    const char *outcome; // of interest
    bool sc, tso;        // allowed
};

class StoreBuffers : public testing::TestWithParam<Litmus> {};

TEST_P(StoreBuffers, AllowWhatTheMachineAllows)
{
    const Litmus &test = GetParam();
    for (const Strategy strategy : {Strategy::every, Strategy::reduced}) {
        EXPECT_EQ(outcomes(test.threads, Memory::sc, strategy).contains(test.outcome), test.sc);
        EXPECT_EQ(outcomes(test.threads, Memory::tso, strategy).contains(test.outcome), test.tso);
    }
}

// The names are the memory model's own (tools/memory-model/litmus-tests of Linux).
INSTANTIATE_TEST_SUITE_P(
    Litmus, StoreBuffers,
    testing::Values(
        Litmus{"SB", {{"x=1", "y"}, {"y=1", "x"}}, "00|11", false, true},
        Litmus{"SB_mbs", {{"x=1", "mb", "y"}, {"y=1", "mb", "x"}}, "00|11", false, false},
        Litmus{"SB_one_mb", {{"x=1", "mb", "y"}, {"y=1", "x"}}, "00|11", false, true},
        Litmus{"SB_locks", {{"[", "x=1", "]", "y"}, {"[", "y=1", "]", "x"}}, "00|11", false, false},
        Litmus{"SB_one_lock", {{"[", "x=1", "]", "y"}, {"y=1", "x"}}, "00|11", false, true},
        Litmus{"SB_atomics", {{"x+1", "y"}, {"y+1", "x"}}, "0000|11", false, false},
        Litmus{"MP", {{"x=1", "y=1"}, {"y", "x"}}, "10|11", false, false},
        Litmus{"LB", {{"x", "y=1"}, {"y", "x=1"}}, "11|11", false, false},
        Litmus{"forwarded", {{"x=1", "x", "y"}, {"y=1", "y", "x"}}, "1010|11", false, true},
        Litmus{"own_store_first", {{"x=1", "x"}, {}}, "0|10", false, false},
        Litmus{"two_stores", {{"x=1", "x=2", "x"}, {"x"}}, "22|20", true, true},
        Litmus{"2+2W", {{"x=1", "y=2"}, {"y=1", "x=2"}}, "|11", false, false},
        Litmus{"R", {{"x=1", "y=1"}, {"y=2", "x"}}, "0|12", false, true},
        Litmus{"S", {{"x=2", "y=1"}, {"y", "x=1"}}, "1|21", false, false},
        Litmus{"IRIW", {{"x=1"}, {"y=1"}, {"x", "y"}, {"y", "x"}}, "1010|11", false, false}),
    [](const auto &parameter) {
        std::string name = parameter.param.name;
        std::ranges::replace(name, '+', 'p');
        return name;
    });

// Of programs made by dice the same outcomes come, and of some more than in sequential order.
TEST(StoreBuffers, KeepEachOutcomeOfProgramsMadeByDice)
{
    static constexpr std::array words{"x=1", "x=2", "y=1", "y=2", "x",  "y",
                                      "x",   "y",   "x",   "y",   "mb", "x+1"};
    std::mt19937 dice(1); // NOLINT(cert-msc51-cpp): the same programs each time
    unsigned int more = 0;
    const auto roll = [&](std::size_t sides) { return dice() % sides; };
    for (unsigned int program = 0; program < 400; ++program) {
        std::vector<Code> threads(2 + roll(2));
        for (Code &code : threads) {
            const std::size_t length = 1 + roll(threads.size() == 2 ? 4 : 2);
            const bool locked = roll(4) == 0;
            if (locked)
                code.emplace_back("[");
            if (roll(2))
                code.emplace_back(&code == threads.data() ? "x=1" : "y=1");
            for (std::size_t i = 0; i < length; ++i)
                code.emplace_back(words.at(roll(words.size())));
            if (locked)
                code.insert(code.begin() + 1 + static_cast<std::ptrdiff_t>(roll(code.size())), "]");
        }
        const auto all = outcomes(threads, Memory::tso, Strategy::every);
        ASSERT_EQ(all, outcomes(threads, Memory::tso, Strategy::reduced)) << "program " << program;
        const auto in_order = outcomes(threads, Memory::sc, Strategy::reduced);
        ASSERT_TRUE(std::ranges::includes(all, in_order)) << "program " << program;
        more += all.size() > in_order.size();
    }
    EXPECT_GT(more, 20U);
}

} // namespace
