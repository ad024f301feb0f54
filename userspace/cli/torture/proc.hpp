// SPDX-License-Identifier: GPL-2.0
// What /proc tells of a task.
#pragma once

#include <string>
#include <sys/types.h>

namespace waitq::cli::torture {

/// As in /proc/PID/stat, but R for a task that has set its state and still runs; '?' if there is no
/// such task.
[[nodiscard]] char state_of(pid_t task);

/// How often it has been put to sleep or preempted: the same only while it does not run.
[[nodiscard]] unsigned long switches_of(pid_t task);

/// The function of the kernel that it sleeps in.
[[nodiscard]] std::string wchan_of(pid_t task);

} // namespace waitq::cli::torture
