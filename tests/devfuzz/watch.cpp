// SPDX-License-Identifier: GPL-2.0
#include "watch.hpp"

#include "modules.hpp"
#include "runner.hpp"
#include "worker.hpp"

#include <chrono>
#include <cinttypes>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace devfuzz {
namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point begin)
{
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

std::uint64_t calls_of(const Shared &shared)
{
    std::uint64_t sum = 0;
    for (const Worker &worker : shared.workers)
        sum += worker.calls;
    return sum;
}

std::string hex(const Worker &worker)
{
    std::string text;
    for (unsigned int i = 0; i < worker.size; ++i) {
        std::array<char, 3> two{};
        std::snprintf(two.data(), two.size(), "%02x", worker.bytes.at(i));
        text += two.data();
    }
    return text;
}

class Watch {
public:
    Watch(const Plan &plan, Shared &shared) : plan_(plan), shared_(shared) {}

    bool run()
    {
        sigset_t child_ended;
        sigemptyset(&child_ended);
        sigaddset(&child_ended, SIGCHLD);
        sigprocmask(SIG_BLOCK, &child_ended, nullptr);
        for (unsigned int i = 0; i < plan_.workers; ++i)
            start(i);
        while (!is_over()) {
            constexpr timespec a_look{0, 10'000'000};
            sigtimedwait(&child_ended, nullptr, &a_look);
            free_stuck();
            progress();
        }
        const double took = since(begin_);
        shared_.stop = true;
        const bool ended = wait_for_all();
        report(took);
        return ended && shared_.complaints == 0 && !died_;
    }

private:
    void start(unsigned int i)
    {
        const pid_t pid = fork();
        if (pid != 0) {
            pids_.at(i) = pid;
            return;
        }
        if (plan_.replayed.empty())
            work(shared_, i, plan_.seed);
        replay(shared_, i, plan_.replayed);
    }
    bool is_over()
    {
        for (unsigned int i = 0; i < plan_.workers; ++i)
            died_ |= reap(i);
        return shared_.stop || died_ || since(begin_) >= plan_.seconds ||
               calls_of(shared_) >= plan_.calls;
    }
    // True: it has ended just now.
    bool reap(unsigned int i)
    {
        if (pids_.at(i) <= 0 || waitpid(pids_.at(i), nullptr, WNOHANG) != pids_.at(i))
            return false;
        pids_.at(i) = 0;
        return true;
    }
    // A call may wait for what does not come, in a state that no signal ends.
    void free_stuck()
    {
        bool stuck = false;
        for (unsigned int i = 0; i < plan_.workers; ++i) {
            const std::uint64_t calls = shared_.workers.at(i).calls;
            stuck |= pids_.at(i) > 0 && calls == seen_.at(i);
            seen_.at(i) = calls;
        }
        if (stuck)
            free_all();
        freed_ += stuck;
    }
    void progress()
    {
        if (since(begin_) < told_ + 10)
            return;
        told_ += 10;
        std::printf("# %4.0f s: %" PRIu64 " calls, %" PRIu64 " code addresses, %u sequences kept\n",
                    since(begin_), calls_of(shared_), shared_.pcs.load(), shared_.sequences.load());
        std::fflush(stdout);
    }
    bool wait_for_all()
    {
        const auto begin = Clock::now();
        for (bool left = true; left;) {
            left = false;
            for (unsigned int i = 0; i < plan_.workers; ++i) {
                reap(i);
                left |= pids_.at(i) > 0;
            }
            if (left && since(begin) > 120)
                return false;
            if (left)
                free_all();
        }
        return true;
    }
    void report(double took)
    {
        const auto calls = Runner::calls();
        for (std::size_t i = 0; i < calls.size(); ++i)
            std::printf("# %-20s %9" PRIu64 " calls, %9" PRIu64 " succeeded\n", calls[i].name,
                        shared_.tallies.at(i).made.load(), shared_.tallies.at(i).succeeded.load());
        std::printf("# %" PRIu64 " calls in %.0f s, %.0f a second; %" PRIu64
                    " code addresses reached, %u sequences kept; freed %u times\n",
                    calls_of(shared_), took, static_cast<double>(calls_of(shared_)) / took,
                    shared_.pcs.load(), shared_.sequences.load(), freed_);
        if (shared_.complaints == 0)
            return;
        // It was one of these.
        for (unsigned int i = 0; i < plan_.workers; ++i)
            std::printf("# the kernel complained after %.0f s; worker %u ran --replay %s\n", took,
                        i, hex(shared_.workers.at(i)).c_str());
    }

    const Plan &plan_;
    Shared &shared_;
    const Clock::time_point begin_ = Clock::now();
    std::array<pid_t, most_workers> pids_{};
    std::array<std::uint64_t, most_workers> seen_{};
    double told_ = 0;
    unsigned int freed_ = 0;
    bool died_ = false;
};

bool tell(bool ok, const std::string &what)
{
    std::printf("%s %s\n", ok ? "ok" : "not ok", what.c_str());
    return ok;
}

} // namespace

bool fuzz(const Plan &plan)
{
    const std::string load = load_modules();
    if (!load.empty())
        return tell(false, "both modules load: " + load);
    void *memory =
        mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    auto &shared = *new (memory) Shared{};
    std::printf("# seed %" PRIu64 ", %u workers%s\n", plan.seed, plan.workers,
                access("/sys/kernel/debug/kcov", F_OK) == 0
                    ? ""
                    : "; not guided: this kernel lacks CONFIG_KCOV");
    std::fflush(stdout);
    const bool good =
        tell(Watch(plan, shared).run(), "no call is complained of, and all come back");
    const std::string left = unload_modules();
    const bool clean = tell(left.empty(), "no queue has a waiter left, and both modules unload" +
                                              (left.empty() ? "" : ": " + left));
    std::printf("%d passed, %d failed, 0 skipped\n", good + clean, 2 - good - clean);
    return good && clean;
}

} // namespace devfuzz
