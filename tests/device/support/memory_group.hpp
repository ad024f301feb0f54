// SPDX-License-Identifier: GPL-2.0
// memory_group.hpp - a cgroup (version 2) that counts the memory of its tasks, the kernel's part
// too.
#pragma once

#include "until.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace waitq::test {

class MemoryGroup {
public:
    MemoryGroup()
    {
        mkdir(mount_, 0755);
        if (mount("none", mount_, "cgroup2", 0, "") != 0)
            lacks_ = errno;
        std::ofstream(std::filesystem::path(mount_) / "cgroup.subtree_control")
            << "+memory" << std::flush;
        mkdir(path("").c_str(), 0755);
        if (lacks_ == 0 && access(path("memory.max").c_str(), F_OK) != 0)
            lacks_ = errno;
    }
    ~MemoryGroup()
    {
        // A task that has been reaped may still be on its way out of the group.
        EXPECT_TRUE(lacks_ != 0 ||
                    until([&] { return rmdir(path("").c_str()) == 0 || errno != EBUSY; }));
        umount2(mount_, MNT_DETACH);
        rmdir(mount_);
    }
    MemoryGroup(const MemoryGroup &) = delete;
    MemoryGroup &operator=(const MemoryGroup &) = delete;

    // 0, or why this kernel has none.
    [[nodiscard]] int lacks() const { return lacks_; }
    void add(pid_t task) const { put("cgroup.procs", std::to_string(task)); }
    void limit(long bytes) const { put("memory.max", std::to_string(bytes)); }
    // The kernel's objects, in bytes.
    [[nodiscard]] long slab() const { return stat("memory.stat", "slab_unreclaimable"); }
    [[nodiscard]] long killed() const { return stat("memory.events", "oom_kill"); }

private:
    [[nodiscard]] static std::filesystem::path path(const std::string &file)
    {
        return std::filesystem::path(mount_) / "waitq" / file;
    }
    static void put(const std::string &file, const std::string &text)
    {
        std::ofstream(path(file)) << text << std::flush;
    }
    [[nodiscard]] static long stat(const std::string &file, const std::string &line)
    {
        std::ifstream text(path(file));
        long value = -1;
        for (std::string name; text >> name >> value;)
            if (name == line)
                return value;
        return -1;
    }

    static constexpr const char *mount_ = "/tmp/memory";
    int lacks_ = 0;
};

} // namespace waitq::test
