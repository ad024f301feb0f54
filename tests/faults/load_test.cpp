// SPDX-License-Identifier: GPL-2.0
// load_test.cpp - every allocation and user copy of a load fails once: the kernel's own for a
// module, and those of the module's init. The load fails and leaves nothing, or it works.
#include "../device/support/kmsg.hpp"
#include "../device/support/module.hpp"
#include "inject.hpp"

#include "../device/support/lab.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <ostream>
#include <sys/syscall.h>

namespace waitq::test {
namespace {

struct Load {
    const char *name;
    const Module &module;
    const char *parameters;
    pid_t faults_of;
    std::vector<int> errors;
};

void PrintTo(const Load &load, std::ostream *out)
{
    *out << load.name;
}

class LoadFaults : public testing::TestWithParam<Load> {
protected:
    void SetUp() override
    {
        const std::string lacks = prepare_injection();
        if (!lacks.empty())
            GTEST_SKIP() << "this kernel lacks " << lacks;
    }
};

bool is_named_in(const char *path, const std::string &name)
{
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line))
        if (line.ends_with(" " + name))
            return true;
    return false;
}

void expect_nothing_left(const Module &module)
{
    const std::string name = module.name;
    EXPECT_FALSE(is_loaded(module));
    EXPECT_EQ(nodes(module), 0U);
    EXPECT_NE(access(("/sys/class/" + name).c_str(), F_OK), 0);
    EXPECT_NE(access(("/sys/kernel/debug/" + name).c_str(), F_OK), 0);
    EXPECT_FALSE(is_named_in("/proc/devices", name));
}

// A load that went well, whatever of the kernel's (a node, an event, a file of debugfs) it went
// without.
void expect_use(const Module &module)
{
    const std::string node = std::string("/dev/") + module.name + "0";
    EXPECT_TRUE(is_named_in("/proc/devices", module.name));
    if (access(node.c_str(), F_OK) != 0)
        return;
    if (module.name == std::string("waitq"))
        EXPECT_EQ(info(File()).counter, 0U);
    else
        EXPECT_EQ(info(LabFile()).size, sizeof(lab_info));
}

long insert(const Descriptor &file, const char *parameters)
{
    return value_of(syscall(SYS_finit_module, file.fd(), parameters, 0));
}

// How many there are before the module's init, which refuses these parameters at its beginning.
unsigned int before_init(const Load &load, const Descriptor &file, const FailNth &faults)
{
    if (load.faults_of != FailNth::caller)
        return 0;
    faults.arm(FailNth::many);
    EXPECT_EQ(insert(file, "queues=0"), -EINVAL);
    const unsigned int count = faults.count();
    constexpr unsigned int uncertain = 10;
    return count > uncertain ? count - uncertain : 0;
}

TEST_P(LoadFaults, LeaveNothing)
{
    const Load &load = GetParam();
    const Descriptor file(open((std::string("/lib/waitq/") + load.module.name + ".ko").c_str(),
                               O_RDONLY | O_CLOEXEC));
    ASSERT_GE(file.fd(), 0);
    const FailNth faults(load.faults_of);
    ASSERT_EQ(insert(file, load.parameters), 0);
    ASSERT_EQ(unload(load.module), 0);
    const unsigned int kernels = before_init(load, file, faults);
    unsigned int n = 1, tried = 0, failed = 0;
    for (bool injected = true; injected && !HasFailure();) {
        SCOPED_TRACE("fault " + std::to_string(n));
        faults.arm(n);
        const long value = insert(file, load.parameters);
        injected = faults.disarm();
        tried += injected;
        if (value != 0) {
            ++failed;
            EXPECT_TRUE(injected);
            EXPECT_NE(std::ranges::count(load.errors, static_cast<int>(-value)), 0)
                << "error " << -value;
        } else {
            expect_use(load.module);
            EXPECT_EQ(unload(load.module), 0);
        }
        expect_nothing_left(load.module);
        constexpr unsigned int stride = 16;
        n += n + stride < kernels ? stride : 1;
    }
    std::printf("# %-44s %4u points, %u of them before init; %u tried, %u failed the load\n",
                load.name, n - 2, kernels, tried, failed);
}

INSTANTIATE_TEST_SUITE_P(
    Both, LoadFaults,
    testing::Values(
        Load{"waitq.ko queues=4", device, "queues=4", FailNth::caller, {ENOMEM, EFAULT}},
        Load{
            "waitq_lab.ko threads=1", lab, "threads=1 queues=2", FailNth::caller, {ENOMEM, EFAULT}},
        Load{"waitq_lab.ko threads=1, kthreadd's",
             lab,
             "threads=1 queues=2",
             FailNth::kthreadd,
             {ENOMEM, EAGAIN}}));

} // namespace
} // namespace waitq::test
