// SPDX-License-Identifier: GPL-2.0
// The lab's tables against the contract they are made from.
#include <gtest/gtest.h>
#include <waitq/lab.hpp>

namespace waitq::lab {

namespace {

// The contract counts its own rows; the struct has one word per figure after size and pad.
#define ROW(...) 1,
constexpr std::size_t wait_rows = std::initializer_list<int>{LAB_WAIT_KINDS(ROW)}.size();
constexpr std::size_t wake_rows = std::initializer_list<int>{LAB_WAKE_KINDS(ROW)}.size();
#undef ROW
static_assert(wait_kinds.size() == wait_rows && wake_kinds.size() == wake_rows);
static_assert(sizeof(lab_info) == 8 + figures.size() * sizeof(__u64));

TEST(WaitKinds, NamesValuesAndStatesAgree)
{
    for (const WaitKindRow &row : wait_kinds) {
        EXPECT_EQ(find_kind(wait_kinds, row.name), &row);
        EXPECT_EQ(find_kind(row.kind), &row);
        // The names of the kernel's macros say it all; sleeping by hand leaves it to the caller.
        const auto says = [&](std::string_view word) {
            return row.name.find(word) != row.name.npos;
        };
        const bool by_hand = !says("wait_event") || row.name == "prepare_to_wait_event";
        EXPECT_EQ(row.by_hand(), by_hand) << row.name;
        if (by_hand) {
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

TEST(Figures, AreTheStructsOwnWords)
{
    lab_info info{};
    __u64 next = 1;
    for (const auto &figure : figures)
        info.*figure.value = next++;
    EXPECT_EQ(info.waiters, 1U);
    EXPECT_EQ(info.signals, figures.size());
}

} // namespace

} // namespace waitq::lab
