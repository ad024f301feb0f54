// SPDX-License-Identifier: GPL-2.0
// What a program asks of a lab node, and what the lab answers.
#pragma once

#include <cstdint>
#include <optional>
#include <uapi/waitq_lab.h>
#include <waitq/kinds.hpp>
#include <waitq/requests.hpp>
#include <waitq/waiting.hpp>

namespace waitq::lab {

/// By whose code: the C++ wait layer, or the kernel's own macro or function of that name.
enum class Engine : std::uint32_t { Core = LAB_ENGINE_CORE, Macro = LAB_ENGINE_MACRO };

/// What the wake function of init_waitqueue_func_entry does: enum lab_callback.
enum class Callback : std::uint32_t {
    Wake = LAB_CALLBACK_WAKE,
    Refuse = LAB_CALLBACK_REFUSE,
    End = LAB_CALLBACK_END,
    Poller = LAB_CALLBACK_POLLER,
};

/// "Sleep until the counter is at or above `threshold`."
struct WaitRequest {
    WaitKind kind = WaitKind::wait_event_interruptible;
    Engine engine = Engine::Core;
    std::optional<When> timeout{}; ///< for the kinds that have one, and only those
    std::uint64_t threshold = 1;   ///< 1 or more
    bool consume = false;          ///< take `threshold` off the counter
    bool exclusive = false;        ///< of the exclusive waiters, wake_up() wakes one only; Core
    bool window = false;           ///< LAB_WINDOW: holds on between the test and the sleep
    bool nap = false;              ///< LAB_NAP: the condition sleeps
    State state = State::Interruptible; ///< for the kinds that have_state()
    Callback callback = Callback::Wake; ///< for init_waitqueue_func_entry
    std::uint32_t key = 0;              ///< for init_waitqueue_func_entry
    OnSignal on_signal = OnSignal::Return;
};

struct WaitResult {
    Outcome outcome;
    std::chrono::nanoseconds left; ///< of the timeout; 0 for kinds without one
    std::uint64_t spurious;        ///< times that the task woke with the condition false; Core
    std::int64_t returned;         ///< what the kernel's call returns: see struct lab_wait
    std::uint32_t observed;        ///< LAB_SAW_*
    std::uint64_t tests;           ///< times that the condition was tested
    std::uint64_t before, after;   ///< times that the commands around the sleep ran
    std::uint64_t calls;           ///< times that the wake function was called
};

/// "Add `post` to the counter, then wake."
struct WakeRequest {
    WakeKind kind = WakeKind::wake_up;
    std::uint32_t nr = 0;   ///< kinds with NR: exclusive waiters to wake; otherwise 0
    std::uint64_t post = 1; ///< 0: a bare wake
    std::uint32_t key = 0;  ///< kinds with KEY
    Engine engine = Engine::Core;
    Context context = Context::PROCESS;
};

struct WakeResult {
    std::uint64_t woken;   ///< tasks woken, exclusive or not, of those that wait by Engine::Core
    std::uint64_t counter; ///< as this post left it
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

using Waiters = Listed<lab_waiter>;

} // namespace waitq::lab
