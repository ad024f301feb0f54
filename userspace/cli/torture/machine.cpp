// SPDX-License-Identifier: GPL-2.0
#include "torture/machine.hpp"

#include "bench/machine.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace waitq::cli::torture {

namespace {

const std::string mounted = "/run/waitq-torture"; // the control groups, while a torture runs
const std::string usual = mounted + "/tasks", limited = mounted + "/limited";
const std::string controllers = "/cgroup.subtree_control";
const std::string share_of_delays = "/sys/module/waitq_delays/parameters/share";

bool write_to(const std::string &path, const std::string &text)
{
    std::ofstream file(path);
    file << text << std::flush;
    return file.good();
}

/// A lock of this file's, which all processes of a torture have, until the descriptor is closed.
/// Empty: EWOULDBLOCK.
std::optional<Descriptor> locked(int operation)
{
    Descriptor file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    while (flock(file.fd(), operation) != 0)
        if (errno != EINTR)
            return {};
    return file;
}

bool exists(const std::string &path)
{
    return access(path.c_str(), F_OK) == 0;
}

std::string first_line(const std::string &path)
{
    std::string line;
    std::ifstream file(path);
    std::getline(file, line);
    return line;
}

std::string switch_of(unsigned cpu)
{
    return "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/online";
}

/// Not all can go offline, and one must stay.
std::vector<unsigned> pluggable_now()
{
    std::vector<unsigned> found;
    const auto processors = static_cast<unsigned>(sysconf(_SC_NPROCESSORS_CONF));
    for (unsigned cpu = 1; cpu < processors; ++cpu)
        if (first_line(switch_of(cpu)) == "1")
            found.push_back(cpu);
    return found;
}

bool kernel_has_groups()
{
    std::ifstream file("/proc/filesystems");
    const std::string all((std::istreambuf_iterator<char>(file)), {});
    return all.find("\tcgroup2\n") != std::string::npos;
}

} // namespace

NoPlugging::NoPlugging() : lock_(locked(LOCK_SH).value()) {}

Machine::Machine(const Noises &noises)
    : groups_(noises.has(Noise::freezer) || noises.has(Noise::cgroups)),
      delays_(noises.has(Noise::delays)),
      // Where a machine that uses them has them mounted.
      controlled_((' ' + first_line("/sys/fs/cgroup" + controllers) + ' ').find(" cpu ") !=
                  std::string::npos),
      share_(first_line(share_of_delays)), pluggable_(pluggable_now())
{}

std::string Machine::obstacle(Noise noise)
{
    switch (noise) {
    case Noise::freezer:
    case Noise::cgroups:
        return kernel_has_groups() ? "" : "this kernel has no control groups of version 2";
    case Noise::hotplug:
        return pluggable_now().empty() ? "no processor can go offline here" : "";
    case Noise::affinity:
        return bench::processors() > 1 ? "" : "there is one processor";
    case Noise::delays:
        return exists(share_of_delays) ? "" : "waitq_delays.ko is not loaded";
    default:
        return "";
    }
}

void Machine::set_up() const
{
    if (groups_) {
        mkdir(mounted.c_str(), 0755);
        if (mount("none", mounted.c_str(), "cgroup2", 0, "") != 0) {
            const int error = errno;
            rmdir(mounted.c_str());
            throw std::system_error(error, std::generic_category(), "mount of the control groups");
        }
        write_to(mounted + controllers, "+cpu");
        mkdir(usual.c_str(), 0755);
        // A limit that came and went would change the kernel's code each time (a static key), which
        // an emulator may not survive.
        mkdir(limited.c_str(), 0755);
        write_to(limited + "/cpu.max", "20000 100000");
    }
    if (delays_)
        write_to(share_of_delays, "64");
}

Machine::Plugged Machine::plug(unsigned cpu, bool in) const
{
    const auto lock = locked(LOCK_EX | LOCK_NB);
    if (!lock)
        return Plugged::NotNow;
    return write_to(switch_of(cpu), in ? "1" : "0") ? Plugged::Yes : Plugged::Refused;
}

void Machine::calm() const
{
    if (groups_)
        freeze(false);
    constexpr int most_tries = 1000;
    for (const unsigned cpu : pluggable_)
        for (int tries = 0; first_line(switch_of(cpu)) == "0"; ++tries) {
            if (tries == most_tries)
                throw std::runtime_error("processor " + std::to_string(cpu) +
                                         " does not come back online: " + switch_of(cpu));
            if (plug(cpu, true) != Plugged::Yes)
                usleep(10'000);
        }
}

void Machine::put_back() const
{
    if (delays_)
        write_to(share_of_delays, share_);
    if (groups_) {
        freeze(false);
        // Tasks that are gone may be on their way out of the group.
        for (const std::string &group : {usual, limited})
            for (int times = 0; times < 1000 && rmdir(group.c_str()) != 0 && errno == EBUSY;
                 ++times)
                usleep(1000);
        if (!controlled_)
            write_to(mounted + controllers, "-cpu");
        umount2(mounted.c_str(), MNT_DETACH);
        rmdir(mounted.c_str());
    }
    calm();
}

void Machine::put_into(Group group, pid_t task) const
{
    const std::string &path = group == Group::Usual     ? usual
                              : group == Group::Limited ? limited
                                                        : mounted;
    write_to(path + "/cgroup.procs", std::to_string(task));
}

// Without the controller there are still groups to move between.
void Machine::weigh(unsigned weight) const
{
    write_to(usual + "/cpu.weight", std::to_string(weight));
}

void Machine::freeze(bool frozen) const
{
    write_to(usual + "/cgroup.freeze", frozen ? "1" : "0");
}

} // namespace waitq::cli::torture
