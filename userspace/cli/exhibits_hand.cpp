// SPDX-License-Identifier: GPL-2.0
// Exhibits of sleeping by hand, and of the load that sleeps.
#include "exhibit.hpp"

#include <array>
#include <filesystem>

namespace waitq::cli {

namespace {

using namespace std::chrono_literals;

void autoremove(Scene &scene)
{
    Waiter &defined = scene.waiter("DEFINE_WAIT", {.kind = WaitKind::prepare_to_wait});
    Waiter &declared =
        scene.waiter("DECLARE_WAITQUEUE", {.kind = WaitKind::add_wait_queue, .timeout = 100s});
    scene.wake({});
    scene.claim((defined.ends().result.observed & WAITQ_SAW_LINKED) == 0,
                "DEFINE_WAIT: the wake-up has unlinked the entry");
    scene.claim((declared.ends().result.observed & WAITQ_SAW_LINKED) != 0,
                "DECLARE_WAITQUEUE: it stayed linked until remove_wait_queue");
}

void manual_prepare(Scene &scene)
{
    Waiter &a = scene.waiter("A", {.kind = WaitKind::prepare_to_wait});
    scene.claim(scene.wake({.post = 0}).woken == 1 && a.asleep('S'),
                "woken in vain, it links itself again and sleeps on");
    scene.timeline().event("A", "prepare_to_wait(), sleeps (S)");
    scene.wake({});
    scene.claim(a.ends().result.spurious == 1, "and returns with the condition true");
}

void manual_add(Scene &scene)
{
    Waiter &a = scene.waiter("A", {.kind = WaitKind::add_wait_queue, .timeout = 100s});
    scene.say("An interrupt brings the data, as a serial port's does:");
    scene.wake({.context = Context::HARD_IRQ});
    scene.claim(a.ends().result.returned >= 1, "A has it, with jiffies of its timeout left");
    Waiter &b =
        scene.waiter("B", {.kind = WaitKind::add_wait_queue, .timeout = 20ms, .threshold = 5}, 0);
    scene.claim(b.ends().result.returned == 0, "nothing for B: schedule_timeout came to 0");
}

constexpr auto all = std::to_array<Exhibit>({
    {"autoremove", "Is a woken entry removed from the queue?",
     "That is the wake function's doing: autoremove_wake_function() or default_wake_function(),\n"
     "module/wait/wait_entry.cpp.",
     autoremove},
    {"manual-prepare", "Sleeping by hand: prepare_to_wait, schedule, finish_wait",
     "sleep_prepared() in module/wait/by_hand.hpp.", manual_prepare},
    {"manual-add", "Sleeping by hand: add_wait_queue, set_current_state, schedule_timeout",
     "sleep_added() in module/wait/by_hand.hpp; the state is set before the test, or a wake-up\n"
     "between the two is lost.",
     manual_add},
});

bool loaded()
{
    return std::filesystem::exists("/sys/module/waitq");
}

constexpr auto gate = "/sys/class/waitq/gate";

} // namespace

std::span<const Exhibit> hand_exhibits()
{
    return all;
}

void insmod_gate(const std::string &path, std::ostream &out)
{
    const auto claim = [&](bool true_, const std::string &text) {
        out << "   " << (true_ ? "OK     seen: " : "FAILED not seen: ") << text << std::endl;
        if (!true_)
            throw Otherwise(text);
    };
    Timeline timeline;
    const auto at_the_gate = [&](const PtyProcess &insmod) {
        claim(eventually([&] { return std::filesystem::exists(gate) && insmod.state() == 'S'; }),
              "insmod gate=1 sleeps in the module's init, state S");
        timeline.event("insmod", "in module_init: sleeps (S)");
    };
    PtyProcess unload({"rmmod", "waitq"});
    claim(unload.ended() && !loaded(), "the module is unloaded");
    {
        PtyProcess insmod({"insmod", path, "gate=1"});
        at_the_gate(insmod);
        insmod.ctrl_c();
        timeline.event("insmod", "<- Ctrl+C");
        claim(insmod.ended(), "Ctrl+C has ended it");
        claim(eventually([] { return !loaded(); }), "and the module is not loaded");
        timeline.event("insmod", "fails: interrupted");
    }
    PtyProcess insmod({"insmod", path, "gate=1"});
    at_the_gate(insmod);
    PtyProcess opener({"sh", "-c", std::string("echo 1 > ") + gate});
    claim(opener.ended() && opener.exit_code() == 0, "somebody wrote to /sys/class/waitq/gate");
    timeline.event("writer", "writes: wake_up()");
    claim(insmod.ended() && insmod.exit_code() == 0 && loaded(), "the module is loaded");
    timeline.event("insmod", "returns 0");
    timeline.draw(out);
}

} // namespace waitq::cli
