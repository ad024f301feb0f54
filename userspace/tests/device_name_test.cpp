// SPDX-License-Identifier: GPL-2.0
#include "device_name.hpp"

#include <gtest/gtest.h>
#include <stdexcept>

namespace waitq::cli {

namespace {

struct Good {
    const char *text, *path;
    std::optional<unsigned> index;
};

void PrintTo(const Good &given, std::ostream *out)
{
    *out << given.text;
}

class GoodName : public testing::TestWithParam<Good> {};

TEST_P(GoodName, GivesPathAndIndex)
{
    const DeviceName name = parse_device_name(GetParam().text);
    EXPECT_EQ(name.path, GetParam().path);
    EXPECT_EQ(name.index, GetParam().index);
}

INSTANTIATE_TEST_SUITE_P(Table, GoodName,
                         testing::Values(Good{"0", "/dev/waitq0", 0},
                                         Good{"255", "/dev/waitq255", 255},
                                         Good{"waitq7", "/dev/waitq7", 7},
                                         Good{"/dev/waitq3", "/dev/waitq3", 3},
                                         Good{"/dev/waitq03", "/dev/waitq03", std::nullopt},
                                         Good{"/tmp/waitq3", "/tmp/waitq3", std::nullopt},
                                         Good{"./node", "./node", std::nullopt}));

class BadName : public testing::TestWithParam<const char *> {};

TEST_P(BadName, IsRefused)
{
    EXPECT_THROW((void)parse_device_name(GetParam()), std::invalid_argument);
}

INSTANTIATE_TEST_SUITE_P(Table, BadName,
                         testing::Values("", "-1", "256", "00", "01", "1x", "waitq", "waitq256",
                                         "waitq-1", "waitq1 ", "queue0", "4294967296"));

} // namespace

} // namespace waitq::cli
