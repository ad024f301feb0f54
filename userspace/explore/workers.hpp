// SPDX-License-Identifier: GPL-2.0
// workers.hpp - scenarios in processes of their own, as many at a time as there are processors.
#pragma once

#include "outcome.hpp"

#include <atomic>
#include <functional>

namespace waitq::explore {

/// A process tells its parent how far it is: memory that both share.
struct Progress {
    std::atomic<std::uint64_t> schedules;
};

/// A signal asks this process to end.
struct Interrupted {
    int signal;
};
/// From here on SIGINT, SIGTERM and SIGHUP end in_processes() by an Interrupted, so that nothing is
/// left behind.
void catch_interrupts();

/// Calls explore(i, progress) for each of 0 to count - 1, in a process of its own, and done() with
/// each outcome in their order, in this process. `progress`, if there is one: is called once a
/// second with the number of schedules so far.
/// Throws Interrupted; std::system_error when there can't be another process, std::runtime_error
/// when one has ended without an outcome.
void in_processes(unsigned count, const std::function<Outcome(unsigned, Progress &)> &explore,
                  const std::function<void(const Outcome &)> &done,
                  const std::function<void(std::uint64_t)> &progress);

} // namespace waitq::explore
