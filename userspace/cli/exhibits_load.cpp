// SPDX-License-Identifier: GPL-2.0
// Exhibits of loading the module: the load that sleeps, and the threads of the kernel.
#include "exhibit.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

namespace waitq::cli {

namespace {

constexpr auto gate = "/sys/class/waitq/gate";

/// Tells and checks, without a device: it comes and goes.
class Loading {
public:
    Loading(const std::string &path, std::ostream &out) : path_(path), out_(out) {}

    void say(const std::string &text) { out_ << "   " << text << std::endl; }
    void claim(bool true_, const std::string &text)
    {
        out_ << "   " << (true_ ? "OK     seen: " : "FAILED not seen: ") << text << std::endl;
        if (!true_)
            throw Otherwise(text);
    }
    [[nodiscard]] static bool loaded() { return std::filesystem::exists("/sys/module/waitq"); }
    [[nodiscard]] std::vector<std::string> insmod(std::vector<std::string> parameters) const
    {
        parameters.insert(parameters.begin(), {"insmod", path_});
        return parameters;
    }
    void load(const std::vector<std::string> &parameters)
    {
        PtyProcess process(insmod(parameters));
        claim(process.ended() && process.exit_code() == 0 && loaded(), "the module is loaded");
    }
    void unload()
    {
        PtyProcess process({"rmmod", "waitq"});
        claim(process.ended() && process.exit_code() == 0 && !loaded(), "the module is unloaded");
    }

private:
    const std::string &path_;
    std::ostream &out_;
};

void insmod_gate(const std::string &path, std::ostream &out)
{
    Loading scene(path, out);
    Timeline timeline;
    const auto at_the_gate = [&](const PtyProcess &insmod) {
        scene.claim(
            eventually([&] { return std::filesystem::exists(gate) && insmod.state() == 'S'; }),
            "insmod gate=1 sleeps in the module's init, state S");
        timeline.sleeps("insmod", "in module_init: sleeps (S)");
    };
    scene.say("The module is unloaded first, to be loaded with gate=1: then its init waits in a");
    scene.say("wait queue, and insmod with it.");
    scene.unload();
    {
        PtyProcess insmod(scene.insmod({"gate=1"}));
        at_the_gate(insmod);
        scene.say("That sleep is interruptible. Ctrl+C ends it, and the load fails:");
        insmod.ctrl_c();
        timeline.runs("insmod", "gets Ctrl+C");
        scene.claim(insmod.ended() && insmod.exit_code() != 0, "Ctrl+C has ended it");
        scene.claim(eventually([] { return !Loading::loaded(); }), "and the module is not loaded");
        timeline.returns("insmod", "fails: interrupted");
    }
    scene.say("Once more. This time somebody opens the gate by a write to its file in sysfs:");
    PtyProcess insmod(scene.insmod({"gate=1"}));
    at_the_gate(insmod);
    PtyProcess opener({"sh", "-c", std::string("echo 1 > ") + gate});
    scene.claim(opener.ended() && opener.exit_code() == 0,
                "somebody wrote to /sys/class/waitq/gate");
    timeline.wakes("writer", "writes, wake_up() -> 1 woken");
    scene.claim(insmod.ended() && insmod.exit_code() == 0 && Loading::loaded(),
                "the load goes on, and the module is loaded");
    timeline.returns("insmod", "returns 0");
    timeline.draw(out);
}

const std::vector<std::string> sleepers{"waitq_sleeper/0", "waitq_sleeper/1"};

/// Whether just the two threads wait on @device, asleep.
bool both_asleep(const Device &device, const DeviceName &name)
{
    std::vector<std::string> asleep;
    for (const waitq_waiter &waiter : require(device.waiters(), Call::Waiters, name).entries)
        if (waiter.place == WAITQ_PLACE_EVENTS && waiter.state == 'S')
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

void kthreads(const std::string &path, std::ostream &out)
{
    Loading scene(path, out);
    Timeline timeline;
    scene.say("The module is unloaded, and loaded with threads=1: then its init starts three");
    scene.say("threads of the kernel. Two wait for events in the queue of /dev/waitq0, the third");
    scene.say("posts two events once a second and wakes everybody.");
    scene.unload();
    scene.load({"threads=1"});
    {
        const DeviceName name;
        const Device device = open_device(name);
        const auto woken = [&] { return require(device.info(), Call::Info, name).woken; };
        scene.claim(eventually([&] { return both_asleep(device, name); }),
                    "waitq_sleeper/0 and waitq_sleeper/1 are linked and sleep, state S");
        for (const std::string &sleeper : sleepers)
            timeline.sleeps(sleeper, "sleeps (S) in wait_event_interruptible()");
        scene.say("Nobody calls anything now. The third thread does it, each time that its second");
        scene.say("is over:");
        const auto before = woken();
        for (const __u64 more : {2U, 4U}) {
            scene.claim(eventually([&] { return woken() >= before + more; }),
                        "the device counts two tasks more that were woken");
            scene.claim(eventually([&] { return both_asleep(device, name); }),
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
    scene.say("And the module is loaded plainly again.");
    scene.load({});
    timeline.draw(out);
}

constexpr auto all = std::to_array<LoadExhibit>({
    {"kthreads", "Two threads of the kernel wait, a third wakes them once a second",
     "Each waits for an event or for the end: waitq_sleeper() and waitq_waker() in\n"
     "module/device/threads.cpp; module/kernel/threads.c starts them and stops them before the\n"
     "queue goes.",
     kthreads},
    {"insmod-gate", "insmod itself sleeps, in the module's init",
     "wait_event_interruptible() in module_init: waitq_gate_wait() in module/kernel/gate.c.",
     insmod_gate},
});

} // namespace

std::span<const LoadExhibit> load_exhibits()
{
    return all;
}

} // namespace waitq::cli
