// SPDX-License-Identifier: GPL-2.0
// frozen.hpp - a cgroup whose tasks can be frozen, of either version of cgroups.
#pragma once

#include "until.hpp"

#include <cerrno>
#include <fstream>
#include <string>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

namespace waitq::test {

struct FreezerKind {
    const char *name, *type, *options; // of mount
    const char *file, *freeze, *thaw;  // what is written where
    const char *state_file, *frozen;   // what says that all its tasks are frozen
};

inline constexpr FreezerKind freezers[] = {
    {"v1", "cgroup", "freezer", "freezer.state", "FROZEN", "THAWED", "freezer.state", "FROZEN"},
    {"v2", "cgroup2", "", "cgroup.freeze", "1", "0", "cgroup.events", "frozen 1"},
};

class Freezer {
public:
    explicit Freezer(const FreezerKind &kind)
        : kind_(kind), mount_(std::string("/tmp/") + kind.type)
    {
        mkdir("/tmp", 0777);
        mkdir(mount_.c_str(), 0755);
        if (mount("none", mount_.c_str(), kind.type, 0, kind.options) != 0)
            lacks_ = errno;
        mkdir(group().c_str(), 0755);
    }
    ~Freezer()
    {
        // A task that has been reaped may still be on its way out of the group.
        EXPECT_TRUE(lacks_ != 0 ||
                    until([&] { return rmdir(group().c_str()) == 0 || errno != EBUSY; }));
        umount2(mount_.c_str(), MNT_DETACH);
        rmdir(mount_.c_str());
    }
    Freezer(const Freezer &) = delete;
    Freezer &operator=(const Freezer &) = delete;

    // 0, or why this kernel has none.
    [[nodiscard]] int lacks() const { return lacks_; }
    void add(pid_t task) const { put("cgroup.procs", std::to_string(task)); }
    void freeze() const { put(kind_.file, kind_.freeze); }
    void thaw() const { put(kind_.file, kind_.thaw); }
    [[nodiscard]] bool frozen() const
    {
        std::ifstream file(group() + "/" + kind_.state_file);
        for (std::string line; std::getline(file, line);)
            if (line == kind_.frozen)
                return true;
        return false;
    }

private:
    [[nodiscard]] std::string group() const { return mount_ + "/waitq"; }
    void put(const std::string &file, const std::string &text) const
    {
        std::ofstream(group() + "/" + file) << text << std::flush;
    }

    const FreezerKind &kind_;
    std::string mount_;
    int lacks_ = 0;
};

} // namespace waitq::test
