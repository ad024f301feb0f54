// SPDX-License-Identifier: GPL-2.0
// The picture of who slept and who woke whom, whole: a line too many or a mark astray is seen.
#include "demo/timeline.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <sstream>

namespace waitq::cli {

namespace {

std::string drawn(const Timeline &timeline)
{
    std::ostringstream out;
    timeline.draw(out);
    return out.str();
}

TEST(Timeline, NothingIsDrawnOfNothing)
{
    EXPECT_EQ(drawn({}), "");
}

TEST(Timeline, ShowsWhoSleepsWhoIsWokenAndWhoSleepsOn)
{
    Timeline timeline;
    timeline.sleeps("A", "sleeps");
    timeline.sleeps("B", "sleeps");
    timeline.wakes("waker", "wake_up() -> 1 woken");
    timeline.returns("A", "returns");
    timeline.acts("B", "is still there");
    EXPECT_EQ(drawn(timeline), R"(
   | runs, z sleeps, * acts; - leads from a waker * to each < or > that it wakes
   A B waker
   *   |       A: sleeps
   z * |       B: sleeps
   <-z-*       waker: wake_up() -> 1 woken: A
   * z |       A: returns
     * |       B: is still there
)");
}

TEST(Timeline, WokenInVainIsWokenAndSleepsAgain)
{
    Timeline timeline;
    timeline.sleeps("A", "sleeps");
    timeline.wakes("waker", "wake_up() -> 1 woken");
    timeline.sleeps("A", "sleeps again");
    timeline.wakes("waker", "wake_up() -> 1 woken");
    timeline.returns("A", "returns");
    EXPECT_EQ(drawn(timeline), R"(
   | runs, z sleeps, * acts; - leads from a waker * to each < or > that it wakes
   A waker
   * |       A: sleeps
   <-*       waker: wake_up() -> 1 woken: A
   * |       A: sleeps again
   <-*       waker: wake_up() -> 1 woken: A
   * |       A: returns
)");
}

TEST(Timeline, NobodyIsWokenByAWakeUpBeforeItsSleepOrByAnotherCause)
{
    Timeline timeline;
    timeline.runs("A", "tests, false");
    timeline.wakes("waker", "wake_up() -> 0 woken");
    timeline.sleeps("A", "sleeps");
    timeline.woken("A"); // it has come too late for that
    timeline.wakes("waker", "wake_up() -> 0 woken");
    timeline.returns("A", "timed out", Timeline::By::Else);
    EXPECT_EQ(drawn(timeline), R"(
   | runs, z sleeps, * acts; - leads from a waker * to each < or > that it wakes
   A waker
   * |       A: tests, false
   | *       waker: wake_up() -> 0 woken
   * |       A: sleeps
   z *       waker: wake_up() -> 0 woken
   * |       A: timed out
)");
}

TEST(Timeline, ASignalIsNoWakeUp)
{
    Timeline timeline;
    timeline.sleeps("A", "sleeps");
    timeline.wakes("waker", "wake_up() -> 0 woken");
    timeline.runs("A", "gets a signal");
    timeline.returns("A", "returns");
    EXPECT_EQ(drawn(timeline), R"(
   | runs, z sleeps, * acts; - leads from a waker * to each < or > that it wakes
   A waker
   * |       A: sleeps
   z *       waker: wake_up() -> 0 woken
   * |       A: gets a signal
   * |       A: returns
)");
}

TEST(Timeline, SeveralWokenAreNamedInTheOrderOfTheirLanes)
{
    Timeline timeline;
    timeline.acts("waker", "begins");
    timeline.sleeps("A", "sleeps");
    timeline.sleeps("B", "sleeps");
    timeline.wakes("waker", "wake_up_all() -> 2 woken");
    timeline.woken("B");
    timeline.woken("A");
    timeline.acts("A", "has it");
    EXPECT_EQ(drawn(timeline), R"(
   | runs, z sleeps, * acts; - leads from a waker * to each < or > that it wakes
   waker A B
   *           waker: begins
   |     *     A: sleeps
   |     z *   B: sleeps
   *----->->   waker: wake_up_all() -> 2 woken: A B
   |     * |   A: has it
)");
}

TEST(Timeline, ALetterStandsForALongName)
{
    Timeline timeline;
    timeline.sleeps("DEFINE_WAIT", "sleeps");
    timeline.wakes("waker", "wake_up() -> 1 woken");
    timeline.returns("DEFINE_WAIT", "returns");
    EXPECT_EQ(drawn(timeline), R"(
   | runs, z sleeps, * acts; - leads from a waker * to each < or > that it wakes
   a = DEFINE_WAIT
   a waker
   * |       DEFINE_WAIT: sleeps
   <-*       waker: wake_up() -> 1 woken: a
   * |       DEFINE_WAIT: returns
)");
}

TEST(Timeline, LettersStandForLongNamesInTurn)
{
    Timeline timeline;
    timeline.sleeps("uninterruptible", "sleeps");
    timeline.wakes("waker", "wake_up() -> 1 woken");
    timeline.returns("uninterruptible", "returns");
    timeline.runs("interruptible", "returns at once");
    EXPECT_EQ(drawn(timeline), R"(
   | runs, z sleeps, * acts; - leads from a waker * to each < or > that it wakes
   a = uninterruptible
   b = interruptible
   a waker b
   * |         uninterruptible: sleeps
   <-*         waker: wake_up() -> 1 woken: a
   * |         uninterruptible: returns
     |     *   interruptible: returns at once
)");
}

TEST(Timeline, SixActorsFitIntoEightyColumns)
{
    Timeline timeline;
    const std::vector<std::string> names{"X1", "X2", "X3", "P1", "P2"};
    for (const std::string &name : names)
        timeline.sleeps(name, "sleeps (S) in wait_event_interruptible_exclusive()");
    timeline.wakes("waker", "posts 1, wake_up() -> 5 woken");
    for (const std::string &name : names)
        timeline.returns(name, "returns: satisfied");
    std::istringstream lines(drawn(timeline));
    std::size_t widest = 0;
    for (std::string line; std::getline(lines, line);)
        widest = std::max(widest, line.size());
    EXPECT_LE(widest, 80U);
}

} // namespace

} // namespace waitq::cli
