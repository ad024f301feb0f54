// SPDX-License-Identifier: GPL-2.0
#include "reports.hpp"

#include "lab/lab_words.hpp"
#include "table.hpp"
#include "waiter_lines.hpp"

#include <cstring>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <set>

namespace waitq::cli {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr steady_clock::time_point now{100s};

/// An entry of either kind of node.
template <typename Entry>
Entry entry(std::uint32_t place, std::uint32_t flags, std::uint32_t pid, const char *comm)
{
    Entry waiter{};
    waiter.place = place;
    waiter.flags = flags;
    waiter.pid = pid;
    waiter.state = pid ? 'S' : 0;
    std::strncpy(waiter.comm, comm, sizeof waiter.comm - 1);
    std::strcpy(waiter.function, "autoremove_wake_function");
    return waiter;
}

Report report_on(const std::vector<WaiterLine> &lines, std::uint64_t linked)
{
    return waiters_report("/dev/waitq0", lines, linked, {"THRESHOLD", "threshold"}, now);
}

nlohmann::ordered_json waiter_of(const Report &report, std::size_t index)
{
    return nlohmann::ordered_json::parse(report.json.dump()).at("waiters").at(index);
}

TEST(WaitersReport, NoWaiterIsTold)
{
    const Report report = report_on({}, 0);
    EXPECT_EQ(report.text, "no waiter\n");
    const auto json = nlohmann::ordered_json::parse(report.json.dump());
    EXPECT_EQ(json.at("waiters"), nlohmann::ordered_json::array());
}

TEST(WaitersReport, IsALineForEachEntryOfADevice)
{
    auto cat = entry<waitq_waiter>(3, WAITQ_WAITER_TASK | WAITQ_WAITER_EXCLUSIVE, 12, "cat");
    cat.since_ns = 98'500'000'000;
    cat.threshold = 7;
    const auto hidden = entry<waitq_waiter>(3, WAITQ_WAITER_TASK | WAITQ_WAITER_HIDDEN, 0, "");
    const auto poller = entry<waitq_waiter>(4, 0, 0, "");
    const Report report = report_on({to_line(cat), to_line(hidden), to_line(poller)}, 3);
    EXPECT_EQ(report.text,
              "QUEUE    PID  COMM  STATE  FLAGS      THRESHOLD  SINCE     WAKE FUNCTION\n"
              "events   12   cat   S      exclusive  7          1.5s ago  "
              "autoremove_wake_function\n"
              "events   -    -     -      hidden     -          -         "
              "autoremove_wake_function\n"
              "pollers  -    -     -      -          -          -         "
              "autoremove_wake_function\n");
    const auto first = waiter_of(report, 0);
    EXPECT_EQ(first.at("queue"), "events");
    EXPECT_EQ(first.at("pid"), 12);
    EXPECT_EQ(first.at("flags"), nlohmann::ordered_json({"exclusive"}));
    EXPECT_EQ(first.at("threshold"), 7);
    EXPECT_EQ(first.at("since_ns"), 98'500'000'000);
    EXPECT_EQ(first.at("age_ns"), 1'500'000'000);
    const auto last = waiter_of(report, 2);
    EXPECT_EQ(last.at("task"), false);
    for (const char *name : {"pid", "state", "threshold", "since_ns", "age_ns"})
        EXPECT_TRUE(last.at(name).is_null()) << name;
}

TEST(WaitersReport, OfTheLabTellsTheKind)
{
    auto waiter = entry<lab_waiter>(LAB_PLACE_LOCKED, LAB_WAITER_TASK | LAB_WAITER_WOKEN, 1, "a");
    WaiterLine line = to_line(waiter);
    EXPECT_EQ(line.queue, "locked");
    EXPECT_EQ(line.flags, std::vector<std::string_view>{"woken"});
    EXPECT_EQ(line.more, "");
    EXPECT_FALSE(line.since);

    waiter.flags |= LAB_WAITER_KNOWN;
    waiter.kind = LAB_WAIT_EVENT_IDLE;
    waiter.since_ns = 5;
    line = to_line(waiter);
    EXPECT_EQ(line.more, "wait_event_idle");
    EXPECT_EQ(line.since, 5ns);
}

TEST(WaitersReport, EntriesThatDidNotFitAreCounted)
{
    const auto one = to_line(entry<waitq_waiter>(0, WAITQ_WAITER_TASK, 1, "a"));
    const Report report = report_on({one}, 6);
    EXPECT_TRUE(report.text.ends_with("and 5 more\n")) << report.text;
}

TEST(WaitersReport, OfAnotherVersionIsNumbers)
{
    auto waiter = entry<lab_waiter>(99, LAB_WAITER_KNOWN, 0, "");
    waiter.kind = 999;
    EXPECT_EQ(to_line(waiter).queue, "place 99");
    EXPECT_EQ(to_line(waiter).more, "kind 999");
    EXPECT_EQ(to_line(entry<waitq_waiter>(99, 0, 0, "")).queue, "place 99");
}

TEST(WaitersReport, ATextMayFillItsArray)
{
    auto waiter = entry<waitq_waiter>(0, WAITQ_WAITER_TASK, 1, "");
    std::memset(waiter.function, 'f', sizeof waiter.function);
    EXPECT_EQ(to_line(waiter).function, std::string(sizeof waiter.function, 'f'));
}

TEST(WaitersReport, TheNameOfATaskCantStainATerminal)
{
    const Report report =
        report_on({to_line(entry<waitq_waiter>(0, WAITQ_WAITER_TASK, 1, "a\x1b[2J\n\xc3"))}, 1);
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
    for (const lab::ContextRow &row : lab::contexts)
        names.insert(word(row.name));
    EXPECT_EQ(names.size(), lab::contexts.size());
}

TEST(Words, ReturnClassesAreThoseOfTheKernelsCalls)
{
    // Spelled out, and not made from the table: by the kernel's documentation of each.
    EXPECT_EQ(return_class(*find_kind(lab::WaitKind::wait_event)), "V");
    EXPECT_EQ(return_class(*find_kind(lab::WaitKind::wait_event_idle_exclusive)), "V");
    EXPECT_EQ(return_class(*find_kind(lab::WaitKind::wait_event_timeout)), "T");
    EXPECT_EQ(return_class(*find_kind(lab::WaitKind::wait_event_killable)), "I");
    EXPECT_EQ(return_class(*find_kind(lab::WaitKind::wait_event_freezable)), "I");
    EXPECT_EQ(return_class(*find_kind(lab::WaitKind::wait_event_state)), "I");
    EXPECT_EQ(return_class(*find_kind(lab::WaitKind::wait_event_killable_timeout)), "IT");
    EXPECT_EQ(return_class(*find_kind(lab::WaitKind::wait_woken)), "IT");
    EXPECT_EQ(return_class(*find_kind(lab::WaitKind::wait_event_hrtimeout)), "H");
    EXPECT_EQ(return_class(*find_kind(lab::WaitKind::wait_event_interruptible_hrtimeout)), "H");
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
