// SPDX-License-Identifier: GPL-2.0
// Exhibits of sleeping by hand.
#include "demo/exhibit.hpp"

#include <array>

namespace waitq::cli {

namespace {

using lab::Context;
using lab::WaitKind;
using namespace std::chrono_literals;

void autoremove(Scene &scene)
{
    scene.say("Two wait by hand. The entry of one is made by DEFINE_WAIT, that of the other by");
    scene.say("DECLARE_WAITQUEUE. Each looks, when it has been woken, whether it is still linked.");
    Waiter &defined = scene.waiter("DEFINE_WAIT", {.kind = WaitKind::prepare_to_wait});
    Waiter &declared =
        scene.waiter("DECLARE_WAITQUEUE", {.kind = WaitKind::add_wait_queue, .timeout = 100s});
    scene.say("One wake-up wakes both.");
    scene.wake({});
    scene.claim((defined.ends().result.observed & LAB_SAW_LINKED) == 0,
                "DEFINE_WAIT: the wake-up has unlinked the entry");
    scene.claim((declared.ends().result.observed & LAB_SAW_LINKED) != 0,
                "DECLARE_WAITQUEUE: it stayed linked until remove_wait_queue");
}

void manual_prepare(Scene &scene)
{
    scene.say("A links itself by prepare_to_wait, tests the condition, and calls schedule: what");
    scene.say("the wait_event macros are made of.");
    Waiter &a = scene.waiter("A", {.kind = WaitKind::prepare_to_wait});
    scene.say("A wake-up with the condition false: the loop goes round once.");
    scene.claim(scene.wake({.post = 0}).woken == 1 && a.asleep('S'),
                "woken in vain, it links itself again and sleeps on");
    scene.timeline().sleeps("A", "prepare_to_wait(), sleeps (S)");
    scene.say("A wake-up with the condition true: finish_wait.");
    scene.wake({});
    scene.claim(a.ends().result.spurious == 1, "and returns with the condition true");
}

void manual_add(Scene &scene)
{
    scene.say("A links itself once, and sleeps in schedule_timeout for up to 100 s.");
    Waiter &a = scene.waiter("A", {.kind = WaitKind::add_wait_queue, .timeout = 100s});
    scene.say("An interrupt brings the data, as a serial port's does, and wakes A.");
    scene.wake({.context = Context::HARD_IRQ});
    scene.claim(a.ends().result.returned >= 1, "A has it, with jiffies of its timeout left");
    scene.say("B has 20 ms, and no data comes.");
    Waiter &b =
        scene.waiter("B", {.kind = WaitKind::add_wait_queue, .timeout = 20ms, .threshold = 5}, 0);
    scene.claim(b.ends().result.returned == 0, "nothing for B: schedule_timeout came to 0");
}

constexpr auto all = std::to_array<Exhibit>({
    {"autoremove", "Is a woken entry removed from the queue?",
     "That is the wake function's doing: autoremove_wake_function() or default_wake_function(),\n"
     "module/wait/wait_entry.cpp.",
     Uses::Lab, autoremove},
    {"manual-prepare", "Sleeping by hand: prepare_to_wait, schedule, finish_wait",
     "sleep_prepared() in module/wait/by_hand.hpp.", Uses::Lab, manual_prepare},
    {"manual-add", "Sleeping by hand: add_wait_queue, set_current_state, schedule_timeout",
     "sleep_added() in module/wait/by_hand.hpp; the state is set before the test, or a wake-up\n"
     "between the two is lost.",
     Uses::Lab, manual_add},
});

} // namespace

std::span<const Exhibit> hand_exhibits()
{
    return all;
}

} // namespace waitq::cli
