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
    failed_ ? ++failures_ : ++passed_;
    family_.clear();
    family_scenarios_ = family_exhausted_ = 0;
    family_schedules_ = 0;
    failed_ = false;
}

void Report::scenario(bool exhausted, bool failed)
{
    ++family_scenarios_;
    ++scenarios_;
    family_exhausted_ += exhausted;
    exhausted_ += exhausted;
    failed_ |= failed;
}

void Report::add(const sim::Result &result)
{
    schedules_ += result.schedules;
    family_schedules_ += result.schedules;
    cut_ += result.cut;
    steps_ += result.steps;
}

bool Report::progress(const std::string &scenario, std::uint64_t executions)
{
    const double pause = terminal_ ? 0.2 : 5;
    if (!quiet_ && seconds_since(shown_any_ ? shown_ : family_begin_) > pause) {
        const std::uint64_t schedules = schedules_ + executions;
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
    std::printf("# scenarios: %u, of which %u explored to their end\n", scenarios_, exhausted_);
    std::printf("# schedules explored: %llu (and %llu cut short as repetitions), %llu steps\n",
                static_cast<unsigned long long>(schedules_), static_cast<unsigned long long>(cut_),
                static_cast<unsigned long long>(steps_));
    std::printf("# schedules per second: %.0f (%.1f s)\n",
                static_cast<double>(schedules_) / seconds, seconds);
    std::printf("%u passed, %u failed, 0 skipped\n", passed_, failures_);
    return failures_ != 0 || passed_ == 0;
}

} // namespace core
