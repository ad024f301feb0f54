// SPDX-License-Identifier: GPL-2.0
// Exhibits of waking: whom a wake-up wakes, from where, and at what cost.
#include "exhibit.hpp"

#include <array>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace waitq::cli {

namespace {

using namespace std::chrono_literals;

const WaitRequest plain{};
const WaitRequest exclusive{.kind = WaitKind::wait_event_interruptible_exclusive};

/// The pids in the queue of events, in its order.
std::vector<__u32> queue_of(Scene &scene)
{
    std::vector<__u32> pids;
    const Waiters waiters = require(scene.device().waiters(), Call::Waiters, scene.name());
    for (const waitq_waiter &waiter : waiters.entries)
        if (waiter.place == WAITQ_PLACE_EVENTS)
            pids.push_back(waiter.pid);
    return pids;
}

void exclusive_waiters(Scene &scene)
{
    Waiter &x1 = scene.waiter("X1", exclusive);
    Waiter &x2 = scene.waiter("X2", exclusive);
    Waiter &x3 = scene.waiter("X3", exclusive);
    Waiter &p1 = scene.waiter("P1", plain);
    Waiter &p2 = scene.waiter("P2", plain);
    const auto id = [](const Waiter &waiter) { return static_cast<__u32>(waiter.pid()); };
    scene.claim(queue_of(scene) == std::vector{id(p2), id(p1), id(x1), id(x2), id(x3)},
                "the queue is P2 P1 X1 X2 X3: last in first the plain ones, first in first the "
                "exclusive ones");
    scene.claim(scene.wake({.post = 1}).woken == 3,
                "wake_up woke all plain ones and one exclusive");
    p1.ends();
    p2.ends();
    x1.ends();
    scene.claim(x2.asleep('S') && x3.asleep('S'), "X2 and X3 sleep on");
    scene.claim(scene.wake({.kind = WakeKind::wake_up_nr, .nr = 2, .post = 0}).woken == 2,
                "wake_up_nr of 2 woke the two");
    x2.ends();
    x3.ends();
}

void thundering_herd(Scene &scene)
{
    constexpr int many = 3;
    const auto run = [&](WaitRequest request, WakeKind kind, const std::string &name) {
        request.consume = true;
        std::vector<Waiter *> waiters;
        for (int i = 0; i < many; ++i)
            waiters.push_back(&scene.waiter(name + std::to_string(i + 1), request));
        const auto vain = scene.info().spurious;
        const auto woken = scene.wake({.kind = kind}).woken;
        scene.claim(eventually([&] { return scene.info().counter == 0; }), "one has taken it");
        if (woken > 1)
            scene.claim(eventually([&] { return scene.info().spurious - vain == many - 1; }),
                        "two others ran for nothing");
        else
            scene.claim(scene.info().spurious == vain, "nobody ran for nothing");
        scene.draw();
        scene.wake({.kind = WakeKind::wake_up_all, .post = many - 1});
        scene.claim(eventually([&] { return scene.waiting() == 0; }), "the rest is sent away");
        return woken;
    };
    scene.say("One event for three waiters, wake_up_all:");
    scene.claim(run(plain, WakeKind::wake_up_all, "P") == many, "three tasks were woken");
    scene.settle();
    scene.say("The same with exclusive waiters and wake_up:");
    scene.claim(run(exclusive, WakeKind::wake_up, "X") == 1, "one task was woken");
}

void child_wait(Scene &scene)
{
    WaitRequest child{.kind = WaitKind::init_waitqueue_func_entry, .timeout = 100s};
    child.key = 1;
    Waiter &first = scene.waiter("for child 1", child);
    child.key = 2;
    Waiter &second = scene.waiter("for child 2", child);
    scene.say("One queue for both; child 2 ends, and the wake-up carries its key:");
    scene.claim(scene.wake({.kind = WakeKind::wake_up_poll, .key = 2}).woken == 1,
                "one task was woken");
    scene.claim(second.ends().result.calls == 1, "the one who waits for child 2");
    scene.claim(first.asleep('S'), "the other was asked, refused, and sleeps on");
    scene.wake({.kind = WakeKind::wake_up_poll, .post = 0, .key = 1});
    scene.claim(first.ends().result.calls == 2, "its wake function was called both times");
}

void callback(Scene &scene)
{
    const auto request = [](Callback what) {
        return WaitRequest{
            .kind = WaitKind::init_waitqueue_func_entry, .timeout = 100s, .callback = what};
    };
    scene.say("Three wake functions; the last to come is the first in the queue.");
    Waiter &behind = scene.waiter("behind", request(Callback::Wake));
    Waiter &ends = scene.waiter("ends the walk", request(Callback::End));
    Waiter &refuses = scene.waiter("refuses", request(Callback::Refuse));
    scene.wake({.post = 1});
    const Ended ended = ends.ends();
    scene.claim(ended.result.calls == 1,
                "the wake function ran once, at the wake-up: not when it was linked or unlinked");
    scene.claim(refuses.asleep('S'), "who refuses was asked first, and sleeps on");
    scene.claim(behind.asleep('S'), "who is behind the end of the walk was not reached");
    scene.wake({.post = 0});
    scene.claim(behind.ends().result.calls == 1, "it is now");
    refuses.signal(SIGUSR1, "SIGUSR1");
    scene.claim(refuses.ends().result.calls == 2, "the refusing one was asked twice in all");
}

void sync_hint(Scene &scene)
{
    // Ordinary tasks may be preempted at any time for other reasons; of equal real-time priority
    // and on one CPU, they are not.
    cpu_set_t before, one;
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    sched_getaffinity(0, sizeof before, &before);
    const sched_param priority{10}, none{0};
    sched_setaffinity(0, sizeof one, &one);
    sched_setscheduler(0, SCHED_FIFO, &priority);
    scene.say("Waker and waiter share one CPU and one real-time priority.");
    Waiter &a = scene.waiter("A", plain);
    const auto woken = scene.wake({.kind = WakeKind::wake_up_interruptible_sync}).woken;
    const bool still_asleep = !a.has_ended();
    sched_setscheduler(0, SCHED_OTHER, &none);
    sched_setaffinity(0, sizeof before, &before);
    scene.claim(woken == 1 && still_asleep, "A was woken, and the waker kept the CPU");
    a.ends();
}

/// A process that waits for readiness: exit status 0: it came.
int poller(Scene &scene, bool (*wait)(int fd))
{
    const int pid = fork();
    if (pid == 0)
        _exit(wait(scene.device().fd()) ? 0 : 1);
    return pid;
}
bool ends(int pid)
{
    int status = -1;
    return eventually([&] { return waitpid(pid, &status, WNOHANG) == pid; }) && status == 0;
}
std::uint64_t linked(Scene &scene)
{
    return require(scene.device().waiters(), Call::Waiters, scene.name()).linked;
}

void poll_queue(Scene &scene)
{
    scene.say("poll(2), for an event:");
    const int one = poller(scene, [](int fd) {
        pollfd asked{fd, POLLMSG, 0};
        return ::poll(&asked, 1, -1) == 1 && (asked.revents & POLLMSG);
    });
    scene.claim(eventually([&] { return linked(scene) == 1; }),
                "it is linked into the pollers' queue");
    scene.timeline().event("poll", "linked, sleeps");
    scene.wake({});
    scene.claim(ends(one), "the wake-up made it return POLLMSG");
    scene.timeline().event("poll", "returns: POLLMSG");
    scene.settle();
    scene.say("Two with EPOLLEXCLUSIVE, for a byte to read:");
    const auto epoll = [](int fd) {
        const int set = epoll_create1(0);
        epoll_event event{EPOLLIN | EPOLLEXCLUSIVE, {}};
        return epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) == 0 &&
               epoll_wait(set, &event, 1, -1) == 1;
    };
    const std::array pids{poller(scene, epoll), poller(scene, epoll)};
    const auto asleep = [](int pid) {
        std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
        std::string line;
        std::getline(file, line);
        const auto end = line.rfind(')');
        return end != std::string::npos && line[end + 2] == 'S';
    };
    scene.claim(
        eventually([&] { return linked(scene) == 2 && asleep(pids[0]) && asleep(pids[1]); }),
        "both are linked and sleep");
    scene.timeline().event("epoll 1", "linked, sleeps");
    scene.timeline().event("epoll 2", "linked, sleeps");
    const std::byte byte{};
    (void)scene.device().write({&byte, 1});
    scene.timeline().event("waker", "writes a byte");
    int status = -1, first = 0;
    scene.claim(eventually([&] { return (first = waitpid(-1, &status, WNOHANG)) > 0; }) &&
                    status == 0,
                "one of them returned");
    const int other = first == pids[0] ? pids[1] : pids[0];
    scene.claim(asleep(other), "and the other sleeps on");
    scene.timeline().event("epoll 1", "one of the two returns");
    kill(other, SIGKILL);
    waitpid(other, nullptr, 0);
}

