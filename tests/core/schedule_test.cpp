// SPDX-License-Identifier: GPL-2.0
// Schedules: their names, their replay, and the story of sleep_on().
#include "../sim/sleep_on.hpp"
#include "scenario.hpp"
#include "table.hpp"
#include <sim/schedule.hpp>

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

namespace {

using sim::Machine;
using sim::SleepOnScenario;

// Read it: it is meant to be understood by somebody who has not seen the code.
TEST(SleepOn, LosesAWakeUpAsTheGoldenTextTells)
{
    Machine::get().forget();
    SleepOnScenario scenario(SleepOnScenario::Way::sleep_on);
    const sim::Result found = sim::explore(scenario, {});
    ASSERT_TRUE(found.failed);
    const sim::Result simple = sim::simplest_failure(scenario, found);
    EXPECT_EQ(sim::replay(scenario, simple.schedule), sim::End::failed);
    const std::string told = sim::timeline(Machine::get());

    const std::ifstream file(WAITQ_CORE_TESTS "/sleep_on.txt");
    std::ostringstream golden;
    golden << file.rdbuf();
    EXPECT_EQ(told, golden.str());
}

TEST(SleepOn, PrepareFirstLosesNone)
{
    Machine::get().forget();
    SleepOnScenario scenario(SleepOnScenario::Way::prepare_first);
    const sim::Result result = sim::explore(scenario, {});
    EXPECT_FALSE(result.failed) << result.failure;
    EXPECT_TRUE(result.exhausted);
}

TEST(Schedule, IsReplayedByItsName)
{
    const auto row = std::ranges::find(
        core::rows(), "lab-fault/undelivered/wait_event_interruptible", &core::Row::name);
    ASSERT_NE(row, core::rows().end());
    const auto made = core::make_scenario(*row);
    core::RowScenario &scenario = *made;
    Machine::get().forget();
    std::vector<std::pair<std::vector<sim::Choice>, std::string>> schedules;
    sim::Plan plan;
    plan.strategy = sim::Strategy::random;
    plan.limit = 50;
    plan.completed = [&] { schedules.emplace_back(Machine::get().choices(), scenario.outcome()); };
    static_cast<void>(sim::explore(scenario, plan));
    for (const auto &[schedule, outcome] : schedules) {
        const std::string name = sim::name_of(scenario, schedule);
        const auto again = sim::schedule_of(scenario, name);
        ASSERT_TRUE(again) << name;
        EXPECT_EQ(sim::replay(scenario, *again), sim::End::complete) << name;
        EXPECT_EQ(scenario.outcome(), outcome) << name;
        EXPECT_EQ(sim::name_of(scenario, *again), name);
    }
}

TEST(Schedule, WhatIsNoNameIsRefused)
{
    const auto made = core::make_scenario(core::rows().front());
    core::RowScenario &scenario = *made;
    for (const char *text : {"", "A", "3", "3a", "3Z", "-1A", "3A4", "0L"})
        EXPECT_FALSE(sim::schedule_of(scenario, text)) << text;
    EXPECT_TRUE(sim::schedule_of(scenario, "0"));
}

} // namespace
