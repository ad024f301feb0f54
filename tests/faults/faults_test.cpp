// SPDX-License-Identifier: GPL-2.0
// faults_test.cpp - for n = 1, 2, 3 and so on the nth allocation or user copy of a call fails,
// until the call makes fewer. Whatever fails, the call ends with an error that its contract names,
// or with success; no event and no byte is lost, and nothing is left behind.
#include "../device/support/module.hpp"
#include "entries.hpp"

#include <algorithm>
#include <cstdio>
#include <sys/mman.h>

namespace waitq::test {
namespace {

struct Trial {
    long value;
    bool injected;
    std::string seen;
    State state;
};

class Faults : public testing::TestWithParam<Entry> {
protected:
    static void SetUpTestSuite()
    {
        if (!prepare_injection().empty())
            return;
        ASSERT_EQ(load(device, "queues=" + std::to_string(queue_count) +
                                   " capacity=" + std::to_string(capacity)),
                  0);
        ASSERT_EQ(load(lab, "queues=1"), 0);
        world = std::make_unique<World>();
        // A fault of user space would take memory, and count.
        mlockall(MCL_CURRENT);
    }
    static void TearDownTestSuite()
    {
        if (!world)
            return;
        world.reset();
        EXPECT_EQ(unload(device), 0);
        EXPECT_EQ(unload(lab), 0);
    }
    void SetUp() override
    {
        const std::string lacks = prepare_injection();
        if (!lacks.empty())
            GTEST_SKIP() << "this kernel lacks " << lacks;
        ASSERT_NE(world, nullptr);
    }
    void TearDown() override
    {
        if (world)
            world->reset();
    }

    // n = 0: no fault.
    static Trial run(const Entry &entry, unsigned int n)
    {
        const FailNth faults(entry.faults_of);
        world->reset();
        if (entry.prepare)
            entry.prepare(*world);
        if (n != 0)
            faults.arm(n);
        const long value = entry.call(*world);
        const bool injected = n != 0 && faults.disarm();
        world->value = value;
        world->returned = true;
        if (entry.finish)
            entry.finish(*world);
        return {value, injected, world->seen, world->state()};
    }
    static State before(const Entry &entry)
    {
        // As run() has it open.
        const FailNth faults(entry.faults_of);
        world->reset();
        if (entry.prepare && !entry.finish)
            entry.prepare(*world);
        return world->state();
    }
    static bool is_allowed(const Entry &entry, long value)
    {
        return std::ranges::count(entry.errors, static_cast<int>(-value)) != 0;
    }
    // A success that moved only a part.
    static bool is_part(const Entry &entry, const Trial &run, const Trial &clean,
                        const State &at_first)
    {
        if (run.value <= 0 || run.value >= clean.value)
            return false;
        State rest = run.state;
        if (entry.less == Short::read) {
            if (run.seen + run.state.bytes != at_first.bytes)
                return false;
            rest.bytes = clean.state.bytes;
        } else if (entry.less == Short::write) {
            if (run.state.bytes !=
                clean.state.bytes.substr(0, at_first.bytes.size() +
                                                static_cast<std::size_t>(run.value)))
                return false;
            rest.bytes = clean.state.bytes;
        } else if (entry.less == Short::no) {
            return false;
        }
        return rest == clean.state;
    }

    static inline std::unique_ptr<World> world;
};

TEST_P(Faults, LoseNothingAndLeaveNothing)
{
    const Entry &entry = GetParam();
    const State at_first = before(entry);
    static_cast<void>(run(entry, 0)); // once without, so that its code and stack are in memory
    const Trial clean = run(entry, 0);
    ASSERT_EQ(clean.value < 0 ? -clean.value : 0, entry.clean_error);

    unsigned int n = 1, failed = 0, parts = 0;
    for (;; ++n) {
        ASSERT_LT(n, 2000U) << "it comes to no end";
        SCOPED_TRACE("fault " + std::to_string(n));
        const Trial now = run(entry, n);
        if (now.value < 0 && now.injected && now.value != clean.value) {
            ++failed;
            EXPECT_TRUE(is_allowed(entry, now.value)) << "error " << -now.value;
            if (entry.failed == Failed::or_all)
                EXPECT_TRUE(now.state == at_first || now.state == clean.state)
                    << now.state << "\n  before: " << at_first << "\n  after:  " << clean.state;
            else
                EXPECT_EQ(now.state, entry.failed == Failed::or_passed ? clean.state : at_first);
        } else if (is_part(entry, now, clean, at_first)) {
            ++parts;
        } else {
            EXPECT_EQ(now.value, clean.value);
            EXPECT_EQ(now.seen, clean.seen);
            EXPECT_EQ(now.state, clean.state);
        }
        if (!now.injected || HasFailure())
            break;
    }
    std::printf("# %-44s %4u points, %u failed the call, %u cut it short\n", entry.name, n - 1,
                failed, parts);
    // Else nothing was tried.
    EXPECT_TRUE(entry.errors.empty() || failed + parts != 0) << "no fault has reached the call";
    // And it works still.
    const Trial last = run(entry, 0);
    EXPECT_EQ(last.value, clean.value);
    EXPECT_EQ(last.seen, clean.seen);
    EXPECT_EQ(last.state, clean.state);
}

std::string name_of(const testing::TestParamInfo<Entry> &info)
{
    std::string name;
    bool word = true;
    for (const char *c = info.param.name; *c != '\0'; ++c) {
        if (std::isalnum(static_cast<unsigned char>(*c)) != 0)
            name += word ? static_cast<char>(std::toupper(static_cast<unsigned char>(*c))) : *c;
        word = std::isalnum(static_cast<unsigned char>(*c)) == 0;
    }
    return name;
}

INSTANTIATE_TEST_SUITE_P(Device, Faults, testing::ValuesIn(device_entries()), name_of);
INSTANTIATE_TEST_SUITE_P(Stream, Faults, testing::ValuesIn(stream_entries()), name_of);
INSTANTIATE_TEST_SUITE_P(Asleep, Faults, testing::ValuesIn(sleep_entries()), name_of);
INSTANTIATE_TEST_SUITE_P(Lab, Faults, testing::ValuesIn(lab_entries()), name_of);

} // namespace
} // namespace waitq::test
