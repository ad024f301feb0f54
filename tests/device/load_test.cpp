// SPDX-License-Identifier: GPL-2.0
// load_test.cpp - parameters, nodes, loading and unloading.
#include "support/kmsg.hpp"
#include "support/module.hpp"
#include "support/until.hpp"

#include <filesystem>
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

// The threads that the module has.
unsigned int threads()
{
    unsigned int count = 0;
    for (const auto &process : std::filesystem::directory_iterator("/proc")) {
        std::ifstream file(process.path() / "comm");
        std::string comm;
        std::getline(file, comm);
        count += comm.rfind("waitq_", 0) == 0;
    }
    return count;
}

// A thread that kthread_stop() has seen end may be in /proc a little longer.
testing::AssertionResult no_threads()
{
    return until([] { return threads() == 0; });
}

TEST(Load, ThreadsWaitAndWakeAndAreGoneWithTheModule)
{
    ASSERT_EQ(load_module("threads=1"), 0);
    EXPECT_EQ(threads(), 3U);
    {
        const File file;
        // Twice: after the first time they have slept again.
        EXPECT_TRUE(until([&] { return info(file).woken >= 4; }));
        EXPECT_TRUE(until([&] { return info(file).event_waiters == 2; }));
        EXPECT_EQ(info(file).signals, 0U);
    }
    EXPECT_EQ(unload_module(), 0);
    EXPECT_TRUE(no_threads());
}

TEST(Load, ThreadsMayBeStoppedBeforeTheyRan)
{
    for (int i = 0; i < 20; ++i) {
        ASSERT_EQ(load_module("threads=1"), 0);
        ASSERT_EQ(unload_module(), 0);
        ASSERT_TRUE(no_threads());
    }
}

// As many threads as there may be, for a while.
class ThreadsMax {
public:
    ThreadsMax() { std::ifstream(path) >> before_; }
    ~ThreadsMax() { set(before_); }
    ThreadsMax(const ThreadsMax &) = delete;
    ThreadsMax &operator=(const ThreadsMax &) = delete;

    void set(unsigned long most) const { std::ofstream(path) << most; }
    // How many there are: the fourth word of loadavg, behind the slash.
    static unsigned long now()
    {
        std::ifstream file("/proc/loadavg");
        std::string skipped;
        unsigned long count = 0;
        file >> skipped >> skipped >> skipped;
        std::getline(file, skipped, '/');
        file >> count;
        return count;
    }

private:
    static constexpr const char *path = "/proc/sys/kernel/threads-max";
    unsigned long before_ = 0;
};

// Loads with room for so many threads more. Returns what load_module() does.
int load_with_room(unsigned int room)
{
    const ThreadsMax most;
    most.set(ThreadsMax::now() + room);
    return load_module("threads=1");
}

TEST(Load, FailsIfAThreadCannotBeStartedAndEndsThoseThatRun)
{
    const char *const names[] = {"waitq_sleeper/0", "waitq_sleeper/1", "waitq_waker"};
    for (unsigned int room = 0; room < 3; ++room)
        // Again, if a thread of the kernel's own came or went meanwhile.
        EXPECT_TRUE(until([&] {
            const Kmsg log;
            const int error = load_with_room(room);
            EXPECT_EQ(module_is_loaded(), error == 0);
            if (error == 0) {
                EXPECT_EQ(unload_module(), 0);
                return false;
            }
            EXPECT_EQ(error, -EAGAIN);
            EXPECT_TRUE(no_threads());
            const std::string message = std::string("can't start thread ") + names[room];
            return log.since().find(message) != std::string::npos;
        })) << room;
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
