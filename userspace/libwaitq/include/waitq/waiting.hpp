// SPDX-License-Identifier: GPL-2.0
// What every wait has, on a device and in the lab: a time, a task state, an outcome.
#pragma once

#include <chrono>
#include <cstdint>
#include <uapi/waitq.h>
#include <variant>

namespace waitq {

/// From now on, or a point of CLOCK_MONOTONIC (which is what steady_clock is on Linux).
using When = std::variant<std::chrono::nanoseconds, std::chrono::steady_clock::time_point>;

/// The state in which a task sleeps.
enum class State : std::uint32_t {
    Interruptible = WAITQ_STATE_INTERRUPTIBLE,     ///< any signal ends the sleep
    Uninterruptible = WAITQ_STATE_UNINTERRUPTIBLE, ///< no signal does
    Killable = WAITQ_STATE_KILLABLE,               ///< a fatal signal does
    Idle = WAITQ_STATE_IDLE,                       ///< as Uninterruptible; it counts as no load
};

/// What wait() does when a signal handler without SA_RESTART has run during the wait.
enum class OnSignal {
    Return,   ///< it returns Outcome::Signalled
    Continue, ///< it waits again, for the time that was left
};

/// How a wait ended.
enum class Outcome { Satisfied, TimedOut, Signalled };

} // namespace waitq
