// SPDX-License-Identifier: GPL-2.0
#include "torture/noises.hpp"

#include "bench/machine.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace waitq::cli::torture {

namespace {

unsigned processors_max()
{
    return static_cast<unsigned>(sysconf(_SC_NPROCESSORS_CONF));
}

cpu_set_t all_processors()
{
    cpu_set_t set;
    CPU_ZERO(&set);
    for (unsigned cpu = 0; cpu < processors_max(); ++cpu)
        CPU_SET(cpu, &set);
    return set;
}

} // namespace

std::string Disturber::obstacle(Noise noise, const Plan &plan)
{
    constexpr std::array for_root{Noise::freezer,    Noise::cgroups, Noise::hotplug,
                                  Noise::priorities, Noise::reload,  Noise::delays};
    if (geteuid() != 0 && std::ranges::find(for_root, noise) != for_root.end())
        return "needs root";
    if (noise == Noise::reload && plan.module.empty())
        return "needs the module's file: --module FILE";
    return Machine::obstacle(noise);
}

Disturber::Disturber(const Plan &plan, Crew &crew) : plan_(plan), crew_(crew), machine_(plan.noises)
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
    machine_.set_up();
}

Disturber::~Disturber()
{
    try {
        go_on();
        machine_.put_back();
    } catch (const std::exception &error) {
        std::fprintf(stderr, "torture: %s\n", error.what());
    }
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

void Disturber::go_on()
{
    for (const Stopped &task : stopped_)
        if (crew_.pid(task.index) == task.pid)
            ::kill(task.pid, SIGCONT);
    stopped_.clear();
}

void Disturber::calm()
{
    go_on();
    machine_.calm();
    offline_.clear();
    if (gathered_)
        run_all(SCHED_OTHER, all_processors());
    gathered_ = false;
    // One that gets next to no time would keep the others from resting.
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
        go_on();
    } else if (const auto task = any_task(random)) {
        ::kill(crew_.pid(*task), SIGSTOP);
        stopped_.push_back({*task, crew_.pid(*task)});
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

// A real-time priority is for a moment. Such a task may run without end while it waits for another,
// and keep a task from its processor that is in the kernel's RCU read section: with that, all that
// waits for a grace period stands still, as this director does when it unplugs a processor.
void Disturber::reschedule(std::minstd_rand &random)
{
    const auto task = any_task(random);
    if (!task)
        return;
    const pid_t pid = crew_.pid(*task);
    constexpr std::array policies{SCHED_OTHER, SCHED_OTHER, SCHED_BATCH,
                                  SCHED_IDLE,  SCHED_FIFO,  SCHED_RR};
    const int policy = policies.at(random() % policies.size());
    const sched_param none{0};
    if (policy != SCHED_FIFO && policy != SCHED_RR) {
        sched_setscheduler(pid, policy, &none);
        setpriority(PRIO_PROCESS, static_cast<id_t>(pid), static_cast<int>(random() % 40) - 20);
        return;
    }
    constexpr std::uint32_t most_us = 20'000;
    const int priority = 1 + static_cast<int>(random() % 3);
    const sched_param of_task{priority}, above{priority + 1};
    sched_setscheduler(0, SCHED_FIFO, &above); // or it might not come to the end of this
    sched_setscheduler(pid, policy, &of_task);
    usleep(static_cast<useconds_t>(random() % most_us));
    sched_setscheduler(pid, SCHED_OTHER, &none);
    sched_setscheduler(0, SCHED_OTHER, &none);
}

// ---- the machine ----

void Disturber::freeze(std::minstd_rand &random)
{
    constexpr useconds_t while_us = 3000; // a torture in which all stand still is none
    if (const auto task = any_task(random))
        machine_.put_into(Machine::Group::Usual, crew_.pid(*task));
    machine_.freeze(true);
    usleep(while_us);
    machine_.freeze(false);
}

void Disturber::unplug(std::minstd_rand &random)
{
    if (!offline_.empty()) {
        if (machine_.plug(offline_.back(), true) == Machine::Plugged::Yes)
            offline_.pop_back();
        return;
    }
    const std::vector<unsigned> &all = machine_.pluggable();
    if (all.empty())
        return;
    const unsigned cpu = all[random() % all.size()];
    if (machine_.plug(cpu, false) == Machine::Plugged::Yes)
        offline_.push_back(cpu);
}

void Disturber::regroup(std::minstd_rand &random)
{
    const auto task = any_task(random);
    if (!task)
        return;
    machine_.weigh(1 + static_cast<unsigned>(random() % 1000));
    constexpr std::array groups{Machine::Group::Usual, Machine::Group::Limited,
                                Machine::Group::None};
    machine_.put_into(groups.at(random() % groups.size()), crew_.pid(*task));
}

} // namespace waitq::cli::torture
