// SPDX-License-Identifier: GPL-2.0
// Exhibits of loading the lab: the load that sleeps, and the threads of the kernel.
#include "demo/exhibit.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace waitq::cli {

namespace {

constexpr auto gate = "/sys/class/waitq_lab/gate";

/// Tells and checks, without a node: it comes and goes.
class Loading {
public:
    Loading(const std::string &path, Narrator &narrator) : path_(path), narrator_(narrator) {}

    void say(const std::string &text) { narrator_.tell(text); }
    void claim(bool true_, const std::string &text) { narrator_.seen(true_, text); }
    [[nodiscard]] static bool loaded() { return access("/sys/module/waitq_lab", F_OK) == 0; }
    [[nodiscard]] std::vector<std::string> insmod(std::vector<std::string> parameters) const
    {
        parameters.insert(parameters.begin(), {"insmod", path_});
        return parameters;
    }
    void load(const std::vector<std::string> &parameters)
    {
        PtyProcess process(insmod(parameters));
        claim(process.succeeded() && loaded(), "waitq_lab is loaded");
    }
    void unload()
    {
        PtyProcess process({"rmmod", "waitq_lab"});
        claim(process.succeeded() && !loaded(), "waitq_lab is unloaded");
    }
    void load_plainly()
    {
        say("And the lab is loaded plainly again.");
        load({});
    }

private:
    const std::string &path_;
    Narrator &narrator_;
};

void insmod_gate(const std::string &path, Narrator &narrator)
{
    Loading scene(path, narrator);
    Timeline timeline;
    const auto at_the_gate = [&](const PtyProcess &insmod) {
        scene.claim(eventually([&] { return access(gate, F_OK) == 0 && insmod.state() == 'S'; }),
                    "insmod gate=1 sleeps in the module's init, state S");
        timeline.sleeps("insmod", "in module_init: sleeps (S)");
    };
    scene.say(
        "waitq_lab is unloaded first, to be loaded with gate=1: then its init waits in a wait");
    scene.say("queue, and insmod with it.");
    scene.unload();
    {
        PtyProcess insmod(scene.insmod({"gate=1"}));
        at_the_gate(insmod);
        scene.say("That sleep is interruptible. Ctrl+C ends it, and the load fails:");
        insmod.ctrl_c();
        timeline.runs("insmod", "gets Ctrl+C");
        scene.claim(insmod.ended() && insmod.exit_code() != 0, "Ctrl+C has ended it");
        scene.claim(eventually([] { return !Loading::loaded(); }), "and waitq_lab is not loaded");
        timeline.returns("insmod", "fails: interrupted");
    }
    scene.say("Once more. This time a write to the file in sysfs opens the gate:");
    PtyProcess insmod(scene.insmod({"gate=1"}));
    at_the_gate(insmod);
    PtyProcess opener({"sh", "-c", std::string("echo 1 > ") + gate});
    scene.claim(opener.succeeded(), std::string("a shell wrote to ") + gate);
    timeline.wakes("writer", "writes, wake_up() -> 1 woken");
    scene.claim(insmod.succeeded() && Loading::loaded(),
                "the load goes on, and waitq_lab is loaded");
    timeline.returns("insmod", "returns 0");
    scene.unload();
    scene.load_plainly();
    timeline.draw(narrator.out());
}

const std::vector<std::string> sleepers{"waitq_sleeper/0", "waitq_sleeper/1"};

/// Whether just the two threads wait on @device, asleep.
bool both_asleep(const lab::Lab &node, const DeviceName &name)
{
    std::vector<std::string> asleep;
    for (const lab_waiter &waiter : require(node.waiters(), Call::Waiters, name).entries)
        if (waiter.place == LAB_PLACE_EVENTS && waiter.state == 'S')
            asleep.emplace_back(waiter.comm);
    std::ranges::sort(asleep);
    return asleep == sleepers;
}

/// The tasks of the module: threads of the kernel keep their name in comm.
std::size_t threads()
{
    std::size_t count = 0;
    for (const auto &process : std::filesystem::directory_iterator("/proc")) {
        std::ifstream file(process.path() / "comm");
        std::string comm;
        std::getline(file, comm);
        count += comm.starts_with("waitq_");
    }
    return count;
}

void kthreads(const std::string &path, Narrator &narrator)
{
    Loading scene(path, narrator);
    Timeline timeline;
    scene.say(
        "waitq_lab is unloaded, and loaded with threads=1: then its init starts three threads");
    scene.say(
        "of the kernel. Two wait for events in the queue of /dev/waitq_lab0, the third posts");
    scene.say("two events once a second and wakes all waiters.");
    scene.unload();
    scene.load({"threads=1"});
    {
        const DeviceName name = first_of(lab_module);
        const lab::Lab node = open_lab(name);
        const auto woken = [&] { return require(node.info(), Call::Info, name).woken; };
        scene.claim(eventually([&] { return both_asleep(node, name); }),
                    "waitq_sleeper/0 and waitq_sleeper/1 are linked and sleep, state S");
        for (const std::string &sleeper : sleepers)
            timeline.sleeps(sleeper, "sleeps (S) in wait_event_interruptible()");
        scene.say("Only the third thread wakes now, each time that its second is over:");
        const auto before = woken();
        for (const __u64 more : {2U, 4U}) {
            scene.claim(eventually([&] { return woken() >= before + more; }),
                        "the lab counts two tasks more that were woken");
            scene.claim(eventually([&] { return both_asleep(node, name); }),
                        "and both sleep again");
            timeline.wakes("waitq_waker", "posts 2, wake_up_all() -> 2 woken");
            for (const std::string &sleeper : sleepers)
                timeline.sleeps(sleeper, "sleeps again (S)");
        }
    }
    scene.say("The unload tells the threads to stop, which wakes them too, and waits for them:");
    scene.unload();
    // One that has ended may be in /proc a little longer.
    scene.claim(eventually([] { return threads() == 0; }), "no thread of the module is left");
    timeline.acts("rmmod", "kthread_stop(), which makes each of them run");
    for (const std::string &sleeper : sleepers)
        timeline.returns(sleeper, "ends", Timeline::By::Else);
    timeline.returns("waitq_waker", "ends");
    scene.load_plainly();
    timeline.draw(narrator.out());
}

constexpr auto all = std::to_array<LoadExhibit>({
    {"kthreads", "Two threads of the kernel wait, a third wakes them once a second",
     "Each waits for an event or for the end: lab_sleeper() and lab_waker() in\n"
     "module/lab/threads.cpp; module/kernel/lab/threads.c starts them and stops them before the\n"
     "queue goes.",
     kthreads},
    {"insmod-gate", "insmod itself sleeps, in the module's init",
     "wait_event_freezable() in module_init: lab_gate_wait() in module/kernel/lab/gate.c.",
     insmod_gate},
});

} // namespace

std::span<const LoadExhibit> load_exhibits()
{
    return all;
}

} // namespace waitq::cli