void irq_wake(Scene &scene)
{
    for (const Context context :
         {Context::HARD_IRQ, Context::SOFT_IRQ, Context::IRQ_WORK, Context::WORK}) {
        Waiter &a = scene.waiter("A", {.consume = true});
        scene.wake({.context = context});
        a.ends();
    }
    scene.say("And by a timer that is armed now and fires later:");
    Waiter &a = scene.waiter("A", {.consume = true});
    (void)require(scene.device().arm({.delay = 20ms}), Call::Timer, scene.name());
    scene.timeline().event("waker", "arms a timer, which fires");
    a.ends();
}

void kthreads(Scene &scene)
{
    scene.say("Two waiters (processes here), and a thread of the kernel that wakes them, twice.");
    for (int round = 1; round <= 2; ++round) {
        Waiter &a = scene.waiter("A", {.consume = true});
        Waiter &b = scene.waiter("B", {.consume = true});
        scene.claim(
            scene.wake({.kind = WakeKind::wake_up_all, .post = 2, .context = Context::KTHREAD})
                    .woken == 2,
            "the kernel thread woke both");
        a.ends();
        b.ends();
    }
}

constexpr auto all = std::to_array<Exhibit>({
    {"exclusive", "wake_up wakes all plain waiters and one exclusive",
     "Exclusive entries are linked at the tail, others at the head; the walk ends when enough\n"
     "exclusive ones were woken: Exclusive in module/wait/wait_entry.hpp.",
     exclusive_waiters},
    {"thundering-herd", "What exclusive is for",
     "Each task woken in vain costs two context switches: Wakes::one() and Exclusive::yes,\n"
     "module/wait/wait_queue.hpp.",
     thundering_herd},
    {"callback", "A wake function of one's own",
     "The walk calls each entry's function and ends at a negative answer: waitq_call_back() in\n"
     "module/device/callback.cpp.",
     callback},
    {"child-wait", "One queue for many: the wake function filters by key",
     "The shape of do_wait(): waitq_call_back() in module/device/callback.cpp compares keys.",
     child_wait},
    {"sync", "The hint that the waker is about to sleep",
     "wake_up_interruptible_sync asks the scheduler to leave the CPU to the waker:\n"
     "Wakes::by_one_who_sleeps() in module/wait/wait_queue.hpp. Of equal real-time priority that\n"
     "can be seen; among ordinary tasks the scheduler may do otherwise.",
     sync_hint},
    {"poll", "poll and epoll on a wait queue",
     "poll_wait() links an entry whose function tells the poller; EPOLLEXCLUSIVE makes it an\n"
     "exclusive one: waitq_poll() in module/device/file.cpp.",
     poll_queue},
    {"irq-wake", "A wake-up from an interrupt",
     "Nothing on the way of a wake-up sleeps, so an interrupt may do it: WaitQueue::wake_up() in\n"
     "module/wait/wait_queue.hpp, module/kernel/context.c.",
     irq_wake},
    {"kthreads", "A kernel thread wakes two waiters",
     "The same wake-up, from a thread made for it: module/kernel/context.c.", kthreads},
});

} // namespace

std::span<const Exhibit> wake_exhibits()
{
    return all;
}

} // namespace waitq::cli
