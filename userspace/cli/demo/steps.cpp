// SPDX-License-Identifier: GPL-2.0
#include "demo/steps.hpp"

#include "durations.hpp"
#include "report.hpp"

#include <array>
#include <csignal>

namespace waitq::cli {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto one_reader = "1 reader";
constexpr auto one_waiter = "1 waiter";

void cat_sleeps(Stage &stage, Cat &cat)
{
    stage.tell("`cat " + stage.name().path + "`: there is no byte, so read() puts cat to sleep.");
    cat = std::make_unique<PtyProcess>(std::vector<std::string>{"cat", stage.name().path});
    stage.seen_asleep(*cat, 'S', &waitq_info::readers, one_reader);
}

void write_wakes(Stage &stage, Cat &cat)
{
    const std::string echo = "echo hello > " + stage.name().path;
    stage.tell("`" + echo + "`: write() makes the condition true, then wakes cat.");
    PtyProcess shell({"sh", "-c", echo});
    stage.seen(shell.succeeded(), "echo has written");
    stage.seen(cat->shows("hello"), "cat's terminal shows: hello");
    stage.seen_asleep(*cat, 'S', &waitq_info::readers, "1 reader again");
}

void ioctl_wakes(Stage &stage, Cat & /*cat*/)
{
    stage.tell("`waitq wait --consume` sleeps until the event counter is 1, to take that 1.");
    PtyProcess waiter(stage.waiter());
    stage.seen_asleep(waiter, 'S', &waitq_info::event_waiters, one_waiter);

    stage.tell(
        "`waitq wake --post 0` tests the waiter's condition, under the queue's lock: false,");
    stage.tell("so the waiter is not woken.");
    stage.seen(stage.wake({.post = 0}) == 0, "0 tasks woken");
    stage.seen_asleep(waiter, 'S', &waitq_info::event_waiters, "1 waiter still");

    stage.tell("`waitq wake`, which posts 1 first: now the wait is over.");
    stage.seen(stage.wake({.post = 1}) == 1, "1 task woken");
    stage.seen(waiter.succeeded(), "the waiter has returned, with status 0");
}

void timer_wakes(Stage &stage, Cat & /*cat*/)
{
    constexpr auto delay = 50ms;
    stage.tell("A timer interrupt does in " + format_duration(delay) +
               " what `waitq wake` did, as a device's driver would.");
    PtyProcess waiter(stage.waiter());
    stage.seen_asleep(waiter, 'S', &waitq_info::event_waiters, one_waiter);

    const auto start = steady_clock::now();
    (void)require(stage.device().arm({.delay = delay}), Call::Timer, stage.name());
    const bool returned = waiter.succeeded();
    const auto took = std::chrono::floor<std::chrono::microseconds>(steady_clock::now() - start);
    stage.seen(returned, "the waiter has returned, with status 0");
    stage.seen(took >= delay, "that was " + format_duration(took) + " later, not early");
    stage.seen(require(stage.device().cancel_timer(), Call::Timer, stage.name()) == 1,
               "the timer has fired once");
}

void ctrl_c_ends_cat(Stage &stage, Cat &cat)
{
    stage.tell("Ctrl+C on cat's terminal: SIGINT ends an interruptible sleep at once.");
    stage.seen_asleep(*cat, 'S', &waitq_info::readers, one_reader);
    cat->ctrl_c();
    stage.seen(cat->ended() && cat->signal() == SIGINT, "cat was killed by SIGINT");
    stage.seen(stage.info().readers == 0, "the device counts no reader: nothing is left behind");
}

/// Wakes a waiter that is left, because nothing else can end an uninterruptible sleep.
class LastWake {
public:
    explicit LastWake(const Device &device) : device_(device) {}
    LastWake(const LastWake &) = delete;
    LastWake &operator=(const LastWake &) = delete;
    ~LastWake()
    {
        if (!done_)
            (void)device_.wake({.nr = every_waiter});
    }
    void done() { done_ = true; }

private:
    const Device &device_;
    bool done_ = false;
};

/// Checks that @signal is pending for @waiter, and that @waiter sleeps on all the same.
void seen_passed_over(Stage &stage, const PtyProcess &waiter, int signal, const std::string &name)
{
    stage.seen(eventually([&] { return waiter.pending(signal); }),
               name + " is pending, in /proc/" + std::to_string(waiter.pid()) + "/status");
    // The kernel decides whether a signal wakes a task before the signal can be seen pending, under
    // one lock: a task that still sleeps now was passed over for good.
    const waitq_info now = stage.info();
    stage.seen(waiter.state() == 'D' && now.event_waiters == 1,
               "still in state D, still counted by the device");
}

void ctrl_c_must_wait(Stage &stage, Cat & /*cat*/)
{
    stage.tell("`waitq wait --consume --state uninterruptible` is an uninterruptible sleep.");
    PtyProcess waiter(stage.waiter({"--state", "uninterruptible"}));
    LastWake last(stage.device());
    stage.seen_asleep(waiter, 'D', &waitq_info::event_waiters, one_waiter);

    stage.tell("Ctrl+C: SIGINT is sent, but the task may not wake for it.");
    waiter.ctrl_c();
    seen_passed_over(stage, waiter, SIGINT, "SIGINT");

    stage.tell("`waitq wake`: the wait returns, and only then the signal lands.");
    stage.seen(stage.wake({.post = 1}) == 1, "1 task woken");
    last.done();
    constexpr int interrupted = static_cast<int>(ExitCode::Interrupted);
    stage.seen(waiter.shows("satisfied") && waiter.ended() && waiter.exit_code() == interrupted,
               "the wait was satisfied, then Ctrl+C: exit status 130");
}

void kill_must_wait(Stage &stage, Cat & /*cat*/)
{
    stage.tell("`waitq wait --consume --state uninterruptible` again, and now `kill -9`.");
    PtyProcess waiter(stage.waiter({"--state", "uninterruptible"}));
    LastWake last(stage.device());
    stage.seen_asleep(waiter, 'D', &waitq_info::event_waiters, one_waiter);
    kill(waiter.pid(), SIGKILL);
    seen_passed_over(stage, waiter, SIGKILL, "SIGKILL");

    stage.tell("`waitq wake`: the task leaves the kernel, and dies of the signal.");
    stage.seen(stage.wake({.post = 1}) == 1, "1 task woken");
    last.done();
    stage.seen(waiter.ended() && waiter.signal() == SIGKILL, "the waiter was killed by SIGKILL");
}

} // namespace

std::span<const Step> demo_steps()
{
    static constexpr auto table = std::to_array<Step>({
        {"cat", "cat goes to sleep", cat_sleeps},
        {"write", "Woken by a write", write_wakes},
        {"ioctl", "Woken by an ioctl, and only when the condition is true", ioctl_wakes},
        {"timer", "Woken by a timer interrupt", timer_wakes},
        {"ctrl-c", "Ctrl+C on an interruptible sleep", ctrl_c_ends_cat},
        {"ctrl-c-uninterruptible", "Ctrl+C on an uninterruptible sleep", ctrl_c_must_wait},
        {"kill", "kill -9 on an uninterruptible sleep", kill_must_wait},
    });
    return table;
}

} // namespace waitq::cli
