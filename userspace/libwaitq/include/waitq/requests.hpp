// SPDX-License-Identifier: GPL-2.0
// What is asked of a device, and what it answers.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <uapi/waitq.h>
#include <variant>
#include <waitq/kinds.hpp>

namespace waitq {

/// From now on, or a point of CLOCK_MONOTONIC (which is what steady_clock is on Linux).
using When = std::variant<std::chrono::nanoseconds, std::chrono::steady_clock::time_point>;

/// What wait() does when a signal handler has run during the wait.
enum class OnSignal {
    Return,   ///< it returns Outcome::Signalled
    Continue, ///< it waits again, for the time that was left
};

/// "Sleep until the counter is at least `threshold`."
struct WaitRequest {
    WaitKind kind = WaitKind::wait_event_interruptible;
    std::optional<When> timeout{}; ///< for the kinds that have one, and only those
    std::uint64_t threshold = 1;   ///< 1 or more
    bool consume = false;          ///< take `threshold` off the counter
    bool exclusive = false;        ///< of the exclusive waiters, wake_up() wakes one only
    OnSignal on_signal = OnSignal::Return;
};

enum class Outcome : std::uint32_t {
    Satisfied = WAITQ_OUTCOME_SATISFIED,
    TimedOut = WAITQ_OUTCOME_TIMED_OUT,
    Signalled = WAITQ_OUTCOME_SIGNALLED,
};

struct WaitResult {
    Outcome outcome;
    std::chrono::nanoseconds left; ///< of the timeout; 0 for kinds without one
    std::uint64_t spurious;        ///< times that the task woke with the condition false
};

/// "Add `post` to the counter, then wake."
struct WakeRequest {
    WakeKind kind = WakeKind::wake_up;
    std::uint32_t nr = 0;   ///< wake_up_nr: exclusive waiters to wake; otherwise 0
    std::uint64_t post = 1; ///< 0: a bare wake
};

struct WakeResult {
    std::uint64_t woken;   ///< tasks woken, exclusive or not
    std::uint64_t counter; ///< as this post left it
};

/// "At that time, and then every `period`, do what wake() does", from a timer interrupt.
struct TimerRequest {
    When delay{};                       ///< to the first firing
    std::chrono::nanoseconds period{0}; ///< 0: fires once; else WAITQ_TIMER_PERIOD_MIN_NS or more
    std::uint64_t count = 1;            ///< firings; 0: until cancelled; without period: 1
    WakeRequest wake{};
};

} // namespace waitq
