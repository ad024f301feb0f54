// SPDX-License-Identifier: GPL-2.0
// load_test.cpp - the device's parameters and nodes, loading and unloading.
#include "support/kmsg.hpp"
#include "support/meminfo.hpp"
#include "support/module.hpp"
#include "support/tasks.hpp"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <sys/mman.h>
#include <sys/stat.h>

namespace waitq::test {
namespace {

TEST(Load, DefaultsAreFourQueuesOf64KiB)
{
    ASSERT_EQ(load(device), 0);
    EXPECT_EQ(nodes(device), 4U);
    EXPECT_EQ(info(File()).capacity, 65536U);
    ASSERT_EQ(unload(device), 0);
    EXPECT_EQ(nodes(device), 0U);
}

struct Parameters {
    const char *text;
    unsigned int queues, capacity;
};

class LoadWith : public testing::TestWithParam<Parameters> {};

TEST_P(LoadWith, MakesWhatWasAsked)
{
    const Parameters &want = GetParam();
    ASSERT_EQ(load(device, want.text), 0);
    EXPECT_EQ(nodes(device), want.queues);
    EXPECT_EQ(info(File(O_RDWR, want.queues - 1)).capacity, want.capacity);
    EXPECT_EQ(unload(device), 0);
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
    EXPECT_EQ(load(device, GetParam().text), -EINVAL);
    EXPECT_FALSE(is_loaded(device));
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

// What is the lab's is none of the device's.
TEST(Load, KnowsNothingOfTheLab)
{
    for (const char *parameter : {"gate=1", "threads=1"}) {
        const Kmsg log;
        ASSERT_EQ(load(device, parameter), 0); // the kernel ignores what a module does not know
        EXPECT_NE(log.since().find("unknown parameter"), std::string::npos) << log.since();
        EXPECT_EQ(unload(device), 0);
    }
}

TEST(Load, NodesBelongToRootAndGroup)
{
    ASSERT_EQ(load(device), 0);
    struct stat node {};
    EXPECT_EQ(stat("/dev/waitq0", &node), 0);
    EXPECT_TRUE(S_ISCHR(node.st_mode));
    EXPECT_EQ(node.st_mode & 07777, 0660U);
    EXPECT_EQ(unload(device), 0);
}

// The kernel's own answer is EAGAIN (it knows no EBUSY here); rmmod says "in use".
TEST(Load, UnloadIsRefusedWhileAFileIsOpen)
{
    ASSERT_EQ(load(device), 0);
    {
        const File file;
        EXPECT_EQ(unload(device), -EAGAIN);
        EXPECT_EQ(write(file, "still here"), 10);
        EXPECT_EQ(read_text(file), "still here");
    }
    EXPECT_EQ(unload(device), 0);
}

// ---- memory ---------------------------------------------------------------------

long kernel_memory()
{
    return meminfo({"SUnreclaim:", "VmallocUsed:"});
}

TEST(Load, TwoHundredTimesLeakNothing)
{
    const auto cycle = [] {
        ASSERT_EQ(load(device, "queues=8"), 0);
        {
            const File file;
            const Descriptor events(open_eventfd(file));
            ASSERT_EQ(write(file, "x"), 1);
            ASSERT_EQ(timer(file, timer_request(one_second)).error, 0);
        }
        ASSERT_EQ(unload(device), 0);
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

// 256 queues of 1 MiB, on a machine that has 100 MiB left: the load fails, and the process that
// has the memory lives, though it is the one that the kernel would kill to get some.
TEST(Load, TooLargeForTheMachineIsENOMEMAndKillsNobody)
{
    constexpr long leaves = 100L << 10;
    const long takes = meminfo({"MemAvailable:"}) - leaves;
    ASSERT_GT(takes, 0) << "the machine is too small for this test";
    auto *const has_it = static_cast<std::atomic<bool> *>(mmap(nullptr, sizeof(std::atomic<bool>),
                                                               PROT_READ | PROT_WRITE,
                                                               MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    Child bystander([&] {
        std::ofstream("/proc/self/oom_score_adj") << 1000 << std::flush;
        const auto size = static_cast<std::size_t>(takes) << 10;
        void *memory = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
        if (memory == MAP_FAILED)
            return 1;
        *has_it = true;
        pause();
        return 0;
    });
    ASSERT_TRUE(until([&] { return *has_it || bystander.ended(); }));
    ASSERT_FALSE(bystander.ended());
    const Kmsg log;
    EXPECT_EQ(load(device, "queues=256 capacity=1048576"), -ENOMEM);
    EXPECT_FALSE(is_loaded(device));
    EXPECT_FALSE(bystander.ended()) << "a bystander was killed";
    const std::string text = log.since();
    for (const char *bad : {"oom-killer", "Out of memory", "allocation failure"})
        EXPECT_EQ(text.find(bad), std::string::npos) << text;
    EXPECT_NE(text.find("queues=256 capacity=1048576"), std::string::npos) << text;
    munmap(has_it, sizeof *has_it);
    // What was had is given back: a load that fits succeeds.
    ASSERT_EQ(load(device, "queues=4"), 0);
    EXPECT_EQ(unload(device), 0);
}

} // namespace
} // namespace waitq::test
