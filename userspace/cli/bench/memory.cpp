// SPDX-License-Identifier: GPL-2.0
#include "bench/memory.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

namespace waitq::cli::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto fields =
    std::to_array<std::string_view>({"Slab:", "VmallocUsed:", "PageTables:", "Percpu:"});

/// The kernel keeps memory of objects that were freed, for the next ones. Only root may ask it not
/// to.
void shrink_caches()
{
    std::error_code none;
    for (const auto &cache : std::filesystem::directory_iterator("/sys/kernel/slab", none))
        if (!cache.is_symlink())
            std::ofstream(cache.path() / "shrink") << 1 << std::flush;
}

/// Each processor adds to the kernel's figures rarely. To read this file makes all do so; only root
/// may, and for others the kernel does it once a second.
void refresh()
{
    std::ifstream file("/proc/sys/vm/stat_refresh");
    if (file.get(); !file.is_open())
        std::this_thread::sleep_for(1s);
}

} // namespace

std::int64_t kernel_memory(std::istream &meminfo)
{
    std::int64_t kilobytes = 0;
    for (std::string line; std::getline(meminfo, line);) {
        const std::size_t end = line.find(' ');
        if (end != std::string::npos &&
            std::ranges::count(fields, std::string_view(line).substr(0, end)) != 0)
            kilobytes += std::stoll(line.substr(end));
    }
    return kilobytes * 1024;
}

std::int64_t settled_kernel_memory()
{
    constexpr unsigned most = 50, agreeing = 3;
    std::int64_t last = -1;
    unsigned agreed = 0;
    // Since 6.3, some of what an RCU grace period protects is freed after 5 s.
    std::this_thread::sleep_for(6s);
    shrink_caches();
    for (unsigned reading = 0; reading < most && agreed < agreeing; ++reading) {
        std::this_thread::sleep_for(30ms);
        refresh();
        std::ifstream meminfo("/proc/meminfo");
        const std::int64_t next = kernel_memory(meminfo);
        agreed = next == last ? agreed + 1 : 0;
        last = next;
    }
    return last;
}

} // namespace waitq::cli::bench
