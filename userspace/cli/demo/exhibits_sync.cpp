// SPDX-License-Identifier: GPL-2.0
// The exhibit of the sync hint: which CPU the woken task runs on, counted over many wake-ups.
#include "demo/exhibit.hpp"

#include <chrono>
#include <sched.h>
#include <sys/resource.h>

namespace waitq::cli {

namespace {

using lab::WakeKind;

constexpr int rounds = 40;
constexpr int least_busy = 19; // of nice(1)

/// The first two CPUs that this process may use: on most machines they share a cache.
struct Cpus {
    int here = -1, there = -1;
};

Cpus cpus()
{
    cpu_set_t allowed;
    sched_getaffinity(0, sizeof allowed, &allowed);
    Cpus found;
    for (int cpu = 0; cpu < CPU_SETSIZE && found.there < 0; ++cpu)
        if (CPU_ISSET(cpu, &allowed))
            (found.here < 0 ? found.here : found.there) = cpu;
    return found;
}

/// This process may run on these.
void run_on(std::initializer_list<int> wanted)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    for (const int cpu : wanted)
        CPU_SET(cpu, &set);
    sched_setaffinity(0, sizeof set, &set);
}

/// Looks until @done without ever sleeping: its CPU is to stay as busy as a waker's is.
bool busily(const std::function<bool()> &done)
{
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!done()) {
        if (std::chrono::steady_clock::now() > give_up)
            return false;
        sched_yield();
    }
    return true;
}

/// What the waiter tells the waker.
struct Told {
    volatile int woken; // how often
    volatile int cpu;   // where it ran first
};

/// A, which sleeps where it last ran: on the other CPU. Each time that it is woken it tells where.
bool wait_again_and_again(Scene &scene, Told &told, const Cpus &cpu)
{
    for (;;) {
        run_on({cpu.there});
        run_on({cpu.here, cpu.there});
        (void)scene.node().wait({.consume = true});
        told.cpu = sched_getcpu();
        told.woken = told.woken + 1;
    }
}

/// Wakes A once, and returns where it ran.
int woken_on(Scene &scene, Told &told, const Child &waiter, WakeKind kind)
{
    const int before = told.woken;
    if (!busily([&] { return scene.waiting() == 1 && state_of(waiter.pid()) == 'S'; }))
        scene.claim(false, "A sleeps");
    (void)scene.wake_silently({.kind = kind});
    if (!busily([&] { return told.woken != before; }))
        scene.claim(false, "A runs");
    return told.cpu;
}

/**
 * Wakes A with the hint until that first brings it here: at once, or not for some seconds. A task
 * that has lately woken many others counts as a server, to whose CPU nobody is brought:
 * wake_wide(). Each second halves that count, and where CPUs share no cache only 0 will do.
 */
void become_no_server(Scene &scene, Told &told, const Cpus &cpu, const Child &waiter)
{
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (woken_on(scene, told, waiter, WakeKind::wake_up_interruptible_sync) != cpu.here &&
           std::chrono::steady_clock::now() < give_up) {
    }
}

/// How many of the rounds woke A onto the waker's CPU.
int onto_the_wakers(Scene &scene, Told &told, const Cpus &cpu, const Child &waiter, WakeKind kind)
{
    int here = 0;
    for (int round = 0; round < rounds; ++round)
        here += woken_on(scene, told, waiter, kind) == cpu.here;
    return here;
}

} // namespace

void sync_hint(Scene &scene)
{
    const Cpus cpu = cpus();
    if (cpu.there < 0)
        throw Otherwise("this exhibit needs two CPUs");
    cpu_set_t before;
    sched_getaffinity(0, sizeof before, &before);
    Shared<Told> told;

    scene.say("The waker has a CPU to itself. On another, where A fell asleep, a process of the");
    scene.say("lowest priority (nice 19) computes. A may run on both. Without the hint, the");
    scene.say("scheduler compares the loads, and A is better off where it was.");
    int without = 0, with = 0;
    {
        const Child busy([&] {
            run_on({cpu.there});
            setpriority(PRIO_PROCESS, 0, least_busy);
            for (volatile bool on = true; on;) {
            }
            return true;
        });
        run_on({cpu.here});
        const Child waiter([&] { return wait_again_and_again(scene, *told, cpu); });
        // A hint: on a machine that does other things besides, a count may go astray. What holds
        // is that there are such counts, and with a hint that does nothing there are none.
        const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        do {
            become_no_server(scene, *told, cpu, waiter);
            // Nothing is told between the two: that would wake its reader.
            without = onto_the_wakers(scene, *told, cpu, waiter, WakeKind::wake_up_interruptible);
            with = onto_the_wakers(scene, *told, cpu, waiter, WakeKind::wake_up_interruptible_sync);
        } while ((without >= rounds / 2 || with <= rounds / 2) &&
                 std::chrono::steady_clock::now() < give_up);
    }
    sched_setaffinity(0, sizeof before, &before);
    const std::string many = "most of " + std::to_string(rounds) + " wake-ups ";
    scene.claim(without < rounds / 2, many + "without the hint left A on its own CPU");
    scene.say("The hint says that the waker is about to sleep, so its CPU is as good as idle.");
    scene.claim(with > rounds / 2, many + "with the hint brought A to the waker's CPU");

    Timeline &timeline = scene.timeline();
    for (const char *kind : {"wake_up_interruptible()", "wake_up_interruptible_sync()"}) {
        const bool hint = kind != std::string("wake_up_interruptible()");
        timeline.sleeps("A", "sleeps (S), on its own CPU");
        timeline.wakes("waker", std::string(kind) + ", most times");
        timeline.returns("A", hint ? "runs on the waker's CPU" : "runs on its own CPU");
    }
}

} // namespace waitq::cli
