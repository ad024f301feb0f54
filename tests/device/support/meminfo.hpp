// SPDX-License-Identifier: GPL-2.0
// meminfo.hpp - the memory that the kernel has, while a test makes it take some.
#pragma once

#include "until.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <linux/membarrier.h>
#include <string>
#include <sys/syscall.h>
#include <unistd.h>

namespace waitq::test {

// The sum of some lines of /proc/meminfo, in KiB.
inline long meminfo(std::initializer_list<std::string> names)
{
    std::ifstream file("/proc/meminfo");
    std::string name, unit;
    long value = 0, sum = 0;
    while (file >> name >> value && std::getline(file, unit))
        if (std::ranges::find(names, name) != names.end())
            sum += value;
    return sum;
}

// The bytes that the kernel has for itself, once objects that were freed are given back and two
// readings say the same.
inline long settled_kernel_memory()
{
    const auto read = [] {
        // What was freed behind an RCU grace period is free after it.
        syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
        std::error_code none;
        for (const auto &cache : std::filesystem::directory_iterator("/sys/kernel/slab", none))
            if (!cache.is_symlink())
                std::ofstream(cache.path() / "shrink") << 1 << std::flush;
        // Each processor adds to the kernel's figures rarely; to read this file makes all do so.
        std::ifstream("/proc/sys/vm/stat_refresh").get();
        return meminfo({"Slab:", "VmallocUsed:", "PageTables:", "Percpu:"});
    };
    long last = read();
    EXPECT_TRUE(until([&] {
        const long next = read();
        const bool agree = std::abs(next - last) <= 64;
        last = next;
        return agree;
    }));
    return last * 1024;
}

} // namespace waitq::test
