// SPDX-License-Identifier: GPL-2.0
#include "device_name.hpp"

#include <gtest/gtest.h>
#include <stdexcept>

namespace waitq::cli {

namespace {

struct Good {
    const Module *module;
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
    const DeviceName name = parse_device_name(*GetParam().module, GetParam().text);
    EXPECT_EQ(name.module, GetParam().module);
    EXPECT_EQ(name.path, GetParam().path);
    EXPECT_EQ(name.index, GetParam().index);
}

constexpr const Module *device = &device_module, *the_lab = &lab_module;

INSTANTIATE_TEST_SUITE_P(
    Table, GoodName,
    testing::Values(Good{device, "0", "/dev/waitq0", 0}, Good{device, "255", "/dev/waitq255", 255},
                    Good{device, "waitq7", "/dev/waitq7", 7},
                    Good{device, "/dev/waitq3", "/dev/waitq3", 3},
                    Good{device, "/dev/waitq03", "/dev/waitq03", std::nullopt},
                    Good{device, "/dev/waitq_lab3", "/dev/waitq_lab3", std::nullopt},
                    Good{device, "/tmp/waitq3", "/tmp/waitq3", std::nullopt},
                    Good{device, "./node", "./node", std::nullopt},
                    Good{the_lab, "0", "/dev/waitq_lab0", 0},
                    Good{the_lab, "waitq_lab7", "/dev/waitq_lab7", 7},
                    Good{the_lab, "/dev/waitq_lab3", "/dev/waitq_lab3", 3},
                    Good{the_lab, "/dev/waitq3", "/dev/waitq3", std::nullopt}));

TEST(FirstNode, IsTheDefault)
{
    EXPECT_EQ(DeviceName{}.path, "/dev/waitq0");
    EXPECT_EQ(first_of(lab_module).path, "/dev/waitq_lab0");
    EXPECT_EQ(first_of(lab_module).module, the_lab);
}

class BadName : public testing::TestWithParam<const char *> {};

TEST_P(BadName, IsRefused)
{
    EXPECT_THROW((void)parse_device_name(device_module, GetParam()), std::invalid_argument);
}

INSTANTIATE_TEST_SUITE_P(Table, BadName,
                         testing::Values("", "-1", "256", "00", "01", "1x", "waitq", "waitq256",
                                         "waitq-1", "waitq1 ", "waitq_lab0", "queue0",
                                         "4294967296"));

} // namespace

} // namespace waitq::cli
