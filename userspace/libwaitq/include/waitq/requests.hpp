// SPDX-License-Identifier: GPL-2.0
// What is asked of a device, and what it answers.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <uapi/waitq.h>
#include <variant>
#include <vector>
#include <waitq/kinds.hpp>

namespace waitq {

/// From now on, or a point of CLOCK_MONOTONIC (which is what steady_clock is on Linux).
using When = std::variant<std::chrono::nanoseconds, std::chrono::steady_clock::time_point>;

/// What wait() does when a signal handler has run during the wait.
enum class OnSignal {
    Return,   ///< it returns Outcome::Signalled
    Continue, ///< it waits again, for the time that was left
};

/// By whose code: the C++ wait layer, or the kernel's own macro or function of that name.
enum class Engine : std::uint32_t { Core = WAITQ_ENGINE_CORE, Macro = WAITQ_ENGINE_MACRO };

/// The task state of kinds that leave it to the caller.
enum class State : std::uint32_t {
    Interruptible = WAITQ_STATE_INTERRUPTIBLE,
    Uninterruptible = WAITQ_STATE_UNINTERRUPTIBLE,
    Killable = WAITQ_STATE_KILLABLE,
    Idle = WAITQ_STATE_IDLE,
};

/// What the wake function of init_waitqueue_func_entry does: enum waitq_callback.
enum class Callback : std::uint32_t {
    Wake = WAITQ_CALLBACK_WAKE,
    Refuse = WAITQ_CALLBACK_REFUSE,
    End = WAITQ_CALLBACK_END,
    Poller = WAITQ_CALLBACK_POLLER,
};

/// "Sleep until the counter is at least `threshold`."
struct WaitRequest {
    WaitKind kind = WaitKind::wait_event_interruptible;
    Engine engine = Engine::Core;
    std::optional<When> timeout{}; ///< for the kinds that have one, and only those
    std::uint64_t threshold = 1;   ///< 1 or more
    bool consume = false;          ///< take `threshold` off the counter
    bool exclusive = false;        ///< of the exclusive waiters, wake_up() wakes one only; Core
    bool window = false;           ///< WAITQ_WINDOW: holds on between the test and the sleep
    bool nap = false;              ///< WAITQ_NAP: the condition sleeps
    State state = State::Interruptible; ///< for the kinds that have_state()
    Callback callback = Callback::Wake; ///< for init_waitqueue_func_entry
    std::uint32_t key = 0;              ///< for init_waitqueue_func_entry
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
    std::uint64_t spurious;        ///< times that the task woke with the condition false; Core
    std::int64_t returned;         ///< what the kernel's call returns: see struct waitq_wait
    std::uint32_t observed;        ///< WAITQ_SAW_*
    std::uint64_t tests;           ///< times that the condition was tested
    std::uint64_t before, after;   ///< times that the commands around the sleep ran
    std::uint64_t calls;           ///< times that the wake function was called
};

/// "Add `post` to the counter, then wake."
struct WakeRequest {
    WakeKind kind = WakeKind::wake_up;
    std::uint32_t nr = 0;               ///< kinds with NR: exclusive waiters to wake; otherwise 0
    std::uint64_t post = 1;             ///< 0: a bare wake
    std::uint32_t key = 0;              ///< kinds with KEY
    Engine engine = Engine::Core;       ///< of wake(); a timer's is Core
    Context context = Context::PROCESS; ///< of wake()
};

struct WakeResult {
    std::uint64_t woken;   ///< tasks woken, exclusive or not, of those that wait by Engine::Core
    std::uint64_t counter; ///< as this post left it
};

/// "At that time, and then every `period`, do what wake() does", from a timer interrupt.
struct TimerRequest {
    When delay{};                       ///< to the first firing
    std::chrono::nanoseconds period{0}; ///< 0: fires once; else WAITQ_TIMER_PERIOD_MIN_NS or more
    std::uint64_t count = 1;            ///< firings; 0: until cancelled; without period: 1
    WakeRequest wake{};
};

/// What the running kernel has of the tables.
struct Kinds {
    std::uint64_t wait, wake; ///< bit n: kind n

    [[nodiscard]] constexpr bool has(WaitKind kind) const
    {
        return wait >> static_cast<unsigned>(kind) & 1;
    }
    [[nodiscard]] constexpr bool has(WakeKind kind) const
    {
        return wake >> static_cast<unsigned>(kind) & 1;
    }
};

/// Who is linked into the wait queues of a device.
struct Waiters {
    std::vector<waitq_waiter> entries; ///< in the order of the queues
    std::uint64_t linked;              ///< more than entries only beyond WAITQ_WAITERS_MAX
};

} // namespace waitq
