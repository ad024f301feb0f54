// SPDX-License-Identifier: GPL-2.0
// burst.hpp - many timers of several users, all due at one instant.
#pragma once

#include "hog.hpp"
#include "tasks.hpp"

#include <atomic>
#include <memory>
#include <sys/mman.h>
#include <sys/resource.h>
#include <vector>

namespace waitq::test {

// A process of some user with so many open files on queue 0, which arms the timer of each for the
// instant that it is told. Each firing posts 1.
class Burst {
public:
    Burst(uid_t user, int timers)
        : shared_(static_cast<Shared *>(mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE,
                                             MAP_SHARED | MAP_ANONYMOUS, -1, 0))),
          child_([=, this] { return run(user, timers); })
    {}
    ~Burst()
    {
        child_.signal(SIGKILL);
        static_cast<void>(child_.status());
        munmap(shared_, sizeof *shared_);
    }
    Burst(const Burst &) = delete;
    Burst &operator=(const Burst &) = delete;

    [[nodiscard]] testing::AssertionResult is_open()
    {
        return until([&] { return shared_->open || child_.ended(); },
                     [&] { return shared_->opened.load(); })
               << "; ended: " << child_.ended();
    }
    void arm(__s64 instant) { shared_->asked = instant; }
    [[nodiscard]] testing::AssertionResult is_armed()
    {
        return until([&] { return shared_->armed == shared_->asked || child_.ended(); },
                     [&] { return shared_->opened.load(); });
    }
    [[nodiscard]] bool lives() { return !child_.ended(); }
    // It takes no time any more. Its timers stay.
    void stop() const { child_.signal(SIGSTOP); }

private:
    struct Shared {
        std::atomic<bool> open;
        std::atomic<__u64> opened; // and armed: how far it is
        std::atomic<__s64> asked, armed;
    };

    // On CPU 1, which is where the interrupt comes then.
    [[nodiscard]] int run(uid_t user, int timers) const
    {
        pin(0, 1);
        const auto files = static_cast<rlim_t>(timers) + 64;
        const rlimit limit{files, files};
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || !become(user))
            return 1;
        std::vector<std::unique_ptr<File>> open;
        for (int i = 0; i < timers; ++i) {
            open.push_back(std::make_unique<File>(O_WRONLY));
            if (open.back()->fd() < 0)
                return 2;
            ++shared_->opened;
        }
        shared_->open = true;
        for (;;) {
            const __s64 instant = shared_->asked;
            if (instant == shared_->armed) {
                sched_yield();
                continue;
            }
            waitq_timer request = timer_request(instant);
            request.flags = WAITQ_ABSOLUTE;
            for (const auto &file : open) {
                if (timer(*file, request).error != 0)
                    return 3;
                ++shared_->opened;
            }
            shared_->armed = instant;
        }
    }

    Shared *const shared_;
    Child child_;
};

// Several of them, armed for one instant.
class Crowd {
public:
    Crowd(int users, int timers) : timers_(timers)
    {
        for (int i = 0; i < users; ++i)
            bursts_.push_back(std::make_unique<Burst>(1000 + static_cast<uid_t>(i), timers));
    }

    // Arms all, and then calls armed(instant), all well before the instant. False: no luck.
    template <class Armed>
    [[nodiscard]] bool arm(const File &file, Armed armed)
    {
        for (const auto &burst : bursts_)
            EXPECT_TRUE(burst->is_open());
        for (__s64 ahead = 200 * ms; ahead < 100 * one_second; ahead *= 2) {
            const __s64 instant = now() + ahead;
            for (const auto &burst : bursts_)
                burst->arm(instant);
            for (const auto &burst : bursts_)
                if (!burst->is_armed() || !burst->lives())
                    return false;
            if (now() < instant - ahead / 4) {
                armed(instant);
                if (now() < instant)
                    return true;
            }
            // Too slow: they are armed anew once those have fired that could.
            cancel_timer(file);
            EXPECT_TRUE(until([&] { return now() > instant && are_quiet(file); }));
        }
        return false;
    }
    void stop() const
    {
        for (const auto &burst : bursts_)
            burst->stop();
    }
    [[nodiscard]] __u64 firings() const { return bursts_.size() * static_cast<__u64>(timers_); }

private:
    // None has fired while a timer of the observer's own has waited for 20 ms.
    static bool are_quiet(const File &file)
    {
        const File other(O_RDWR, 1);
        const __u64 seen = info(file).wakes, before = info(other).wakes;
        timer(other, timer_request(20 * ms, 0, 1, 0));
        return until([&] { return info(other).wakes == before + 1; }) && info(file).wakes == seen;
    }

    int timers_;
    std::vector<std::unique_ptr<Burst>> bursts_;
};

} // namespace waitq::test
