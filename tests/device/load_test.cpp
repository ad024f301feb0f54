// SPDX-License-Identifier: GPL-2.0
// load_test.cpp - parameters, nodes, loading and unloading.
#include "support/kmsg.hpp"
#include "support/module.hpp"
#include "support/until.hpp"

#include <fstream>
#include <sys/stat.h>
#include <vector>

namespace waitq::test {
namespace {

unsigned int nodes()
{
    unsigned int count = 0;
    while (access(("/dev/waitq" + std::to_string(count)).c_str(), F_OK) == 0)
        ++count;
    return count;
}

TEST(Load, DefaultsAreFourQueuesOf64KiB)
{
    ASSERT_EQ(load_module(), 0);
    EXPECT_EQ(nodes(), 4U);
    EXPECT_EQ(info(File()).capacity, 65536U);
    ASSERT_EQ(unload_module(), 0);
    EXPECT_EQ(nodes(), 0U);
}

struct Parameters {
    const char *text;
    unsigned int queues, capacity;
};

class LoadWith : public testing::TestWithParam<Parameters> {};

TEST_P(LoadWith, MakesWhatWasAsked)
{
    const Parameters &want = GetParam();
    ASSERT_EQ(load_module(want.text), 0);
    EXPECT_EQ(nodes(), want.queues);
    EXPECT_EQ(info(File(O_RDWR, want.queues - 1)).capacity, want.capacity);
    EXPECT_EQ(unload_module(), 0);
}

INSTANTIATE_TEST_SUITE_P(Limits, LoadWith,
                         testing::Values(Parameters{"queues=1", 1, 65536},
                                         Parameters{"queues=256 capacity=64", 256, 64},
                                         Parameters{"queues=2 capacity=1048576", 2, 1048576}));

struct BadParameter {
    const char *text, *message;
};

class LoadRefused : public testing::TestWithParam<BadParameter> {};

TEST_P(LoadRefused, NamesTheParameterAndItsRange)
{
    const Kmsg log;
    EXPECT_EQ(load_module(GetParam().text), -EINVAL);
    EXPECT_FALSE(module_is_loaded());
    EXPECT_NE(log.since().find(GetParam().message), std::string::npos) << log.since();
}

INSTANTIATE_TEST_SUITE_P(
    Limits, LoadRefused,
    testing::Values(BadParameter{"queues=0", "queues=0 is out of range: 1 to 256"},
                    BadParameter{"queues=257", "queues=257 is out of range: 1 to 256"},
                    BadParameter{"queues=-1", "invalid for parameter `queues'"},
                    BadParameter{"capacity=0",
                                 "capacity=0 is out of range: a power of two from 64 to 1048576"},
                    BadParameter{"capacity=32", "capacity=32 is out of range"},
                    BadParameter{"capacity=65", "capacity=65 is out of range"},
                    BadParameter{"capacity=2097152", "capacity=2097152 is out of range"},
                    BadParameter{"capacity=many", "invalid for parameter `capacity'"}));

TEST(Load, NodesBelongToRootAndGroup)
{
    ASSERT_EQ(load_module(), 0);
    struct stat node {};
    EXPECT_EQ(stat("/dev/waitq0", &node), 0);
    EXPECT_TRUE(S_ISCHR(node.st_mode));
    EXPECT_EQ(node.st_mode & 07777, 0660U);
    EXPECT_EQ(unload_module(), 0);
}

// The kernel's own answer is EAGAIN (it knows no EBUSY here); rmmod says "in use".
TEST(Load, UnloadIsRefusedWhileAFileIsOpen)
{
    ASSERT_EQ(load_module(), 0);
    {
        const File file;
        EXPECT_EQ(unload_module(), -EAGAIN);
        EXPECT_EQ(write(file, "still here"), 10);
        EXPECT_EQ(read_text(file), "still here");
    }
    EXPECT_EQ(unload_module(), 0);
}

// Slab and vmalloc in use, in KiB.
long kernel_memory()
{
    std::ifstream file("/proc/meminfo");
    std::string name, unit;
    long value = 0, sum = 0;
    while (file >> name >> value && std::getline(file, unit))
        if (name == "SUnreclaim:" || name == "VmallocUsed:")
            sum += value;
    return sum;
}

TEST(Load, TwoHundredTimesLeakNothing)
{
    const auto cycle = [] {
        ASSERT_EQ(load_module("queues=8"), 0);
        {
            const File file;
            ASSERT_EQ(write(file, "x"), 1);
            ASSERT_EQ(timer(file, timer_request(1000000000)).error, 0);
        }
        ASSERT_EQ(unload_module(), 0);
    };
    for (int i = 0; i < 20; ++i) // the kernel's own caches fill first
        cycle();
    const long before = kernel_memory();
    for (int i = 0; i < 200; ++i)
        cycle();
    // One ring leaked in each cycle would be 12.8 MiB, one queue 0.1 MiB (and kmemleak, on
    // a kernel that has it, finds a single one).
    EXPECT_LT(kernel_memory() - before, 2048);
}

class Sysfs : public WithModule {};

TEST_F(Sysfs, ShowsWhatTheIoctlShows)
{
    const File file;
    ASSERT_EQ(write(file, "12345"), 5);
    ASSERT_EQ(wake(file, 7).error, 0);
    const waitq_info figures = info(file);
#define WAITQ_X(name, text)                                                                        \
    {                                                                                              \
        std::ifstream one("/sys/class/waitq/waitq0/" #name);                                       \
        __u64 value = poison;                                                                      \
        EXPECT_TRUE(one >> value) << #name;                                                        \
        EXPECT_EQ(value, figures.name) << #name;                                                   \
    }
    WAITQ_FIGURES(WAITQ_X)
#undef WAITQ_X
    EXPECT_EQ(figures.bytes, 5U);
    EXPECT_EQ(figures.counter, 7U);
}

} // namespace
} // namespace waitq::test
