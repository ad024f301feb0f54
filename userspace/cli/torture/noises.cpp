// SPDX-License-Identifier: GPL-2.0
#include "torture/noises.hpp"

#include "bench/machine.hpp"
#include "torture/proc.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>
#include <sched.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace waitq::cli::torture {

namespace {

constexpr const char *mounted = "/run/waitq-torture"; // the control groups, while a torture runs
constexpr const char *delays = "/sys/module/waitq_delays/parameters/share";

bool write_to(const std::string &path, const std::string &text)
{
    std::ofstream file(path);
    file << text << std::flush;
    return file.good();
}

bool exists(const std::string &path)
{
    return access(path.c_str(), F_OK) == 0;
}

std::string switch_of(unsigned cpu)
{
    return "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/online";
}

unsigned processors_max()
{
    return static_cast<unsigned>(sysconf(_SC_NPROCESSORS_CONF));
}

/// Processors that can go offline: not all can, and one must stay.
std::vector<unsigned> pluggable()
{
    std::vector<unsigned> found;
    for (unsigned cpu = 1; cpu < processors_max(); ++cpu)
        if (exists(switch_of(cpu)))
            found.push_back(cpu);
    return found;
}

cpu_set_t all_processors()
{
    cpu_set_t set;
    CPU_ZERO(&set);
    for (unsigned cpu = 0; cpu < processors_max(); ++cpu)
        CPU_SET(cpu, &set);
    return set;
}

bool has_groups()
{
    std::ifstream file("/proc/filesystems");
    const std::string all((std::istreambuf_iterator<char>(file)), {});
    return all.find("\tcgroup2\n") != std::string::npos;
}

void mount_groups()
{
    mkdir(mounted, 0755);
    if (mount("none", mounted, "cgroup2", 0, "") != 0)
        throw std::system_error(errno, std::generic_category(), "mount of the control groups");
}

} // namespace

std::string Disturber::obstacle(Noise noise, const Plan &plan)
{
    const bool root = geteuid() == 0;
    switch (noise) {
    case Noise::freezer:
    case Noise::cgroups:
        return !root           ? "needs root"
               : !has_groups() ? "this kernel has no control groups of version 2"
                               : "";
    case Noise::hotplug:
        return !root ? "needs root" : pluggable().empty() ? "no processor can go offline here" : "";
    case Noise::affinity:
        return bench::processors() > 1 ? "" : "there is one processor";
    case Noise::priorities:
        return root ? "" : "needs root";
    case Noise::reload:
        return !root                 ? "needs root"
               : plan.module.empty() ? "needs the module's file: --module FILE"
                                     : "";
    case Noise::delays:
        return !root ? "needs root" : !exists(delays) ? "waitq_delays.ko is not loaded" : "";
    default:
        return "";
    }
}

Disturber::Disturber(const Plan &plan, Crew &crew) : plan_(plan), crew_(crew)
{
    const auto with = [&](Noise noise, Make make, int often) {
        if (plan.noises.has(noise))
            makes_.insert(makes_.end(), static_cast<std::size_t>(often), make);
    };
    with(Noise::signals, &Disturber::signal, 8);
    with(Noise::kill, &Disturber::kill, 2);
    with(Noise::stop, &Disturber::stop, 2);
    with(Noise::ptrace, &Disturber::trace, 2);
    with(Noise::freezer, &Disturber::freeze, 1);
    with(Noise::hotplug, &Disturber::unplug, 1);
    with(Noise::affinity, &Disturber::move, 4);
    with(Noise::priorities, &Disturber::reschedule, 2);
    with(Noise::cgroups, &Disturber::regroup, 2);
    if (plan.noises.has(Noise::freezer) || plan.noises.has(Noise::cgroups)) {
        mount_groups();
        write_to(std::string(mounted) + "/cgroup.subtree_control", "+cpu");
        group_ = std::string(mounted) + "/tasks";
        mkdir(group_.c_str(), 0755);
        // A limit that came and went would change the kernel's code each time (a static key), which
        // an emulator may not survive.
        limited_ = std::string(mounted) + "/limited";
        mkdir(limited_.c_str(), 0755);
        write_to(limited_ + "/cpu.max", "20000 100000");
    }
    if (plan.noises.has(Noise::delays))
        write_to(delays, "64");
}

