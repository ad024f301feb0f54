// SPDX-License-Identifier: GPL-2.0
#include <filesystem>
#include <gtest/gtest.h>
#include <unistd.h>
#include <waitq/nodes.hpp>

namespace waitq {

namespace {

namespace fs = std::filesystem;

class NodesTest : public testing::Test {
protected:
    void SetUp() override
    {
        std::string name = testing::TempDir() + "waitq_nodes_XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        sysfs_ = name;
        for (const Module &module : {device_module, lab_module})
            fs::create_directories(directory(module));
    }
    void TearDown() override { fs::remove_all(sysfs_); }

    [[nodiscard]] fs::path directory(const Module &module) const
    {
        return sysfs_ / "class" / module.name;
    }

    fs::path sysfs_;
};

TEST_F(NodesTest, AreListedByIndex)
{
    for (const char *name : {"waitq10", "waitq9", "waitq0", "waitq", "waitq01", "other0"})
        fs::create_directory(directory(device_module) / name);
    const auto found = nodes(device_module, sysfs_);
    ASSERT_TRUE(found) << found.error().message();
    ASSERT_EQ(found->size(), 3);
    EXPECT_EQ((*found)[0].index, 0);
    EXPECT_EQ((*found)[1].index, 9);
    EXPECT_EQ((*found)[2].index, 10);
    EXPECT_EQ((*found)[2].path, "/dev/waitq10");
}

TEST_F(NodesTest, AreThoseOfOneModule)
{
    fs::create_directory(directory(device_module) / "waitq1");
    fs::create_directory(directory(lab_module) / "waitq_lab2");
    fs::create_directory(directory(lab_module) / "gate");
    const auto found = nodes(lab_module, sysfs_);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 1);
    EXPECT_EQ(found->front().path, "/dev/waitq_lab2");
    EXPECT_EQ(node_index(device_module, "waitq_lab2"), std::nullopt);
}

TEST_F(NodesTest, MayBeNone)
{
    const auto found = nodes(device_module, sysfs_);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->empty());
}

TEST_F(NodesTest, WithoutTheModuleAreAnError)
{
    fs::remove_all(directory(lab_module));
    const auto found = nodes(lab_module, sysfs_);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error(), std::errc::no_such_file_or_directory);
}

} // namespace

} // namespace waitq
