// SPDX-License-Identifier: GPL-2.0
#include "torture/crew.hpp"

#include "bench/machine.hpp"
#include "durations.hpp"
#include "torture/proc.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace waitq::cli::torture {

namespace {

void handle_signals()
{
    struct sigaction action {};
    action.sa_handler = [](int) {};
    sigaction(SIGUSR1, &action, nullptr); // ends a call
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR2, &action, nullptr); // the call goes on
}

constexpr int could_not_begin = 3;

} // namespace

Crew::Crew(Arena &arena, const Plan &plan, MakeWorker make, PassOn pass_on)
    : arena_(arena), plan_(plan), make_(std::move(make)), pass_on_(std::move(pass_on)),
      tasks_(arena.slots().size())
{
    // A task has the handlers from its first moment on.
    handle_signals();
}

Crew::~Crew()
{
    end([] {});
}

void Crew::end(const std::function<void()> &release)
{
    arena_.order(Order::Quit);
    for (const Task &task : tasks_)
        if (task.pid > 0)
            ::kill(task.pid, SIGKILL);
    // One that sleeps where nothing reaches it is left behind: it is what was found.
    constexpr int looks = 1000;
    for (int look = 0; look < looks; ++look) {
        bury();
        if (std::ranges::all_of(tasks_, [](const Task &task) { return task.pid <= 0; }))
            return;
        release();
        usleep(5000);
    }
}

Role Crew::role(std::size_t index) const
{
    return index < plan_.waiters ? Role::Waiter : Role::Waker;
}

void Crew::fill()
{
    for (std::size_t index = 0; index < tasks_.size(); ++index) {
        if (tasks_[index].pid > 0)
            continue;
        Slot &slot = arena_.slots()[index];
        const std::uint64_t seed = plan_.seed + 1000003 * ++started_;
        const pid_t parent = getpid();
        slot.phase = Phase::Between; // until it has found the order to rest
        const pid_t child = fork();
        if (child < 0)
            throw std::system_error(errno, std::generic_category(), "fork of a task");
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            // These are for the director, who ends the tasks.
            for (const int signal : {SIGINT, SIGTERM, SIGHUP})
                std::signal(signal, SIG_IGN);
            if (getppid() != parent)
                _exit(0);
            slot.pid = getpid();
            try {
                const auto worker = make_(slot, seed);
                work(*worker, role(index), arena_, slot);
            } catch (const std::exception &error) {
                std::fprintf(stderr, "torture: a task: %s\n", error.what());
                _exit(could_not_begin);
            }
            _exit(0);
        }
        slot.pid = child;
        tasks_[index] = {child, false};
    }
}

void Crew::bury()
{
    for (std::size_t index = 0; index < tasks_.size(); ++index) {
        Task &task = tasks_[index];
        int status = 0;
        if (task.pid <= 0 || waitpid(task.pid, &status, WNOHANG) != task.pid)
            continue;
        Slot &slot = arena_.slots()[index];
        const bool of_ours = task.killed && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
        if (!of_ours && !(WIFEXITED(status) && WEXITSTATUS(status) == 0))
            deaths_.push_back("task " + std::to_string(task.pid) +
                              (WIFSIGNALED(status)
                                   ? std::string(" died of ") + strsignal(WTERMSIG(status))
                                   : " ended with status " + std::to_string(WEXITSTATUS(status))));
        if (slot.phase.load() == Phase::Calling && slot.uncounted()) {
            const Step &call = slot.step;
            // Wakers wait for what is not taken: better one post too many than none any more.
            arena_.go_ahead(call.post_queue, -static_cast<std::int64_t>(call.post));
            uncertain_.posted.at(call.post_queue) += call.post;
            for (std::uint32_t item = 0; call.takes && item < call.count; ++item) {
                const std::uint64_t threshold = call.threshold.at(item);
                arena_.go_ahead(call.queue.at(item), -static_cast<std::int64_t>(threshold));
                uncertain_.taken.at(call.queue.at(item)) += threshold;
            }
            uncertain_.written |= call.writes;
            uncertain_.read |= call.reads;
        }
        uncertain_.posted.at(slot.timer_queue.load()) += slot.timer_posts.exchange(0);
        if (of_ours && slot.step.owes && slot.phase.load() != Phase::Parked &&
            arena_.order() != Order::Quit)
            pass_on_(slot.step.queue[0]);
        slot.phase = Phase::Parked;
        task = {};
    }
}

