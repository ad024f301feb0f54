// SPDX-License-Identifier: GPL-2.0
// Exhibits of waiting: what ends a wait, and what does not.
#include "demo/exhibit.hpp"

#include <array>
#include <csignal>

namespace waitq::cli {

namespace {

using lab::WaitKind;
using lab::WaitRequest;
using lab::WakeKind;
using namespace std::chrono_literals;

void wait_event(Scene &scene)
{
    scene.say("A waits for one event. There is none, so it sleeps.");
    Waiter &a = scene.waiter("A", {.consume = true});
    scene.say("A bare wake-up, with the condition still false: A runs, looks, and sleeps again.");
    scene.claim(scene.wake({.post = 0}).woken == 1, "A was woken");
    scene.claim(a.asleep('S') && !a.has_ended(), "A looked, and sleeps on");
    scene.timeline().sleeps("A", "condition false: sleeps (S)");
    scene.say("And now the condition first, then the wake-up: A takes the event and returns.");
    scene.wake({});
    const Ended end = a.ends();
    scene.claim(end.error == 0 && end.result.spurious == 1,
                "A counts one wake-up in vain, and took the event");
}

void ctrl_c(Scene &scene)
{
    Stage &stage = scene.stage();
    const auto asleep = [&](const PtyProcess &process, char state) {
        return eventually(
            [&] { return stage.info().event_waiters == 1 && process.state() == state; });
    };
    scene.say("`waitq wait` on a terminal sleeps interruptibly. Ctrl+C ends it at once.");
    PtyProcess soft(stage.waiter());
    scene.timeline().sleeps("interruptible", "sleeps (S)");
    scene.claim(asleep(soft, 'S'), "it sleeps, state S");
    soft.ctrl_c();
    scene.timeline().runs("interruptible", "gets Ctrl+C");
    scene.claim(soft.ended(), "Ctrl+C has ended it at once");
    scene.timeline().returns("interruptible", "returns: interrupted");
    scene.say(
        "`waitq wait --state uninterruptible`: Ctrl+C sends the same signal, and that has to");
    scene.say("wait until the task is woken.");
    PtyProcess hard(stage.waiter({"--state", "uninterruptible"}));
    scene.timeline().sleeps("uninterruptible", "sleeps (D)");
    scene.claim(asleep(hard, 'D'), "it sleeps, state D");
    hard.ctrl_c();
    scene.timeline().acts("uninterruptible", "gets Ctrl+C");
    scene.claim(eventually([&] { return hard.pending(SIGINT); }), "SIGINT is pending");
    scene.claim(hard.state() == 'D', "and it sleeps on");
    scene.timeline().wakes("waker", "posts 1 -> " + std::to_string(stage.wake({})) + " woken");
    scene.claim(hard.ended(), "woken, it returns, and then the signal lands");
    scene.timeline().returns("uninterruptible", "returns, then SIGINT");
}

void timeout(Scene &scene)
{
    WaitRequest request{.kind = WaitKind::wait_event_timeout, .timeout = 20ms, .consume = true};
    scene.say("One waits for 20 ms, and nobody wakes it.");
    Waiter &late = scene.waiter("too late", request, 0);
    scene.claim(late.ends().result.returned == 0, "nobody came: it returned 0");
    scene.say("One waits for 100 s, and is woken long before that.");
    request.timeout = 100s;
    Waiter &early = scene.waiter("in time", request, 'D');
    scene.wake({});
    scene.claim(early.ends().result.returned >= 1, "woken in time: it returned the jiffies left");
    scene.say("One has no time at all, but the condition is true already.");
    scene.wake({});
    request.timeout = 0s;
    Waiter &just = scene.waiter("at expiry", request, 0);
    scene.claim(
        just.ends().result.returned == 1,
        "no time left and the condition true: it returned 1, because 0 would say timed out");
}

void restart(Scene &scene)
{
    const WaitRequest request{
        .kind = WaitKind::wait_event_interruptible_timeout, .timeout = 100s, .consume = true};
    scene.say("A waits for up to 100 s and has a handler for SIGUSR1, without SA_RESTART: the");
    scene.say("signal ends the system call.");
    Waiter &without = scene.waiter("A", request, 'S', 0);
    without.signal(SIGUSR1, "SIGUSR1");
    const Ended interrupted = without.ends();
    scene.claim(interrupted.result.outcome == Outcome::Signalled &&
                    interrupted.result.returned == -512,
                "without SA_RESTART: EINTR; the wait itself returned -ERESTARTSYS");
    scene.say("B's handler has SA_RESTART: after the handler the kernel makes the call anew, with");
    scene.say("what is left of the 100 s.");
    Waiter &with = scene.waiter("B", request, 'S', SA_RESTART);
    const auto before = scene.info().signals;
    with.signal(SIGUSR1, "SIGUSR1");
    scene.claim(eventually([&] { return scene.info().signals == before + 1; }) && with.asleep('S'),
                "with it: the signal ended the wait, the kernel began it anew");
    scene.timeline().sleeps("B", "begins anew, sleeps (S)");
    scene.wake({});
    const Ended end = with.ends();
    scene.claim(end.result.outcome == Outcome::Satisfied && end.result.left > 0s &&
                    end.result.left < 100s,
                "for what was left of its time");
}

void mode_mask(Scene &scene)
{
    scene.say("Two tasks wait for the same: one sleeps uninterruptibly, one interruptibly.");
    Waiter &deep = scene.waiter("deep", {.kind = WaitKind::wait_event}, 'D');
    Waiter &light = scene.waiter("light", {}, 'S');
    scene.say("wake_up_interruptible makes the condition of both true, and looks at their states.");
    scene.claim(scene.wake({.kind = WakeKind::wake_up_interruptible}).woken == 1,
                "wake_up_interruptible woke one");
    light.ends();
    scene.claim(deep.asleep('D'), "the other was passed over, though its condition is true");
    scene.say("A plain wake_up wakes it.");
    scene.wake({.post = 0});
    deep.ends();
}

void lock_irq(Scene &scene)
{
    scene.say("A takes a spinlock and waits with it: it is held when the condition is tested.");
    Waiter &a = scene.waiter("A", {.kind = WaitKind::wait_event_lock_irq_cmd}, 'D');
    scene.say("B takes the same lock. If A held it in its sleep, B could not even begin.");
    Waiter &b = scene.waiter("B", {.kind = WaitKind::wait_event_lock_irq}, 'D');
    scene.say("One wake-up for both: each takes the lock again before it looks.");
    scene.wake({});
    const Ended first = a.ends(), second = b.ends();
    scene.claim((first.result.observed & second.result.observed & LAB_SAW_LOCK) != 0,
                "the lock was held at each test of the condition");
    scene.claim(first.result.before == 1 && first.result.after == 0,
                "the command of _cmd ran once, before the sleep, with the lock dropped");
}

void locked(Scene &scene)
{
    scene.say("A waits with the lock that each wait queue has for itself.");
    Waiter &a = scene.waiter("A", {.kind = WaitKind::wait_event_interruptible_locked_irq});
    scene.say("The waker takes that lock once, posts, and wakes with wake_up_locked.");
    scene.wake({.kind = WakeKind::wake_up_locked});
    scene.claim((a.ends().result.observed & LAB_SAW_LOCK) != 0,
                "the head's lock was held at each test of the condition");
}

void sleep_on(Scene &scene)
{
    const auto lose = [&](const std::string &name, WaitRequest request) -> Waiter & {
        request.window = true;
        Waiter &waiter = scene.waiter(name, request, 0);
        scene.claim(eventually([&] { return scene.waiting() == 1; }) && waiter.asleep('S'),
                    name + " has tested the condition, false, and does not sleep on it yet");
        scene.timeline().acts(name, "condition? false");
        scene.wake({});
        return waiter;
    };
    scene.say(
        "A task tests the condition, and is held up just before it sleeps. The wake-up comes");
    scene.say("right then. First with sleep_on, which does not look again and has 100 ms to lose:");
    Waiter &old = lose("sleep_on", {.kind = WaitKind::sleep_on_timeout, .timeout = 100ms});
    scene.timeline().sleeps("sleep_on", "sleeps (S)");
    const Ended lost = old.ends();
    scene.claim(lost.result.outcome == Outcome::TimedOut && scene.info().counter == 1,
                "it slept until its timeout, with the condition true all the while");
    scene.settle();
    scene.say("The same with wait_event, which links itself first and then looks once more:");
    Waiter &now = lose("wait_event", {});
    scene.timeline().acts("wait_event", "links itself; condition? true");
    scene.claim(now.ends().result.outcome == Outcome::Satisfied,
                "wait_event tests once more when it is linked, and does not sleep");
}

void nested_sleep(Scene &scene)
{
    const WaitRequest naps{
        .kind = WaitKind::wait_event_interruptible_timeout, .timeout = 100ms, .nap = true};
    scene.say(
        "A condition that sleeps for a jiffy, in wait_event: it leaves the task running, and");
    scene.say("so the sleep that follows is none.");
    Waiter &loops = scene.waiter("wait_event", naps, 0);
    scene.timeline().acts("wait_event", "its condition sleeps, it tests again, ...");
    scene.claim(eventually([&] { return loops.has_ended() || loops.switches() > 60; }) &&
                    !loops.has_ended(),
                "it tests again and again, and its timeout of 100 ms does not come");
    // It may be caught in the condition's own sleep or between two: the count is chance.
    (void)scene.wake_silently({});
    scene.timeline().wakes("waker", "posts 1, wake_up()");
    scene.claim(loops.ends().result.tests > 10,
                "each test set it running again, so that it never slept in the queue");
    scene.settle();
    scene.say("The same condition in wait_woken, which tests with the task running:");
    WaitRequest woken = naps;
    woken.kind = WaitKind::wait_woken;
    woken.timeout = 100s;
    Waiter &sleeps = scene.waiter("wait_woken", woken, 0);
    scene.timeline().acts("wait_woken", "its condition sleeps");
    scene.claim(eventually([&] { return scene.waiting() == 1; }) && sleeps.asleep('S'),
                "wait_woken sleeps");
    scene.timeline().sleeps("wait_woken", "sleeps (S)");
    scene.wake({});
    scene.claim(sleeps.ends().result.tests == 2, "and tests twice: before it slept and after");
}

constexpr auto all = std::to_array<Exhibit>({
    {"wait-event", "Sleep until a condition holds",
     "A woken task tests its condition and sleeps again if it is false: the loop in\n"
     "module/wait/wait_event.hpp, as ___wait_event() has it.",
     Uses::Lab, wait_event},
    {"ctrl-c", "Ctrl+C on an interruptible and on an uninterruptible sleep",
     "A signal wakes a task only if its state heeds signals: TaskState in\n"
     "module/wait/wait_event.hpp; prepare_to_wait_event() looks for one.",
     Uses::Device, ctrl_c},
    {"timeout", "What wait_event_timeout returns",
     "0 is \"timed out, and still false\", so true at expiry is 1: Jiffies::left_satisfied() in\n"
     "module/wait/timeout.hpp.",
     Uses::Lab, timeout},
    {"restart", "A signal handler with SA_RESTART and one without",
     "-ERESTARTSYS becomes EINTR or a new call, as the handler says; lab_wait.timeout_ns then\n"
     "holds what is left: wait() in module/lab/wait.cpp.",
     Uses::Lab, restart},
    {"mode-mask", "wake_up_interruptible passes over an uninterruptible sleeper",
     "try_to_wake_up() looks at the task's state: Wakes::interruptible_only() in\n"
     "module/wait/wait_queue.hpp.",
     Uses::Lab, mode_mask},
    {"lock-irq", "A lock held while the condition is tested and dropped to sleep",
     "Unlocked and Commanded in module/wait/timeout.hpp wrap the sleep, and nothing else.",
     Uses::Lab, lock_irq},
    {"locked", "The wait queue's own lock guards the condition",
     "wait_event_locked() in module/wait/locked.hpp: tested, linked and unlinked in one section.",
     Uses::Lab, locked},
    {"sleep-on", "Why sleep_on() had to go",
     "A wake-up may come between the test and the sleep: then no entry is linked. wait_event()\n"
     "links first and tests again: module/wait/wait_event.hpp; by_sleep_on() in\n"
     "module/lab/wait_core.cpp.",
     Uses::Lab, sleep_on},
    {"nested-sleep", "Why a condition must not sleep, and the way out",
     "The condition runs with the task's state set; a sleep in it comes back running.\n"
     "sleep_woken() in module/wait/by_hand.hpp tests with the task running, and a wake-up that\n"
     "comes meanwhile is kept.",
     Uses::Lab, nested_sleep},
});

} // namespace

std::span<const Exhibit> wait_exhibits()
{
    return all;
}

} // namespace waitq::cli
