// SPDX-License-Identifier: GPL-2.0
// The pattern of a task that should run while a call wakes many others.
#pragma once

#include "bench/herd.hpp"

#include <algorithm>
#include <cmath>
#include <semaphore>

namespace waitq::cli::bench {

/// A task of a higher priority than the others on its processor, which sleeps until it is told and
/// notes how late it ran.
class Punctual {
public:
    Punctual()
    {
        thread_.start<&Punctual::keep>(1, *this);
        let_run_until([this] { return is_first_.load(); });
    }
    Punctual(const Punctual &) = delete;
    Punctual &operator=(const Punctual &) = delete;
    ~Punctual()
    {
        ending_ = true;
        told_.release();
    }

    /// It sleeps until @time. When this returns it does, unless @time is over.
    void tell(std::int64_t time)
    {
        time_ = time;
        noted_ = false;
        told_.release();
    }
    /// How late it was. Waits until that is known.
    [[nodiscard]] std::int64_t late() const
    {
        while (!noted_)
            ;
        return late_;
    }

private:
    void keep()
    {
        run_first();
        is_first_ = true;
        for (;;) {
            told_.acquire();
            if (ending_)
                return;
            sleep_until(time_);
            late_ = now() - time_;
            noted_ = true;
        }
    }

    std::counting_semaphore<> told_{0};
    std::int64_t time_ = 0;
    std::int64_t late_ = 0;
    std::atomic<bool> is_first_ = false;
    std::atomic<bool> noted_ = false;
    std::atomic<bool> ending_ = false;
    Threads thread_; // last: it is joined first
};

/**
 * How long a call that wakes all keeps a task of a higher priority from the processor. In each
 * round that task is to run at another point of the call, and the points spread evenly over it. A
 * point that gives a longer delay than all before is tried once more, and the shorter of the two
 * delays counts: an interrupt that came by chance hardly comes again.
 */
template <WakesAll T>
class HeldUpRun : public Run {
public:
    explicit HeldUpRun(unsigned waiters) : herd_(waiters), length_(herd_.round()) {}

    Sample batch(unsigned operations) override
    {
        Calls signals(operations);
        double rounds = 0;
        const double took = timed(operations, [&] {
            const std::int64_t point = next_point();
            signals.add(round(point));
            ++rounds;
            const std::int64_t late = punctual_.late();
            if (late <= longest_)
                return;
            (void)round(point);
            ++rounds;
            longest_ = std::max(longest_, std::min(late, punctual_.late()));
        });
        return {std::max(0.0, static_cast<double>(longest_) - usually_late_),
                signals.usual() - clock_, took * operations / rounds};
    }
    void each(unsigned operations, Histogram &histogram) override
    {
        for (unsigned done = 0; done < operations; ++done) {
            (void)round(next_point());
            histogram.add(punctual_.late());
        }
    }

private:
    /// So long before the call the punctual task is told, which takes a part of that.
    static constexpr std::int64_t lead = 100'000;
    /// So long after its begin a call holds its lock, and has hardly done anything.
    static constexpr std::int64_t beginning = 1'500;

    /// The punctual task is to run so long after the call began. Returns how long the call took.
    std::int64_t round(std::int64_t point)
    {
        const std::int64_t begin = now() + lead;
        punctual_.tell(begin + point);
        wait_until(begin);
        return herd_.round();
    }
    /// The beginning, where a call that nothing can interrupt holds up longest. Then multiples of
    /// the golden ratio, less their whole parts: however many of them there are, they lie evenly.
    std::int64_t next_point()
    {
        constexpr double golden = 0.618'033'988'749'895;
        if (points_ == 0)
            return ++points_, beginning;
        return static_cast<std::int64_t>(std::fmod(golden * ++points_, 1) *
                                         static_cast<double>(length_));
    }
    /// How late it is while this task does nothing that could delay it.
    double usually_late()
    {
        constexpr unsigned times = 40;
        Calls late(times);
        for (unsigned done = 0; done < times; ++done) {
            punctual_.tell(now() + lead);
            late.add(punctual_.late());
        }
        return late.usual();
    }

    static void wait_until(std::int64_t time)
    {
        while (now() < time)
            ;
    }

    Herd<T> herd_;
    const std::int64_t length_;
    Punctual punctual_;
    const double usually_late_ = usually_late();
    const double clock_ = clock_cost();
    unsigned points_ = 0;
    std::int64_t longest_ = 0; ///< of all batches so far
};

} // namespace waitq::cli::bench
