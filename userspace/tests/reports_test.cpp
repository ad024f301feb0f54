// SPDX-License-Identifier: GPL-2.0
#include "reports.hpp"

#include "table.hpp"
#include "words.hpp"

#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>
#include <set>

namespace waitq::cli {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr steady_clock::time_point now{100s};

waitq_waiter entry(std::uint32_t place, std::uint32_t flags, std::uint32_t pid, const char *comm)
{
    waitq_waiter waiter{};
    waiter.place = place;
    waiter.flags = flags;
    waiter.pid = pid;
    waiter.state = pid ? 'S' : '?';
    std::strncpy(waiter.comm, comm, sizeof waiter.comm - 1);
    std::strcpy(waiter.function, "autoremove_wake_function");
    return waiter;
}

waitq_waiter known(waitq_waiter waiter, WaitKind kind, std::chrono::nanoseconds since)
{
    waiter.flags |= WAITQ_WAITER_KNOWN;
    waiter.kind = static_cast<std::uint32_t>(kind);
    waiter.since_ns = since.count();
    return waiter;
}

TEST(WaitersReport, NobodyIsTold)
{
    const Report report = waiters_report("/dev/waitq0", {{}, 0}, now);
    EXPECT_EQ(report.text, "nobody\n");
    EXPECT_EQ(report.json.at("waiters"), nlohmann::ordered_json::array());
}

TEST(WaitersReport, IsALineForEach)
{
    const Report report = waiters_report(
        "/dev/waitq0",
        {{known(entry(WAITQ_PLACE_EVENTS, WAITQ_WAITER_TASK | WAITQ_WAITER_EXCLUSIVE, 12, "cat"),
                WaitKind::wait_event, 98'500ms),
          entry(WAITQ_PLACE_EVENTS, WAITQ_WAITER_TASK | WAITQ_WAITER_HIDDEN, 0, ""),
          entry(WAITQ_PLACE_POLLERS, 0, 0, "")},
         3},
        now);
    EXPECT_EQ(report.text,
              "QUEUE    PID  COMM  STATE  FLAGS      KIND        SINCE     WAKE FUNCTION\n"
              "events   12   cat   S      exclusive  wait_event  1.5s ago  "
              "autoremove_wake_function\n"
              "events   -    -     ?      hidden     -           -         "
              "autoremove_wake_function\n"
              "pollers  -    -     ?      -          -           -         "
              "autoremove_wake_function\n");
    const auto &first = report.json.at("waiters").at(0);
    EXPECT_EQ(first.at("queue"), "events");
    EXPECT_EQ(first.at("pid"), 12);
    EXPECT_EQ(first.at("flags"), nlohmann::ordered_json({"exclusive"}));
    EXPECT_EQ(first.at("kind"), "wait_event");
    EXPECT_EQ(first.at("age_ns"), 1'500'000'000);
    const auto &last = report.json.at("waiters").at(2);
    EXPECT_EQ(last.at("task"), false);
    EXPECT_TRUE(last.at("pid").is_null());
    EXPECT_TRUE(last.at("kind").is_null());
    EXPECT_TRUE(last.at("age_ns").is_null());
}

TEST(WaitersReport, WhoDidNotFitIsCounted)
{
    const Report report =
        waiters_report("/dev/waitq0", {{entry(0, WAITQ_WAITER_TASK, 1, "a")}, 6}, now);
    EXPECT_TRUE(report.text.ends_with("and 5 more\n")) << report.text;
}

TEST(WaitersReport, OfAnotherVersionIsNumbers)
{
    const Report report = waiters_report(
        "/dev/waitq0", {{known(entry(99, 0, 0, ""), static_cast<WaitKind>(999), 100s)}, 1}, now);
    EXPECT_NE(report.text.find("place 99"), std::string::npos) << report.text;
    EXPECT_NE(report.text.find("kind 999"), std::string::npos) << report.text;
}

TEST(WaitersReport, TheNameOfATaskCantStainATerminal)
{
    const Report report =
        waiters_report("/dev/waitq0", {{entry(0, WAITQ_WAITER_TASK, 1, "a\x1b[2J\n\xc3")}, 1}, now);
    EXPECT_NE(report.text.find("a?[2J??"), std::string::npos) << report.text;
    // Half a character of UTF-8, which JSON can't have.
    testing::internal::CaptureStdout();
    EXPECT_TRUE(print(report, {.json = true}));
    EXPECT_FALSE(nlohmann::json::parse(testing::internal::GetCapturedStdout()).empty());
}

TEST(Words, AreLowerCaseWithDashes)
{
    EXPECT_EQ(word("HARD_IRQ"), "hard-irq");
    EXPECT_EQ(word("NONE"), "none");
    EXPECT_EQ(word("irq-work"), "irq-work");
    std::set<std::string> names;
    for (const ContextRow &row : contexts)
        names.insert(word(row.name));
    EXPECT_EQ(names.size(), contexts.size());
}

TEST(Words, ReturnClassesAreThoseOfTheKernelsCalls)
{
    // Spelled out, and not made from the table: by the kernel's documentation of each.
    EXPECT_EQ(return_class(*find_kind(WaitKind::wait_event)), "V");
    EXPECT_EQ(return_class(*find_kind(WaitKind::wait_event_idle_exclusive)), "V");
    EXPECT_EQ(return_class(*find_kind(WaitKind::wait_event_timeout)), "T");
    EXPECT_EQ(return_class(*find_kind(WaitKind::wait_event_killable)), "I");
    EXPECT_EQ(return_class(*find_kind(WaitKind::wait_event_freezable)), "I");
    EXPECT_EQ(return_class(*find_kind(WaitKind::wait_event_state)), "I");
    EXPECT_EQ(return_class(*find_kind(WaitKind::wait_event_killable_timeout)), "IT");
    EXPECT_EQ(return_class(*find_kind(WaitKind::wait_woken)), "IT");
    EXPECT_EQ(return_class(*find_kind(WaitKind::wait_event_hrtimeout)), "H");
    EXPECT_EQ(return_class(*find_kind(WaitKind::wait_event_interruptible_hrtimeout)), "H");
}

TEST(Words, AvailabilitySaysWhen)
{
    EXPECT_EQ(availability(true, "since 6.18"), "yes");
    EXPECT_EQ(availability(false, "since 6.18"), "no, since 6.18");
    EXPECT_EQ(availability(false, "until 3.15"), "no, until 3.15");
    EXPECT_EQ(availability(false, ""), "no");
}

TEST(Table, ColumnsAreAsWideAsTheirCells)
{
    EXPECT_EQ(aligned({{"A", "B"}, {"long", "x"}, {"", "y"}}), "A     B\nlong  x\n      y\n");
    EXPECT_EQ(aligned({}), "");
}

} // namespace

} // namespace waitq::cli