void Crew::kill(std::size_t index)
{
    if (!alive(index) || tasks_[index].killed)
        return;
    tasks_[index].killed = true;
    ++kills_;
    ::kill(tasks_[index].pid, SIGKILL);
}

bool Crew::rests(std::size_t index) const
{
    if (!alive(index))
        return true;
    const Slot &slot = arena_.slots()[index];
    switch (slot.phase.load()) {
    case Phase::Parked:
        return !tasks_[index].killed;
    case Phase::Between:
        return false;
    case Phase::Calling:
        break;
    }
    // A waker that sleeps, until an interrupt or a worker has made its wake-up, is at work.
    const Step &step = slot.step;
    const bool waits = step.count != 0 || step.reads || step.writes;
    const char state = state_of(tasks_[index].pid);
    return waits && !step.timed && (state == 'S' || state == 'D' || state == 'I');
}

bool Crew::at_rest()
{
    bury();
    std::vector<unsigned long> now;
    bool rest = true;
    for (std::size_t index = 0; index < tasks_.size(); ++index) {
        rest = rest && rests(index);
        now.push_back(alive(index) ? switches_of(tasks_[index].pid) : 0);
    }
    const bool same = now == switches_;
    switches_ = std::move(now);
    return rest && same;
}

bool Crew::all_parked()
{
    bury();
    for (std::size_t index = 0; index < tasks_.size(); ++index)
        if (alive(index) && (tasks_[index].killed || slot(index).phase.load() != Phase::Parked))
            return false;
    return true;
}

std::vector<Mark> Crew::marks() const
{
    std::vector<Mark> all;
    for (std::size_t index = 0; index < tasks_.size(); ++index)
        all.push_back({slot(index).step.number, alive(index) ? switches_of(pid(index)) : 0});
    return all;
}

bool Crew::ran(std::size_t index, const Mark &mark) const
{
    return !alive(index) || switches_of(pid(index)) != mark.switches;
}

std::string Crew::describe(std::size_t index, std::string_view operation) const
{
    const Slot &of = slot(index);
    const pid_t task = pid(index);
    const Phase phase = of.phase.load();
    std::string text = "task " + std::to_string(task) + " (state " + state_of(task) + ")";
    if (phase != Phase::Calling)
        return text + (phase == Phase::Parked ? " is parked" : " runs") +
               (killed(index) ? "; killed, and still in " + wchan_of(task) : "");
    text += " has been in '" + std::string(operation) + "' for " +
            format_duration(std::chrono::milliseconds((bench::now() - of.step.since) / 1'000'000)) +
            ", asleep in " + wchan_of(task);
    for (std::uint32_t item = 0; item < of.step.count; ++item)
        text += (item == 0     ? ": waits for "
                 : of.step.all ? " and "
                               : " or ") +
                std::to_string(of.step.threshold.at(item)) + " of queue " +
                std::to_string(of.step.queue.at(item));
    if (of.step.reads)
        text += ": waits for a byte";
    if (of.step.writes)
        text += ": waits for room for " + std::to_string(of.step.threshold[0]) + " bytes";
    if (killed(index))
        text += "; killed";
    return text;
}

void Crew::begin_round()
{
    uncertain_ = {};
    for (Slot &slot : arena_.slots()) {
        const std::uint64_t calls = slot.counted().calls;
        slot.tallies = {};
        slot.tallies.at(slot.tally.load()).calls = calls;
    }
}

Tally Crew::sum() const
{
    Tally sum;
    for (const Slot &slot : arena_.slots()) {
        const Tally &one = slot.counted();
        sum.calls += one.calls;
        for (std::size_t queue = 0; queue < queues_max; ++queue) {
            sum.posted.at(queue) += one.posted.at(queue);
            sum.taken.at(queue) += one.taken.at(queue);
        }
        sum.written += one.written;
        sum.read += one.read;
        sum.written_sum += one.written_sum;
        sum.read_sum += one.read_sum;
    }
    return sum;
}

std::uint64_t Crew::gains() const
{
    std::uint64_t gains = 0;
    for (const Slot &slot : arena_.slots()) {
        const Tally &one = slot.counted();
        gains += std::accumulate(one.taken.begin(), one.taken.end(), one.read);
    }
    return gains;
}

} // namespace waitq::cli::torture
