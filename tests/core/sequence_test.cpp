// SPDX-License-Identifier: GPL-2.0
// The random sequences themselves: no scheduling changes what comes of them. Whether a real
// kernel says the same is tests/device/sequences_test.cpp.
#include "sequence_sim.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Sequence, DoesNotDependOnTheSchedule)
{
    for (unsigned int seed = 0; seed < 3000; ++seed) {
        const std::string forwards = core::sequence_on_simulation(seed, 40);
        ASSERT_EQ(forwards, core::sequence_on_simulation(seed, 40, true)) << "seed " << seed;
        ASSERT_EQ(forwards.find("***"), std::string::npos) << "seed " << seed << '\n' << forwards;
    }
}

TEST(Sequence, HasAllKindsOfOutcomes)
{
    std::string all;
    for (unsigned int seed = 0; seed < 60; ++seed)
        all += core::sequence_on_simulation(seed, 40);
    for (const char *part :
         {"returns 0, outcome 1", "returns -110, outcome 2", "returns -4, outcome 3", "in vain 1",
          "task 1 returns -4\n", "task 1 returns -110\n", "task 1 returns 8\n",
          "without blocking: -11", "is taken: -11", "is taken: 8", "are added: 8", "poll 0x404",
          "woken 3"})
        EXPECT_NE(all.find(part), std::string::npos) << part;
}

} // namespace
