// SPDX-License-Identifier: GPL-2.0
// The parts of the machine that noise changes: processors, control groups, waitq_delays.ko.
#pragma once

#include "torture/noise.hpp"

#include <string>
#include <vector>
#include <waitq/descriptor.hpp>

namespace waitq::cli::torture {

/**
 * While it lives, Machine::plug() does nothing, in whatever process. For tasks that make an
 * io_uring: before Linux 6.6 a processor that comes meanwhile finds a half made one, and the kernel
 * crashes (0f8baa3c9802). The lock ends with its task.
 */
class NoPlugging {
public:
    NoPlugging();

private:
    Descriptor lock_;
};

/// Notes how the machine is, so that put_back() makes it so again: also in another process, if the
/// one that made the noise was killed.
class Machine {
public:
    /// Changes nothing.
    explicit Machine(const Noises &noises);

    /// Why that noise can't be made here; empty: it can, or does not depend on the machine.
    [[nodiscard]] static std::string obstacle(Noise noise);

    /// Makes the groups and the delays that the noise needs. Throws std::system_error.
    void set_up() const;
    /// Processors are online that were, and nothing is frozen. Throws std::runtime_error if one
    /// does not come.
    void calm() const;
    /// The same, and all else is as it was. No task may be in a group any more.
    void put_back() const;

    /// The processors that were online and can go offline.
    [[nodiscard]] const std::vector<unsigned> &pluggable() const { return pluggable_; }
    enum class Plugged {
        Yes,
        NotNow, ///< a NoPlugging lives. Not waited for: its task may have been stopped
        Refused ///< the kernel does not do it
    };
    [[nodiscard]] Plugged plug(unsigned cpu, bool in) const;

    /// Of the groups, if set_up() made them.
    [[nodiscard]] bool has_groups() const { return groups_; }
    enum class Group { Usual, Limited, None };
    void put_into(Group group, pid_t task) const;
    void weigh(unsigned weight) const; ///< Group::Usual
    void freeze(bool frozen) const;    ///< Group::Usual

private:
    bool groups_, delays_;
    bool controlled_; ///< groups had the controller of processors before
    std::string share_;
    std::vector<unsigned> pluggable_;
};

} // namespace waitq::cli::torture
