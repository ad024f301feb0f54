// SPDX-License-Identifier: GPL-2.0
// Exhibits of waking: whom a wake-up wakes, from where, and at what cost.
#include "demo/exhibit.hpp"

#include <array>
#include <csignal>

namespace waitq::cli {

namespace {

using lab::Callback;
using lab::Context;
using lab::WaitKind;
using lab::WaitRequest;
using lab::WakeKind;
using namespace std::chrono_literals;

const WaitRequest plain{};
const WaitRequest exclusive{.kind = WaitKind::wait_event_interruptible_exclusive};

/// The pids in the queue of events, in its order.
std::vector<__u32> queue_of(Scene &scene)
{
    std::vector<__u32> pids;
    for (const lab_waiter &waiter : scene.linked().entries)
        if (waiter.place == LAB_PLACE_EVENTS)
            pids.push_back(waiter.pid);
    return pids;
}

void exclusive_waiters(Scene &scene)
{
    scene.say(
        "Three exclusive waiters come, X1 to X3, and after them two that are not, P1 and P2.");
    Waiter &x1 = scene.waiter("X1", exclusive);
    Waiter &x2 = scene.waiter("X2", exclusive);
    Waiter &x3 = scene.waiter("X3", exclusive);
    Waiter &p1 = scene.waiter("P1", plain);
    Waiter &p2 = scene.waiter("P2", plain);
    const auto id = [](const Waiter &waiter) { return static_cast<__u32>(waiter.pid()); };
    scene.claim(queue_of(scene) == std::vector{id(p2), id(p1), id(x1), id(x2), id(x3)},
                "the queue is P2 P1 X1 X2 X3: last in first the plain ones, first in first the "
                "exclusive ones");
    scene.say(
        "The condition becomes true for all five. wake_up goes along the queue, and stops after");
    scene.say("the first exclusive one that it woke.");
    scene.claim(scene.wake({.post = 1}).woken == 3,
                "wake_up woke all plain ones and one exclusive");
    p1.ends();
    p2.ends();
    x1.ends();
    scene.claim(scene.info().counter == 1 && x2.asleep('S') && x3.asleep('S'),
                "X2 and X3 sleep on, although their condition is true");
    scene.say("A sleeping task does not look at its condition. That wake-up was for one exclusive");
    scene.say("waiter and reached X1 only: X2 and X3 sleep until another one comes.");
    scene.say("wake_up_nr stops after as many exclusive ones as it is told to wake: two.");
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
        waiters.reserve(many);
        for (int i = 0; i < many; ++i)
            waiters.push_back(&scene.waiter(name + std::to_string(i + 1), request));
        const auto vain = scene.info().spurious;
        const bool herd = kind == WakeKind::wake_up_all;
        scene.claim(scene.wake({.kind = kind}).woken == (herd ? many : 1),
                    herd ? "three tasks were woken" : "one task was woken");
        scene.claim(eventually([&] { return scene.info().counter == 0; }), "one has taken it");
        scene.claim(
            eventually([&] { return scene.info().spurious - vain == (herd ? many - 1 : 0); }),
            herd ? "two others ran for nothing" : "nobody ran for nothing");
        for (const Waiter *waiter : waiters) // exclusive ones in the order in which they came
            if (herd || waiter == waiters.front())
                scene.timeline().woken(waiter->name());
        scene.draw();
        scene.say("Two more events, so that the others can go home.");
        scene.wake({.kind = WakeKind::wake_up_all, .post = many - 1});
        scene.claim(eventually([&] { return scene.waiting() == 0; }), "they have gone");
        scene.clear();
    };
    scene.say("Three tasks wait for one event each. One event comes, with wake_up_all: all three");
    scene.say("run, one of them takes it, which is chance, and two have run for nothing.");
    run(plain, WakeKind::wake_up_all, "P");
    scene.settle();
    scene.say("The same with exclusive waiters and wake_up: only the first of them runs.");
    run(exclusive, WakeKind::wake_up, "X");
}

void child_wait(Scene &scene)
{
    scene.say(
        "Two wait in one queue, as in waitpid: W1 for child 1, W2 for child 2. Each entry has");
    scene.say("a wake function that compares the key of the wake-up with its own.");
    WaitRequest child{.kind = WaitKind::init_waitqueue_func_entry, .timeout = 100s};
    child.key = 1;
    Waiter &first = scene.waiter("W1", child);
    child.key = 2;
    Waiter &second = scene.waiter("W2", child);
    scene.say("Child 2 ends, and the wake-up carries its key.");
    scene.claim(scene.wake({.kind = WakeKind::wake_up_poll, .key = 2}).woken == 1,
                "one task was woken");
    scene.claim(second.ends().result.calls == 1, "W2, which waits for child 2");
    scene.claim(first.asleep('S'), "W1 was asked, refused, and sleeps on");
    scene.say("Child 1 ends.");
    scene.wake({.kind = WakeKind::wake_up_poll, .post = 0, .key = 1});
    scene.claim(first.ends().result.calls == 2, "its wake function was called both times");
}

void callback(Scene &scene)
{
    const auto request = [](Callback what) {
        return WaitRequest{
            .kind = WaitKind::init_waitqueue_func_entry, .timeout = 100s, .callback = what};
    };
    scene.say("Three wait with wake functions of their own; the last to come is the first in the");
    scene.say("queue. One refuses to be woken, one ends the walk, one stands behind that.");
    Waiter &behind = scene.waiter("behind", request(Callback::Wake));
    Waiter &ends = scene.waiter("ends", request(Callback::End));
    Waiter &refuses = scene.waiter("refuses", request(Callback::Refuse));
    scene.say("A wake-up calls one function after the other.");
    scene.wake({.post = 1});
    const Ended ended = ends.ends();
    scene.claim(ended.result.calls == 1,
                "the wake function ran once, at the wake-up: not when it was linked or unlinked");
    scene.claim(refuses.asleep('S'), "the refusing one was asked first, and sleeps on");
    scene.claim(behind.asleep('S'), "the one behind the end of the walk was not reached");
    scene.say("Another wake-up, now that no entry ends the walk.");
    scene.wake({.post = 0});
    scene.claim(behind.ends().result.calls == 1, "it is now");
    scene.say("A signal does not ask the wake function.");
    refuses.signal(SIGUSR1, "SIGUSR1");
    scene.claim(refuses.ends().result.calls == 2, "the refusing one was asked twice in all");
}

void irq_wake(Scene &scene)
{
    scene.say(
        "A waits four times. Each wake-up comes from another context, where nothing may sleep");
    scene.say("in the first three: a timer's hard interrupt, a softirq, irq_work, a workqueue.");
    for (const Context context :
         {Context::HARD_IRQ, Context::SOFT_IRQ, Context::IRQ_WORK, Context::WORK}) {
        Waiter &a = scene.waiter("A", {.consume = true});
        scene.wake({.context = context});
        a.ends();
    }
    scene.say("And by the timer of a device, which is armed now and fires when A sleeps there.");
    Stage &stage = scene.stage();
    PtyProcess a(stage.waiter());
    scene.claim(eventually([&] { return stage.info().event_waiters == 1 && a.state() == 'S'; }),
                "A sleeps in `waitq wait`, state S");
    scene.timeline().sleeps("A", "sleeps (S) in `waitq wait`");
    (void)require(stage.device().arm({.delay = 20ms}), Call::Timer, stage.name());
    scene.timeline().wakes("waker", "arms a timer, which fires");
    scene.claim(a.succeeded(), "A has returned");
    scene.timeline().returns("A", "returns: satisfied");
}

constexpr auto all = std::to_array<Exhibit>({
    {"exclusive", "wake_up wakes all plain waiters and one exclusive",
     "Exclusive entries are linked at the tail, others at the head; the walk ends when enough\n"
     "exclusive ones were woken: Exclusive in module/wait/wait_entry.hpp.",
     Uses::Lab, exclusive_waiters},
    {"thundering-herd", "What exclusive is for",
     "Each task woken in vain costs two context switches: Wakes::one() and Exclusive::yes,\n"
     "module/wait/wait_queue.hpp.",
     Uses::Lab, thundering_herd},
    {"callback", "A wait entry with a wake function of its own",
     "The walk calls each entry's function and ends at a negative answer: lab_call_back() in\n"
     "module/lab/callback.cpp.",
     Uses::Lab, callback},
    {"child-wait", "One queue for many: the wake function filters by key",
     "The shape of do_wait(): lab_call_back() in module/lab/callback.cpp compares keys.", Uses::Lab,
     child_wait},
    {"sync", "The hint that the waker is about to sleep: where the woken one runs",
     "WF_SYNC reaches select_task_rq_fair(): a CPU whose only task is the waker counts as idle.\n"
     "Wakes::by_one_who_sleeps() in module/wait/wait_queue.hpp. A hint: that A is woken is\n"
     "guaranteed, where and when it runs is not; most of many is what can be claimed.",
     Uses::Lab, sync_hint},
    {"poll", "poll and epoll on a wait queue",
     "poll_wait() links an entry whose function tells the poller; EPOLLEXCLUSIVE makes it an\n"
     "exclusive one: waitq_poll() in module/device/file.cpp.",
     Uses::Device, poll_queue},
    {"irq-wake", "A wake-up from an interrupt",
     "Nothing on the way of a wake-up sleeps, so an interrupt may do it: WaitQueue::wake_up() in\n"
     "module/wait/wait_queue.hpp, module/kernel/lab/context.c.",
     Uses::Both, irq_wake},
});

} // namespace

std::span<const Exhibit> wake_exhibits()
{
    return all;
}

} // namespace waitq::cli
