// SPDX-License-Identifier: GPL-2.0
// The library's tables against the contract they are made from.
#include <gtest/gtest.h>
#include <set>
#include <waitq/waitq.hpp>

namespace waitq {

namespace {

// The contract counts its own rows; the struct has one word per figure after size and pad.
#define ROW(...) 1,
constexpr std::size_t wait_rows = std::initializer_list<int>{WAITQ_WAIT_KINDS(ROW)}.size();
constexpr std::size_t wake_rows = std::initializer_list<int>{WAITQ_WAKE_KINDS(ROW)}.size();
#undef ROW
static_assert(wait_kinds.size() == wait_rows && wake_kinds.size() == wake_rows);
static_assert(sizeof(waitq_info) == 8 + figures.size() * sizeof(__u64));

// Spelled out here, and not made from the contract: what its first version promised.
static_assert(static_cast<int>(WaitKind::wait_event) == 0);
static_assert(static_cast<int>(WaitKind::wait_event_timeout) == 1);
static_assert(static_cast<int>(WaitKind::wait_event_interruptible) == 2);
static_assert(static_cast<int>(WaitKind::wait_event_interruptible_timeout) == 3);
static_assert(static_cast<int>(WaitKind::wait_event_killable) == 4);
static_assert(static_cast<int>(WaitKind::wait_event_killable_timeout) == 5);
static_assert(static_cast<int>(WakeKind::wake_up) == 0);
static_assert(static_cast<int>(WakeKind::wake_up_nr) == 1);
static_assert(static_cast<int>(WakeKind::wake_up_all) == 2);

TEST(WaitKinds, NamesValuesAndStatesAgree)
{
    for (const WaitKindRow &row : wait_kinds) {
        EXPECT_EQ(find_kind(wait_kinds, row.name), &row);
        EXPECT_EQ(find_kind(row.kind), &row);
        // The names of the kernel's macros say it all; sleeping by hand leaves it to the caller.
        const auto says = [&](std::string_view word) {
            return row.name.find(word) != row.name.npos;
        };
        if (!says("wait_event") || row.name == "prepare_to_wait_event") {
            EXPECT_TRUE(row.has_state()) << row.name;
            continue;
        }
        EXPECT_EQ(row.has_timeout(), says("timeout")) << row.name;
        EXPECT_EQ(row.clock == "HRTIMER", says("hrtimeout")) << row.name;
        EXPECT_EQ(row.state == "INTERRUPTIBLE", says("interruptible")) << row.name;
        EXPECT_EQ(row.state == "KILLABLE", says("killable")) << row.name;
        EXPECT_EQ(row.state == "IDLE", says("idle")) << row.name;
        EXPECT_EQ(row.state == "FREEZABLE", says("freezable")) << row.name;
        EXPECT_EQ(row.has_state(), says("_state")) << row.name;
        EXPECT_EQ(row.exclusive == "YES", says("exclusive")) << row.name;
        EXPECT_EQ(row.lock == "HEAD" || row.lock == "HEAD_IRQ", says("locked")) << row.name;
        EXPECT_EQ(row.lock == "CALLER", says("lock_irq")) << row.name;
    }
}

TEST(WaitKinds, TheDefaultHasATimedVariant)
{
    const auto *plain = find_kind(WaitRequest{}.kind);
    ASSERT_NE(plain, nullptr);
    EXPECT_FALSE(plain->has_timeout());
    const auto *timed = find_kind(wait_kinds, std::string(plain->name) + "_timeout");
    ASSERT_NE(timed, nullptr);
    EXPECT_TRUE(timed->has_timeout());
    EXPECT_EQ(timed->state, plain->state);
}

TEST(WakeKinds, NamesAndValuesAgree)
{
    for (const WakeKindRow &row : wake_kinds) {
        EXPECT_EQ(find_kind(wake_kinds, row.name), &row);
        EXPECT_EQ(find_kind(row.kind), &row);
        const auto says = [&](std::string_view word) {
            return row.name.find(word) != row.name.npos;
        };
        EXPECT_EQ(row.mode == "INTERRUPTIBLE", says("interruptible")) << row.name;
        EXPECT_EQ(row.scope == "NR", says("_nr")) << row.name;
        EXPECT_EQ(row.scope == "ALL", says("_all") || says("pollfree")) << row.name;
        EXPECT_EQ(row.lock == "HELD", says("locked")) << row.name;
        EXPECT_EQ(row.hint == "SYNC", says("sync")) << row.name;
        EXPECT_EQ(row.key == "KEY", row.name.ends_with("poll") || says("poll_")) << row.name;
    }
}

TEST(Kinds, UnknownOnesAreNotFound)
{
    EXPECT_EQ(find_kind(wait_kinds, "wait_event_"), nullptr);
    EXPECT_EQ(find_kind(wake_kinds, ""), nullptr);
    EXPECT_EQ(find_kind(static_cast<WaitKind>(wait_rows)), nullptr);
    EXPECT_EQ(find_kind(static_cast<WakeKind>(wake_rows)), nullptr);
}

TEST(Figures, EachIsItsOwnWordOfTheStruct)
{
    waitq_info info{};
    __u64 next = 1;
    for (const Figure &figure : figures)
        info.*figure.value = next++;
    EXPECT_EQ(info.size, 0U);
    EXPECT_EQ(info.pad, 0U);
    EXPECT_EQ(info.readers, 1U);
    EXPECT_EQ(info.signals, 12U);

    std::set<std::string_view> names;
    for (const Figure &figure : figures) {
        names.insert(figure.name);
        EXPECT_FALSE(figure.text.empty()) << figure.name;
    }
    EXPECT_EQ(names.size(), figures.size());
}

} // namespace

} // namespace waitq
