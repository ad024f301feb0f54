// SPDX-License-Identifier: GPL-2.0
#include "report.hpp"

#include <cstdio>
#include <unistd.h>

namespace core {

Report::Report() : terminal_(isatty(STDERR_FILENO) != 0) {}

double Report::seconds_since(Clock::time_point begin) const
{
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

void Report::begin(const std::string &family)
{
    if (family == family_)
        return;
    end_family();
    family_ = family;
    family_begin_ = Clock::now();
}

void Report::end_family()
{
    if (family_.empty())
        return;
    if (shown_any_ && terminal_)
        std::fputs("\r\033[K", stderr);
    shown_any_ = false;
    const bool all = family_exhausted_ == family_scenarios_;
    std::printf("%s %s: %u scenarios, %llu schedules, %s (%.2f s)\n", failed_ ? "not ok" : "ok",
                family_.c_str(), family_scenarios_,
                static_cast<unsigned long long>(family_schedules_),
                all ? "all there are"
                    : (std::to_string(family_exhausted_) + " scenarios to their end").c_str(),
                seconds_since(family_begin_));
    std::fflush(stdout);
    failed_ ? ++sums_.failures : ++sums_.passed;
    family_.clear();
    family_scenarios_ = family_exhausted_ = 0;
    family_schedules_ = 0;
    failed_ = false;
}

void Report::scenario(bool exhausted, bool failed)
{
    ++family_scenarios_;
    ++sums_.scenarios;
    family_exhausted_ += exhausted;
    sums_.exhausted += exhausted;
    failed_ |= failed;
}

void Report::add(const sim::Result &result)
{
    sums_.schedules += result.schedules;
    family_schedules_ += result.schedules;
    sums_.cut += result.cut;
    sums_.steps += result.steps;
}

void Report::add(const Sums &sums)
{
    sums_.scenarios += sums.scenarios;
    sums_.exhausted += sums.exhausted;
    sums_.passed += sums.passed;
    sums_.failures += sums.failures;
    sums_.schedules += sums.schedules;
    sums_.cut += sums.cut;
    sums_.steps += sums.steps;
}

bool Report::progress(const std::string &scenario, std::uint64_t executions)
{
    const double pause = terminal_ ? 0.2 : 5;
    if (!quiet_ && seconds_since(shown_any_ ? shown_ : family_begin_) > pause) {
        const std::uint64_t schedules = sums_.schedules + executions;
        std::fprintf(stderr, "%s%llu schedules, %.0f a second; now %s%s", terminal_ ? "\r" : "",
                     static_cast<unsigned long long>(schedules),
                     static_cast<double>(schedules) / seconds_since(begin_), scenario.c_str(),
                     terminal_ ? "\033[K" : "\n");
        shown_ = Clock::now();
        shown_any_ = true;
    }
    return time_left();
}

void Report::until(double seconds)
{
    end_ = Clock::now() +
           std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

bool Report::time_left() const
{
    return Clock::now() < end_;
}

int Report::finish()
{
    end_family();
    const double seconds = seconds_since(begin_);
    std::printf("# scenarios: %u, of which %u explored to their end\n", sums_.scenarios,
                sums_.exhausted);
    std::printf("# schedules explored: %llu (and %llu cut short as repetitions), %llu steps\n",
                static_cast<unsigned long long>(sums_.schedules),
                static_cast<unsigned long long>(sums_.cut),
                static_cast<unsigned long long>(sums_.steps));
    std::printf("# schedules per second: %.0f (%.1f s)\n",
                static_cast<double>(sums_.schedules) / seconds, seconds);
    std::printf("%u passed, %u failed, 0 skipped\n", sums_.passed, sums_.failures);
    return sums_.failures != 0 || sums_.passed == 0;
}

} // namespace core
