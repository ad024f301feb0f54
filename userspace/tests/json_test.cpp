// SPDX-License-Identifier: GPL-2.0
#include "json.hpp"

#include <gtest/gtest.h>
#include <limits>

namespace waitq::cli {

namespace {

TEST(Json, IsLinesInTheOrderOfTheMembers)
{
    const Json json = {{"z", 1}, {"a", Json{{"list", std::vector<std::string_view>{"x", "y"}}}}};
    EXPECT_EQ(json.dump(), "{\n  \"z\": 1,\n  \"a\": {\n    \"list\": [\n      \"x\",\n      "
                           "\"y\"\n    ]\n  }\n}");
}

TEST(Json, HasEveryKindOfValue)
{
    EXPECT_EQ(Json().dump(), "null");
    EXPECT_EQ(Json(true).dump(), "true");
    EXPECT_EQ(Json(-7).dump(), "-7");
    EXPECT_EQ(Json(std::numeric_limits<std::uint64_t>::max()).dump(), "18446744073709551615");
    EXPECT_EQ(Json(std::numeric_limits<std::int64_t>::min()).dump(), "-9223372036854775808");
    EXPECT_EQ(Json(1.25).dump(), "1.25");
    EXPECT_EQ(Json("a\"b\n").dump(), R"("a\"b\n")");
    EXPECT_EQ(Json::array().dump(), "[]");
}

TEST(Json, GrowsFromNothing)
{
    Json object, array;
    object.add("one", 1);
    array.push_back(false);
    EXPECT_EQ(object.dump(), "{\n  \"one\": 1\n}");
    EXPECT_EQ(array.dump(), "[\n  false\n]");
}

TEST(Json, BytesThatAreNoUtf8AreReplaced)
{
    EXPECT_EQ(Json("a\xc3").dump(), "\"a\xef\xbf\xbd\"");
}

} // namespace

} // namespace waitq::cli
