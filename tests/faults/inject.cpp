// SPDX-License-Identifier: GPL-2.0
#include "inject.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <string_view>
#include <sys/mount.h>
#include <unistd.h>

namespace waitq::test {
namespace {

constexpr const char *debugfs = "/sys/kernel/debug/";

struct Knob {
    const char *path, *value;
};
constexpr std::array knobs{
    Knob{"failslab/verbose", "0"},
    Knob{"failslab/ignore-gfp-wait", "N"},
    Knob{"failslab/cache-filter", "N"},
    Knob{"fail_page_alloc/verbose", "0"},
    Knob{"fail_page_alloc/ignore-gfp-wait", "N"},
    Knob{"fail_page_alloc/min-order", "0"},
    Knob{"fail_usercopy/verbose", "0"},
};

struct Needed {
    const char *path, *option;
};
constexpr std::array needed{
    Needed{"/proc/self/fail-nth", "CONFIG_FAULT_INJECTION"},
    Needed{"/sys/kernel/debug/failslab", "CONFIG_FAILSLAB"},
    Needed{"/sys/kernel/debug/fail_page_alloc", "CONFIG_FAIL_PAGE_ALLOC"},
    Needed{"/sys/kernel/debug/fail_usercopy", "CONFIG_FAULT_INJECTION_USERCOPY"},
};

} // namespace

std::string prepare_injection()
{
    mount("debugfs", debugfs, "debugfs", 0, nullptr);
    std::string lacks;
    for (const Needed &one : needed)
        if (access(one.path, F_OK) != 0)
            lacks += (lacks.empty() ? "" : ", ") + std::string(one.option);
    if (!lacks.empty())
        return lacks;
    for (const Knob &knob : knobs) {
        std::ofstream file(std::string(debugfs) + knob.path);
        if (!(file << knob.value << std::flush))
            lacks += (lacks.empty() ? "" : ", ") + std::string(knob.path);
    }
    return lacks;
}

FailNth::FailNth(pid_t task)
    : fd_(open(("/proc/" + (task == caller ? "thread-self" : std::to_string(task)) + "/fail-nth")
                   .c_str(),
               O_RDWR | O_CLOEXEC))
{}

FailNth::~FailNth()
{
    close(fd_);
}

void FailNth::arm(unsigned int n) const
{
    std::array<char, 16> text{};
    const int size = std::snprintf(text.data(), text.size(), "%u", n);
    while (pwrite(fd_, text.data(), static_cast<std::size_t>(size), 0) != size) {
    }
}

// What is read is a user copy itself: the last of those that were to succeed, perhaps; then it
// fails, and so does the write that ends the count.
bool FailNth::disarm() const
{
    std::array<char, 16> text{};
    const bool reached = pread(fd_, text.data(), text.size() - 1, 0) > 0 && text[0] == '0';
    while (pwrite(fd_, "0", 1, 0) != 1) {
    }
    return reached;
}

unsigned int FailNth::count() const
{
    std::array<char, 16> text{};
    static_cast<void>(!pread(fd_, text.data(), text.size() - 1, 0));
    static_cast<void>(disarm());
    return many - static_cast<unsigned int>(std::strtoul(text.data(), nullptr, 10));
}

} // namespace waitq::test
