// SPDX-License-Identifier: GPL-2.0
// The patterns of many waiters, files and queues: what an operation costs then, and what memory
// the kernel has for each.
#pragma once

#include "bench/memory.hpp"
#include "bench/reload.hpp"
#include "bench/runs.hpp"

namespace waitq::cli::bench {

/**
 * N tasks sleep, and then all wait for the contender. A task takes far more memory than its wait:
 * the first figure is of both, the second is the part that comes with the wait.
 */
template <Contender T>
class ScaleWaitersRun : public Run {
public:
    explicit ScaleWaitersRun(unsigned waiters)
    {
        {
            // libc and the kernel keep some memory of threads that were: before both readings.
            Tasks former(contender_, waiters);
            former.wait();
        }
        const std::int64_t none = settled_kernel_memory();
        Tasks tasks(contender_, waiters);
        const std::int64_t sleeping = settled_kernel_memory();
        tasks.wait();
        const std::int64_t waiting = settled_kernel_memory();
        sample_ = {memory_each(none, waiting, waiters), memory_each(sleeping, waiting, waiters)};
    }

    Sample batch(unsigned /*operations*/) override { return sample_; }
    void each(unsigned /*operations*/, Histogram & /*histogram*/) override {}

private:
    class Tasks {
    public:
        Tasks(T &contender, unsigned count) : contender_(contender), count_(count)
        {
            threads_.start<&Tasks::run>(count, *this);
            let_run_until([this] { return started_ == count_; });
        }
        Tasks(const Tasks &) = delete;
        Tasks &operator=(const Tasks &) = delete;
        ~Tasks()
        {
            begin();
            for (unsigned task = 0; task < count_; ++task)
                contender_.signal(0);
        }

        /// Until now they slept otherwise.
        void wait()
        {
            begin();
            let_run_until([this] { return waiting_ == count_; });
        }

    private:
        void begin()
        {
            begun_ = true;
            begun_.notify_all();
        }
        void run()
        {
            ++started_;
            begun_.wait(false);
            ++waiting_;
            contender_.consume(0);
        }

        T &contender_;
        const unsigned count_;
        std::atomic<unsigned> started_ = 0, waiting_ = 0;
        std::atomic<bool> begun_ = false;
        Threads threads_; // last: they are joined first
    };

    T contender_{1};
    Sample sample_{};
};

/// So many files are open besides those of a measurement.
inline constexpr unsigned files_before = 1000;

/// The last of a contender's N channels, each with an open file of its own.
template <Contender T>
class ScaleFilesRun : public Run {
public:
    explicit ScaleFilesRun(unsigned files)
        : last_(files - 1), memory_(memory_of(files)), contender_(files)
    {}

    Sample batch(unsigned operations) override { return {timed(operations, once()), memory_}; }
    void each(unsigned operations, Histogram &histogram) override
    {
        timed_each(operations, histogram, once());
    }

private:
    auto once()
    {
        return [this] {
            contender_.signal(last_);
            contender_.consume(last_);
        };
    }

    static double memory_of(unsigned files)
    {
        if (files < detail::memory_of_file.from)
            return 0;
        // They take the places that are free in memory which the kernel has for such objects.
        const T former(files_before);
        const std::int64_t before = settled_kernel_memory();
        const T contender(files);
        return memory_each(before, settled_kernel_memory(), files);
    }

    const unsigned last_;
    const double memory_;
    T contender_;
};

/// The last of N queues. The memory is that of a queue which holds as few bytes as can be, and of
/// its device.
class ScaleQueuesRun : public Run {
public:
    ScaleQueuesRun(unsigned queues, const std::string &module);

    Sample batch(unsigned operations) override;
    void each(unsigned operations, Histogram &histogram) override;

private:
    Reloaded module_;
    double memory_ = 0;
    IdleDevices device_;
};

} // namespace waitq::cli::bench
