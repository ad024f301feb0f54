// SPDX-License-Identifier: GPL-2.0
// The library's tables against the contract they are made from.
#include <gtest/gtest.h>
#include <set>
#include <waitq/waitq.hpp>

namespace waitq {

namespace {

// The struct has one word per figure after size and flags.
static_assert(sizeof(waitq_info) == 8 + figures.size() * sizeof(__u64));

TEST(Places, AreNamedByTheirNumber)
{
    ASSERT_EQ(places.size(), 7U);
    EXPECT_EQ(places[0].name, "readers");
    EXPECT_EQ(places[3].name, "events");
    EXPECT_EQ(places[6].name, "event_room");
}

TEST(Figures, EachIsItsOwnWordOfTheStruct)
{
    waitq_info info{};
    __u64 next = 1;
    for (const auto &figure : figures)
        info.*figure.value = next++;
    EXPECT_EQ(info.size, 0U);
    EXPECT_EQ(info.flags, 0U);
    EXPECT_EQ(info.readers, 1U);
    EXPECT_EQ(info.interrupted, 12U);

    std::set<std::string_view> names;
    for (const auto &figure : figures) {
        names.insert(figure.name);
        EXPECT_FALSE(figure.text.empty()) << figure.name;
    }
    EXPECT_EQ(names.size(), figures.size());
}

} // namespace

} // namespace waitq
