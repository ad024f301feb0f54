// SPDX-License-Identifier: GPL-2.0
// What a program asks of a device, and what the device answers.
#pragma once

#include <cstdint>
#include <optional>
#include <uapi/waitq.h>
#include <vector>
#include <waitq/waiting.hpp>

namespace waitq {

/// "Sleep until the counter is at or above `threshold`."
struct WaitRequest {
    std::uint64_t threshold = 1; ///< 1 to WAITQ_COUNTER_MAX
    bool consume = false;        ///< take `threshold` off the counter
    bool exclusive = false;      ///< of the exclusive waiters, a wake-up wakes WakeRequest::nr
    State state = State::Interruptible;
    std::optional<When> timeout{}; ///< nothing: for as long as it takes
    OnSignal on_signal = OnSignal::Return;
};

struct WaitResult {
    Outcome outcome;
    std::chrono::nanoseconds left; ///< of a relative timeout; 0 for every other
};

/// WakeRequest::nr for all exclusive waiters.
inline constexpr std::uint32_t every_waiter = 0;

/// "Add `post` to the counter, then wake the waiters whose condition that makes true."
struct WakeRequest {
    std::uint32_t nr = 1;   ///< exclusive waiters to wake, at most; every_waiter: all of them
    std::uint64_t post = 1; ///< 0: nothing is added
    bool sync = false;      ///< wake() alone: the caller is about to sleep; see WAITQ_SYNC
};

/// "At that time, and then every `period`, do what wake() does", from a timer's interrupt.
struct TimerRequest {
    When delay{}; ///< to the first firing
    std::chrono::nanoseconds period{
        0};                  ///< 0: it fires once; else WAITQ_TIMER_PERIOD_MIN_NS or more
    std::uint64_t count = 1; ///< firings; 0: until cancelled; without a period: 1
    WakeRequest wake{};
};

/// The entries of the wait queues of a node, in the order of the queues.
template <typename Entry>
struct Listed {
    std::vector<Entry> entries;
    std::uint64_t linked; ///< entries there were; more than `entries` only beyond the limit
};

using Waiters = Listed<waitq_waiter>;

} // namespace waitq
