// SPDX-License-Identifier: GPL-2.0
// The patterns, as templates over the contenders.
#pragma once

#include "bench/contenders.hpp"
#include "bench/results.hpp"
#include "bench/trace.hpp"

#include <array>
#include <atomic>
#include <memory>

namespace waitq::cli::bench {

/// The figures of one batch, by the pattern's quantities.
using Sample = std::array<double, quantities_max>;

/// One contender in one pattern, ready to be measured again and again.
class Run {
public:
    Run() = default;
    Run(const Run &) = delete;
    Run &operator=(const Run &) = delete;
    virtual ~Run() = default;

    /// @operations operations of the pattern.
    [[nodiscard]] virtual Sample batch(unsigned operations) = 0;
    /// The same, each operation timed by itself.
    virtual void each(unsigned operations, Histogram &histogram) = 0;
};

/// The time of one operation, of so many.
template <typename Operation>
double timed(unsigned operations, Operation operation)
{
    const std::int64_t begin = now();
    for (unsigned done = 0; done < operations; ++done)
        operation();
    return static_cast<double>(now() - begin) / operations;
}

template <typename Operation>
void timed_each(unsigned operations, Histogram &histogram, Operation operation)
{
    for (unsigned done = 0; done < operations; ++done) {
        const std::int64_t begin = now();
        {
            const Traced traced(tracing && done == operations / 2);
            operation();
        }
        histogram.add(now() - begin);
    }
}

template <Contender T>
class UncontendedRun : public Run {
public:
    explicit UncontendedRun(unsigned /*waiters*/) {}
    Sample batch(unsigned operations) override { return {timed(operations, once())}; }
    void each(unsigned operations, Histogram &histogram) override
    {
        timed_each(operations, histogram, once());
    }

private:
    auto once()
    {
        return [this] {
            contender_.signal(0);
            contender_.consume(0);
        };
    }

    T contender_{1};
};

/// Signals one channel, then consumes from another: by one call, if the contender has that.
template <Contender T>
void exchange(T &contender, unsigned signalled, unsigned consumed)
{
    if constexpr (requires { contender.exchange(signalled, consumed); }) {
        contender.exchange(signalled, consumed);
    } else {
        contender.signal(signalled);
        contender.consume(consumed);
    }
}

/// Two tasks: the peer answers on channel 1 what it gets on channel 0.
template <Contender T>
class RoundTripRun : public Run {
public:
    explicit RoundTripRun(unsigned /*waiters*/) {}

    Sample batch(unsigned operations) override
    {
        Threads peer;
        begin(peer, operations);
        const long switches = voluntary_switches();
        const double took = timed(operations, once());
        const long own = voluntary_switches() - switches;
        end(peer);
        return {took, static_cast<double>(own) / operations,
                static_cast<double>(of_peer_) / operations};
    }
    void each(unsigned operations, Histogram &histogram) override
    {
        Threads peer;
        begin(peer, operations);
        timed_each(operations, histogram, once());
        end(peer);
    }

private:
    /// So many round trips come before the measured ones, and the peer's start with them.
    static constexpr unsigned first = 10;

    auto once()
    {
        return [this] { exchange(contender_, 0, 1); };
    }
    void begin(Threads &peer, unsigned operations)
    {
        operations_ = operations;
        peer.start<&RoundTripRun::answer>(1, *this);
        for (unsigned done = 0; done < first; ++done)
            once()();
    }
    /// The peer waits once more, so that its end is not measured.
    void end(Threads &peer)
    {
        contender_.signal(0);
        peer.join();
    }
    void answer()
    {
        contender_.consume(0);
        const auto trip = [this] { exchange(contender_, 1, 0); };
        for (unsigned done = 0; done < first; ++done)
            trip();
        const long switches = voluntary_switches();
        for (unsigned done = 0; done < operations_; ++done)
            trip();
        of_peer_ = voluntary_switches() - switches;
    }

