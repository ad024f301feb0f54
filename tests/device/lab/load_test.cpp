// SPDX-License-Identifier: GPL-2.0
// load_test.cpp - the lab's parameters and nodes, its threads, and the load that waits at the gate.
#include "../support/frozen.hpp"
#include "../support/kmsg.hpp"
#include "../support/lab.hpp"
#include "../support/module.hpp"
#include "../support/tasks.hpp"

#include <filesystem>
#include <fstream>
#include <sys/stat.h>

namespace waitq::test {
namespace {

TEST(LabLoad, MakesTheQueuesThatWereAskedFor)
{
    for (const auto &[parameters, queues] :
         {std::pair("", 4U), std::pair("queues=1", 1U), std::pair("queues=256", 256U)}) {
        ASSERT_EQ(load(lab, parameters), 0);
        EXPECT_EQ(nodes(lab), queues);
        EXPECT_EQ(info(LabFile(queues - 1)).size, sizeof(lab_info));
        ASSERT_EQ(unload(lab), 0);
        EXPECT_EQ(nodes(lab), 0U);
    }
}

TEST(LabLoad, NamesTheParameterAndItsRange)
{
    for (const char *text : {"queues=0", "queues=257"}) {
        const Kmsg log;
        EXPECT_EQ(load(lab, text), -EINVAL);
        EXPECT_FALSE(is_loaded(lab));
        EXPECT_NE(log.since().find(std::string(text) + " is out of range: 1 to 256"),
                  std::string::npos)
            << log.since();
    }
}

// Each module loads without the other, and with it.
TEST(LabLoad, StandsBesideTheDevice)
{
    ASSERT_EQ(load(lab), 0);
    ASSERT_EQ(load(device), 0);
    {
        const LabFile one;
        const File other;
        EXPECT_EQ(wake(one, 2).error, 0);
        EXPECT_EQ(info(other).counter, 0U);
        EXPECT_EQ(info(one).counter, 2U);
    }
    ASSERT_EQ(unload(lab), 0);
    EXPECT_EQ(info(File()).counter, 0U);
    ASSERT_EQ(unload(device), 0);
}

TEST(LabLoad, UnloadIsRefusedWhileAFileIsOpen)
{
    ASSERT_EQ(load(lab), 0);
    {
        const LabFile file;
        EXPECT_EQ(unload(lab), -EAGAIN);
        EXPECT_EQ(wake(file, 1).error, 0);
    }
    EXPECT_EQ(unload(lab), 0);
}

class Lab : public WithLab {};

TEST_F(Lab, NodesAreRootsAlone)
{
    struct stat node {};
    EXPECT_EQ(stat("/dev/waitq_lab0", &node), 0);
    EXPECT_TRUE(S_ISCHR(node.st_mode));
    EXPECT_EQ(node.st_mode & 07777, 0600U);
    EXPECT_EQ(node.st_uid, 0U);
}

TEST_F(Lab, OpenAsksForCapSysAdmin)
{
    // The node lets everybody in; the lab does not.
    ASSERT_EQ(chmod("/dev/waitq_lab0", 0666), 0);
    EXPECT_EQ(as_user(nobody, [] { return LabFile().fd() < 0 ? errno : 0; }), EPERM);
    EXPECT_GE(LabFile().fd(), 0);
}

TEST_F(Lab, FiguresInSysfsAreTheIoctlsAndRootsAlone)
{
    const LabFile file;
    ASSERT_EQ(wake(file, 7).error, 0);
    const lab_info figures = info(file);
#define LAB_X(name, text) expect_figure(lab, #name, figures.name);
    LAB_FIGURES(LAB_X)
#undef LAB_X
    EXPECT_EQ(figures.counter, 7U);
}

// ---- threads -----------------------------------------------------------------------

std::string name_of(const std::filesystem::path &process)
{
    std::ifstream file(process / "comm");
    std::string comm;
    std::getline(file, comm);
    return comm;
}

unsigned int threads()
{
    unsigned int count = 0;
    for (const auto &process : std::filesystem::directory_iterator("/proc"))
        count += name_of(process.path()).starts_with("waitq_");
    return count;
}

// A thread that kthread_stop() has seen end may be in /proc a little longer.
testing::AssertionResult no_threads()
{
    return until([] { return threads() == 0; });
}

TEST(LabThreads, WaitAndWakeAndAreGoneWithTheModule)
{
    ASSERT_EQ(load(lab, "threads=1"), 0);
    EXPECT_EQ(threads(), 3U);
    {
        const LabFile file;
        // Twice: after the first time they have slept again.
        EXPECT_TRUE(until([&] { return info(file).woken >= 4; }));
        EXPECT_TRUE(until([&] { return info(file).waiters == 2; }));
        EXPECT_EQ(info(file).signals, 0U);
    }
    EXPECT_EQ(unload(lab), 0);
    EXPECT_TRUE(no_threads());
}

TEST(LabThreads, MayBeStoppedBeforeTheyRan)
{
    for (int i = 0; i < 20; ++i) {
        ASSERT_EQ(load(lab, "threads=1"), 0);
        ASSERT_EQ(unload(lab), 0);
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
    // Those that there are.
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

// Loads with room for so many threads more. Returns what load() does.
int load_with_room(unsigned int room)
{
    const ThreadsMax most;
    most.set(ThreadsMax::now() + room);
    return load(lab, "threads=1");
}

TEST(LabThreads, IfOneCannotBeStartedTheLoadFailsAndEndsThoseThatRun)
{
    const char *const names[] = {"waitq_sleeper/0", "waitq_sleeper/1", "waitq_waker"};
    for (unsigned int room = 0; room < 3; ++room)
        // Again, if a thread of the kernel's own came or went meanwhile.
        EXPECT_TRUE(until([&] {
            const Kmsg log;
            const int error = load_with_room(room);
            EXPECT_EQ(is_loaded(lab), error == 0);
            if (error == 0) {
                EXPECT_EQ(unload(lab), 0);
                return false;
            }
            EXPECT_EQ(error, -EAGAIN);
            EXPECT_TRUE(no_threads());
            const std::string message = std::string("can't start thread ") + names[room];
            return log.since().find(message) != std::string::npos;
        })) << room;
}

// ---- the gate ------------------------------------------------------------------------

constexpr const char *gate_file = "/sys/class/waitq_lab/gate";

int load_at_the_gate()
{
    return -load(lab, "queues=1 gate=1");
}

testing::AssertionResult sleeps_at_the_gate(pid_t task)
{
    return until([&] { return access(gate_file, F_OK) == 0 && state_of(task) == 'S'; });
}

void open_the_gate()
{
    ASSERT_TRUE(std::ofstream(gate_file) << "1\n" << std::flush);
}

TEST(Gate, TheLoadSleepsUntilItIsOpened)
{
    Child insmod(load_at_the_gate);
    ASSERT_TRUE(sleeps_at_the_gate(insmod.pid()));
    EXPECT_EQ(nodes(lab), 0U);
    open_the_gate();
    EXPECT_EQ(insmod.status(), 0);
    EXPECT_EQ(nodes(lab), 1U);
    EXPECT_NE(access(gate_file, F_OK), 0);
    EXPECT_EQ(unload(lab), 0);
}

TEST(Gate, ASignalEndsTheLoad)
{
    Child insmod([] {
        struct sigaction action {};
        action.sa_handler = [](int) {};
        sigaction(SIGUSR1, &action, nullptr);
        return load_at_the_gate();
    });
    ASSERT_TRUE(sleeps_at_the_gate(insmod.pid()));
    insmod.signal(SIGUSR1);
    const int status = insmod.status();
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == EINTR) << status;
    EXPECT_FALSE(is_loaded(lab));
    EXPECT_EQ(access("/sys/class/waitq_lab", F_OK), -1);
}

class FrozenGate : public testing::TestWithParam<FreezerKind> {};

INSTANTIATE_TEST_SUITE_P(Cgroups, FrozenGate, testing::ValuesIn(freezers),
                         [](const auto &kind) { return kind.param.name; });

// The freezer stops a task where it sleeps and lets it go on there; to wait for the gate is a
// sleep as any other.
TEST_P(FrozenGate, TheLoadSleepsOn)
{
    const Freezer freezer(GetParam());
    if (freezer.lacks() != 0)
        GTEST_SKIP() << "this kernel has no freezer of cgroups " << GetParam().name << ": "
                     << strerror(freezer.lacks());
    Child insmod(load_at_the_gate);
    ASSERT_TRUE(sleeps_at_the_gate(insmod.pid()));
    freezer.add(insmod.pid());
    for (int round = 0; round < 3; ++round) {
        freezer.freeze();
        EXPECT_TRUE(until([&] { return freezer.frozen() || insmod.ended(); }));
        freezer.thaw();
        ASSERT_TRUE(sleeps_at_the_gate(insmod.pid()));
    }
    open_the_gate();
    EXPECT_EQ(insmod.status(), 0);
    EXPECT_EQ(unload(lab), 0);
}

} // namespace
} // namespace waitq::test
