// SPDX-License-Identifier: GPL-2.0
#include <filesystem>
#include <gtest/gtest.h>
#include <unistd.h>
#include <waitq/devices.hpp>

namespace waitq {

namespace {

namespace fs = std::filesystem;

class Devices : public testing::Test {
protected:
    void SetUp() override
    {
        std::string name = testing::TempDir() + "waitq_devices_XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        directory_ = name;
    }
    void TearDown() override { fs::remove_all(directory_); }

    fs::path directory_;
};

TEST_F(Devices, AreListedByIndex)
{
    for (const char *name : {"waitq10", "waitq9", "waitq0", "waitq", "waitq01", "other0"})
        fs::create_directory(directory_ / name);
    const auto found = devices(directory_);
    ASSERT_TRUE(found) << found.error().message();
    ASSERT_EQ(found->size(), 3);
    EXPECT_EQ((*found)[0].index, 0);
    EXPECT_EQ((*found)[1].index, 9);
    EXPECT_EQ((*found)[2].index, 10);
    EXPECT_EQ((*found)[2].path, "/dev/waitq10");
}

TEST_F(Devices, MayBeNone)
{
    const auto found = devices(directory_);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->empty());
}

TEST_F(Devices, WithoutTheModuleAreAnError)
{
    const auto found = devices(directory_ / "absent");
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error(), std::errc::no_such_file_or_directory);
}

} // namespace

} // namespace waitq