    T contender_{2};
    unsigned operations_ = 0;
    long of_peer_ = 0;
};

/// The times of single calls. The kernel's tick interrupts a few short calls, and some long ones
/// twice.
class Calls {
public:
    explicit Calls(unsigned count) { took_.reserve(count); }
    void add(std::int64_t took) { took_.push_back(static_cast<double>(took)); }
    [[nodiscard]] double usual() const { return middle_mean(took_); }

private:
    std::vector<double> took_;
};

/// Lets all tasks of this priority run until they sleep: @reached() tells that they have got so
/// far.
template <typename Reached>
void let_run_until(Reached reached)
{
    do {
        sched_yield();
    } while (!reached());
}

/// N tasks wait on channel 0; the one that is woken answers on channel 1 and waits again.
template <Contender T>
class WakeOneRun : public Run {
public:
    explicit WakeOneRun(unsigned waiters) : waiters_(waiters)
    {
        threads_.start<&WakeOneRun::wait>(waiters, *this);
        let_run_until([this] { return started_ == waiters_; });
    }
    ~WakeOneRun() override
    {
        ending_ = true;
        for (unsigned waiter = 0; waiter < waiters_; ++waiter)
            contender_.signal(0);
    }

    Sample batch(unsigned operations) override
    {
        Calls signals(operations);
        const double took = timed(operations, [&] {
            const std::int64_t begin = now();
            contender_.signal(0);
            signals.add(now() - begin);
            contender_.consume(1);
        });
        return {signals.usual() - clock_, took - 2 * clock_};
    }
    void each(unsigned operations, Histogram &histogram) override
    {
        for (unsigned done = 0; done < operations; ++done) {
            const std::int64_t begin = now();
            contender_.signal(0);
            histogram.add(now() - begin);
            contender_.consume(1);
        }
    }

private:
    void wait()
    {
        ++started_;
        for (;;) {
            contender_.consume(0);
            if (ending_)
                return;
            contender_.signal(1);
        }
    }

    T contender_{2};
    const unsigned waiters_;
    const double clock_ = clock_cost();
    std::atomic<unsigned> started_ = 0;
    std::atomic<bool> ending_ = false;
    Threads threads_; // last: they are joined first
};

/// Two tasks on two processors: first each on its own, then where the scheduler wakes them.
template <Contender T>
class AcrossRun : public Run {
public:
    explicit AcrossRun(unsigned /*waiters*/) {}

    Sample batch(unsigned operations) override
    {
        Sample sample{};
        for (const bool apart : {true, false}) {
            apart_ = apart;
            run_on(apart ? Where::First : Where::Anywhere);
            unsigned same = 0;
            sample[apart ? 0 : 1] = with_peer(operations, [&] {
                return timed(operations, [&] {
                    waker_cpu_ = sched_getcpu();
                    contender_.signal(0);
                    contender_.consume(1);
                    same += woken_cpu_ == waker_cpu_ ? 1 : 0;
                });
            });
            sample[2] = static_cast<double>(same) / operations;
        }
        run_on(Where::First);
        return sample;
    }
    void each(unsigned operations, Histogram &histogram) override
    {
        apart_ = true;
        with_peer(operations, [&] {
            timed_each(operations, histogram, [this] {
                contender_.signal(0);
                contender_.consume(1);
            });
            return 0.0;
        });
    }

private:
    template <typename Body>
    double with_peer(unsigned operations, Body body)
    {
        operations_ = operations;
        Threads peer;
        peer.start<&AcrossRun::answer>(1, *this);
        const double result = body();
        contender_.signal(0);
        return result;
    }
    void answer()
    {
        if (apart_)
            run_on(Where::Second);
        for (unsigned done = 0; done < operations_; ++done) {
            contender_.consume(0);
            woken_cpu_ = sched_getcpu();
            contender_.signal(1);
        }
        contender_.consume(0);
    }

    T contender_{2};
    unsigned operations_ = 0;
    bool apart_ = true;
    int waker_cpu_ = 0;
    std::atomic<int> woken_cpu_ = 0;
};

} // namespace waitq::cli::bench
