// SPDX-License-Identifier: GPL-2.0
#include "durations.hpp"

#include <gtest/gtest.h>
#include <stdexcept>

namespace waitq::cli {

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

struct Good {
    const char *text;
    nanoseconds value;
};

void PrintTo(const Good &given, std::ostream *out)
{
    *out << given.text;
}

class GoodDuration : public testing::TestWithParam<Good> {};

TEST_P(GoodDuration, IsParsedExactly)
{
    EXPECT_EQ(parse_duration(GetParam().text), GetParam().value) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Table, GoodDuration,
    testing::Values(Good{"0", 0ns}, Good{"0.0", 0ns}, Good{"0s", 0ns}, Good{"10ns", 10ns},
                    Good{"50us", 50us}, Good{"200ms", 200ms}, Good{"1.5s", 1500ms},
                    Good{"2m", 2min}, Good{"1h", 1h}, Good{"0.000000001s", 1ns},
                    Good{"0.001us", 1ns}, Good{"1.50m", 90s}, Good{"0.1h", 6min},
                    Good{"007ms", 7ms}, Good{"1.0ns", 1ns}, Good{"0.1m", 6s},
                    Good{"0.00000000100s", 1ns}, Good{"9223372036854775807ns", nanoseconds::max()},
                    Good{"9223372036.854775807s", nanoseconds::max()}));

struct Bad {
    const char *text;
    const char *why; ///< part of the message
};

void PrintTo(const Bad &given, std::ostream *out)
{
    *out << given.text;
}

class BadDuration : public testing::TestWithParam<Bad> {};

TEST_P(BadDuration, SaysWhy)
{
    try {
        const auto value = parse_duration(GetParam().text);
        FAIL() << GetParam().text << " became " << value.count();
    } catch (const std::invalid_argument &error) {
        EXPECT_NE(std::string(error.what()).find(GetParam().why), std::string::npos)
            << error.what();
    }
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadDuration,
    testing::Values(
        Bad{"5", "unit is missing"}, Bad{"0.5", "unit is missing"}, Bad{"-1s", "negative"},
        Bad{"-0", "negative"}, Bad{"", "a number and a unit"}, Bad{"s", "a number and a unit"},
        Bad{".5s", "a number and a unit"}, Bad{"+1s", "a number and a unit"},
        Bad{" 1s", "a number and a unit"}, Bad{"1.s", "digits must follow"},
        Bad{"1 s", "is no unit"}, Bad{"1S", "is no unit"}, Bad{"1sec", "is no unit"},
        Bad{"1e3s", "is no unit"}, Bad{"1.5.5s", "is no unit"}, Bad{"0x", "is no unit"},
        Bad{"0.5ns", "finer than a nanosecond"}, Bad{"0.0000000001s", "finer than a nanosecond"},
        Bad{"0.00000000001m", "finer than a nanosecond"}, Bad{"9223372036854775808ns", "too long"},
        Bad{"9223372036854775807us", "too long"}, Bad{"9223372036.854775808s", "too long"},
        Bad{"99999999999999999999999h", "too long"}));

class Printed : public testing::TestWithParam<Good> {};

TEST_P(Printed, IsTheShortestAndParsesBack)
{
    EXPECT_EQ(format_duration(GetParam().value), GetParam().text);
    EXPECT_EQ(parse_duration(GetParam().text), GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(Table, Printed,
                         testing::Values(Good{"0", 0ns}, Good{"1ns", 1ns}, Good{"999ns", 999ns},
                                         Good{"1us", 1us}, Good{"1.001us", 1001ns},
                                         Good{"200ms", 200ms}, Good{"1.5s", 1500ms},
                                         Good{"90s", 90s}, Good{"3600s", 1h},
                                         Good{"1.000000001s", 1'000'000'001ns},
                                         Good{"9223372036.854775807s", nanoseconds::max()}));

TEST(PrintedDuration, OfANegativeOneHasASign)
{
    EXPECT_EQ(format_duration(-1500ms), "-1.5s");
}

} // namespace

} // namespace waitq::cli