Disturber::~Disturber()
{
    calm();
    if (plan_.noises.has(Noise::delays))
        write_to(delays, "0");
    if (group_.empty())
        return;
    // Tasks that are gone may be on their way out of the group.
    for (const std::string &group : {group_, limited_})
        for (int times = 0; times < 1000 && rmdir(group.c_str()) != 0 && errno == EBUSY; ++times)
            usleep(1000);
    umount2(mounted, MNT_DETACH);
    rmdir(mounted);
}

std::optional<std::size_t> Disturber::any_task(std::minstd_rand &random) const
{
    // One that has nothing to do in this round can't be disturbed.
    const std::size_t size = crew_.size(), first = random() % size;
    for (std::size_t step = 0; step < size; ++step)
        if (const std::size_t task = (first + step) % size;
            crew_.alive(task) && !crew_.killed(task) && crew_.is_active(task))
            return task;
    return {};
}

void Disturber::disturb(std::minstd_rand &random)
{
    if (!makes_.empty())
        (this->*makes_[random() % makes_.size()])(random);
}

void Disturber::calm()
{
    for (const pid_t task : stopped_)
        ::kill(task, SIGCONT);
    stopped_.clear();
    if (frozen_)
        write_to(group_ + "/cgroup.freeze", "0");
    frozen_ = false;
    for (const unsigned cpu : offline_)
        write_to(switch_of(cpu), "1");
    offline_.clear();
    if (gathered_)
        run_all(SCHED_OTHER, all_processors());
    gathered_ = false;
    // A task of policy fifo that looks again and again would keep the others from resting.
    if (plan_.noises.has(Noise::priorities))
        for (std::size_t task = 0; task < crew_.size(); ++task)
            if (crew_.alive(task)) {
                const sched_param none{0};
                sched_setscheduler(crew_.pid(task), SCHED_OTHER, &none);
                setpriority(PRIO_PROCESS, static_cast<id_t>(crew_.pid(task)), 0);
            }
}

// ---- tasks ----

// To one task, once or again and again, after short times and long ones, so that one comes between
// its wake-up and its next step.
void Disturber::signal(std::minstd_rand &random)
{
    constexpr std::uint32_t most = 16, shortest_ns = 1000, doublings = 9;
    const auto task = any_task(random);
    const std::uint32_t times = random() % 2 == 0 ? 1 : 1 + random() % most;
    for (std::uint32_t time = 0; task && time < times; ++time) {
        bench::spin(static_cast<std::int64_t>(random() % (shortest_ns << random() % doublings)));
        ::kill(crew_.pid(*task), random() % 3 == 0 ? SIGUSR2 : SIGUSR1);
    }
}

void Disturber::kill(std::minstd_rand &random)
{
    if (const auto task = any_task(random))
        crew_.kill(*task);
}

void Disturber::stop(std::minstd_rand &random)
{
    if (!stopped_.empty()) {
        ::kill(stopped_.back(), SIGCONT);
        stopped_.pop_back();
    } else if (const auto task = any_task(random)) {
        ::kill(crew_.pid(*task), SIGSTOP);
        stopped_.push_back(crew_.pid(*task));
    }
}

