// SPDX-License-Identifier: GPL-2.0
// The pattern in which one call wakes many tasks.
#pragma once

#include "bench/runs.hpp"

namespace waitq::cli::bench {

/// N tasks that wait in rounds, each of which one call ends.
template <WakesAll T>
class Herd {
public:
    explicit Herd(unsigned waiters) : waiters_(waiters)
    {
        threads_.start<&Herd::wait>(waiters, *this);
        let_run_until([this] { return arrived_ == waiters_; });
    }
    Herd(const Herd &) = delete;
    Herd &operator=(const Herd &) = delete;
    ~Herd()
    {
        ending_ = true;
        contender_.wake_all(round_, waiters_);
    }

    /// Wakes them, and waits until all of them wait again. Returns how long the waking call took.
    std::int64_t round(bool traced = false)
    {
        const std::int64_t begin = now();
        {
            const Traced call(traced);
            contender_.wake_all(round_, waiters_);
        }
        const std::int64_t took = now() - begin;
        ++round_;
        let_run_until([this] { return arrived_ == (round_ + 1) * waiters_; });
        return took;
    }

private:
    void wait()
    {
        for (std::uint64_t round = 0;; ++round) {
            ++arrived_;
            contender_.wait_all(round);
            if (ending_)
                return;
        }
    }

    T contender_{2};
    const unsigned waiters_;
    std::uint64_t round_ = 0;
    std::atomic<std::uint64_t> arrived_ = 0; // in rounds, of all waiters
    std::atomic<bool> ending_ = false;
    Threads threads_; // last: they are joined first
};

template <WakesAll T>
class WakeAllRun : public Run {
public:
    explicit WakeAllRun(unsigned waiters) : waiters_(waiters), herd_(waiters) {}

    Sample batch(unsigned operations) override
    {
        Calls signals(operations);
        const double took = timed(operations, [&] { signals.add(herd_.round()); });
        return {(signals.usual() - clock_) / waiters_, (took - 2 * clock_) / waiters_};
    }
    void each(unsigned operations, Histogram &histogram) override
    {
        for (unsigned done = 0; done < operations; ++done)
            histogram.add(herd_.round(tracing && done == operations / 2) / waiters_);
    }

private:
    const unsigned waiters_;
    const double clock_ = clock_cost();
    Herd<T> herd_;
};

} // namespace waitq::cli::bench
