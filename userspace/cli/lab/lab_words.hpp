// SPDX-License-Identifier: GPL-2.0
// The words of the lab's tables as the command line says them.
#pragma once

#include "words.hpp"

#include <waitq/lab_requests.hpp>

namespace waitq::cli {

inline constexpr auto engines = std::to_array<Choice<lab::Engine>>({
    {lab::Engine::Core, "core", "the module's C++ wait layer (default)"},
    {lab::Engine::Macro, "macro", "the kernel's own macro or function of that name"},
});

inline constexpr auto callbacks = std::to_array<Choice<lab::Callback>>({
    {lab::Callback::Wake, "wake", "wakes, if its key and the wake-up's match (default)"},
    {lab::Callback::Refuse, "refuse", "does not wake"},
    {lab::Callback::End, "end", "wakes, and ends the walk: the entries behind it are not reached"},
    {lab::Callback::Poller, "poller", "as wake, in a queue that wake_up_pollfree ends"},
});

/// What a wait saw on its way, of lab_wait.observed.
inline constexpr auto observations = std::to_array<Choice<std::uint32_t>>({
    {LAB_SAW_LOCK, "lock", "the lock was held at each test"},
    {LAB_SAW_EMPTY, "empty", "no entry was linked before it"},
    {LAB_SAW_LINKED, "linked", "still linked after a sleep"},
});

/// The row of a context.
[[nodiscard]] constexpr const lab::ContextRow *find_context(lab::Context context)
{
    return std::ranges::find(lab::contexts, context, &lab::ContextRow::context);
}

/**
 * What the kernel's call returns. "V": nothing. "I": 0, or -ERESTARTSYS for a signal. "T": the
 * jiffies that were left, or 0. "IT": either. "H": 0, -ETIME or -ERESTARTSYS.
 */
[[nodiscard]] std::string_view return_class(const lab::WaitKindRow &row);

/// Whether this kernel has a row of a table: "yes", "no", "no, since 6.18".
[[nodiscard]] std::string availability(bool here, std::string_view since);

} // namespace waitq::cli