// A debugger that stops a task where it sleeps: its call goes on, or is restarted. It is a process
// of its own, with whose end all that it traces goes on.
void Disturber::trace(std::minstd_rand &random)
{
    const auto task = any_task(random);
    if (!task)
        return;
    const pid_t pid = crew_.pid(*task);
    const bool leaves = random() % 2 == 0;
    const pid_t debugger = fork();
    if (debugger == 0) {
        if (ptrace(PTRACE_SEIZE, pid, nullptr, nullptr) != 0)
            _exit(0);
        ptrace(PTRACE_INTERRUPT, pid, nullptr, nullptr);
        // A task that sleeps uninterruptibly does not stop.
        int status = 0;
        for (int times = 0; times < 20 && waitpid(pid, &status, WNOHANG | __WALL) == 0; ++times)
            usleep(500);
        if (leaves && WIFSTOPPED(status))
            ptrace(PTRACE_DETACH, pid, nullptr, nullptr);
        _exit(0);
    }
    if (debugger > 0)
        waitpid(debugger, nullptr, 0);
}

void Disturber::run_all(int policy, const cpu_set_t &where) const
{
    const sched_param none{0};
    for (std::size_t task = 0; task < crew_.size(); ++task)
        if (crew_.alive(task)) {
            sched_setscheduler(crew_.pid(task), policy, &none);
            sched_setaffinity(crew_.pid(task), sizeof where, &where);
        }
}

void Disturber::gather(std::minstd_rand &random)
{
    if (!plan_.noises.has(Noise::affinity) || random() % 2 == 0)
        return;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(random() % processors_max(), &one);
    run_all(SCHED_BATCH, one);
    gathered_ = true;
}

void Disturber::move(std::minstd_rand &random)
{
    const auto task = any_task(random);
    if (!task || gathered_)
        return;
    cpu_set_t set = all_processors();
    if (random() % 3 != 0)
        for (unsigned cpu = 0; cpu < processors_max(); ++cpu)
            if (random() % 2 == 0)
                CPU_CLR(cpu, &set);
    // None at all is refused, and so is one that is offline.
    sched_setaffinity(crew_.pid(*task), sizeof set, &set);
}

void Disturber::reschedule(std::minstd_rand &random)
{
    const auto task = any_task(random);
    if (!task)
        return;
    constexpr std::array policies{SCHED_OTHER, SCHED_OTHER, SCHED_BATCH,
                                  SCHED_IDLE,  SCHED_FIFO,  SCHED_RR};
    const int policy = policies.at(random() % policies.size());
    const bool first = policy == SCHED_FIFO || policy == SCHED_RR;
    const sched_param parameter{first ? 1 + static_cast<int>(random() % 3) : 0};
    sched_setscheduler(crew_.pid(*task), policy, &parameter);
    if (!first)
        setpriority(PRIO_PROCESS, static_cast<id_t>(crew_.pid(*task)),
                    static_cast<int>(random() % 40) - 20);
}

// ---- the machine ----

void Disturber::freeze(std::minstd_rand &random)
{
    if (const auto task = any_task(random))
        write_to(group_ + "/cgroup.procs", std::to_string(crew_.pid(*task)));
    frozen_ = !frozen_;
    write_to(group_ + "/cgroup.freeze", frozen_ ? "1" : "0");
    // A torture in which all stand still is none.
    if (frozen_) {
        usleep(3000);
        frozen_ = false;
        write_to(group_ + "/cgroup.freeze", "0");
    }
}

void Disturber::unplug(std::minstd_rand &random)
{
    if (!offline_.empty()) {
        write_to(switch_of(offline_.back()), "1");
        offline_.pop_back();
        return;
    }
    const std::vector<unsigned> all = pluggable();
    const unsigned cpu = all[random() % all.size()];
    if (write_to(switch_of(cpu), "0"))
        offline_.push_back(cpu);
}

void Disturber::regroup(std::minstd_rand &random)
{
    const auto task = any_task(random);
    if (!task || group_.empty())
        return;
    // Without the controller there are still groups to move between.
    write_to(group_ + "/cpu.weight", std::to_string(1 + random() % 1000));
    const std::array groups{group_, limited_, std::string(mounted)};
    write_to(groups.at(random() % groups.size()) + "/cgroup.procs",
             std::to_string(crew_.pid(*task)));
}

} // namespace waitq::cli::torture
