// SPDX-License-Identifier: GPL-2.0
// The words of the contract's tables as the command line says them.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>
#include <waitq/requests.hpp>

namespace waitq::cli {

/// A value that an option takes by name.
template <typename Value>
struct Choice {
    Value value;
    std::string_view name;
    std::string_view text;
};

inline constexpr auto engines = std::to_array<Choice<Engine>>({
    {Engine::Core, "core", "the module's C++ wait layer (default)"},
    {Engine::Macro, "macro", "the kernel's own macro or function of that name"},
});

inline constexpr auto states = std::to_array<Choice<State>>({
    {State::Interruptible, "interruptible", "any signal ends it (default)"},
    {State::Uninterruptible, "uninterruptible", "no signal ends it"},
    {State::Killable, "killable", "fatal signals end it"},
    {State::Idle, "idle", "as uninterruptible, but not counted as load"},
});

inline constexpr auto callbacks = std::to_array<Choice<Callback>>({
    {Callback::Wake, "wake", "wakes, if its key and the wake-up's match (default)"},
    {Callback::Refuse, "refuse", "does not wake"},
    {Callback::End, "end", "wakes, and lets the wake-up reach nobody behind it"},
    {Callback::Poller, "poller", "as wake, in a queue that wake_up_pollfree ends"},
});

/// What a wait saw on its way, of waitq_wait.observed.
inline constexpr auto observations = std::to_array<Choice<std::uint32_t>>({
    {WAITQ_SAW_LOCK, "lock", "the lock was held at each test"},
    {WAITQ_SAW_EMPTY, "empty", "nobody was linked before it"},
    {WAITQ_SAW_LINKED, "linked", "still linked after a sleep"},
});

/// Of waitq_waiter.flags; those that are not told say what other fields mean.
inline constexpr auto waiter_flags = std::to_array<Choice<std::uint32_t>>({
    {WAITQ_WAITER_EXCLUSIVE, "exclusive", "one wake-up, one of these"},
    {WAITQ_WAITER_PRIORITY, "priority", "linked before all others"},
    {WAITQ_WAITER_WOKEN, "woken", "wait_woken has been woken"},
    {WAITQ_WAITER_HIDDEN, "hidden", "the task is not yours to see"},
});

/// A word of a table as an option or a report has it: "HARD_IRQ" is "hard-irq".
[[nodiscard]] std::string word(std::string_view of_table);

/// The names of those choices whose bits are set.
template <typename Table>
[[nodiscard]] std::vector<std::string_view> names_of(const Table &table, std::uint32_t bits)
{
    std::vector<std::string_view> names;
    for (const auto &row : table)
        if ((bits & row.value) != 0)
            names.push_back(row.name);
    return names;
}

/// The row of a context.
[[nodiscard]] constexpr const ContextRow *find_context(Context context)
{
    return std::ranges::find(contexts, context, &ContextRow::context);
}

/// The name of @value in a table of choices.
template <typename Table, typename Value>
[[nodiscard]] constexpr std::string_view name_of(const Table &table, Value value)
{
    const auto *row = std::ranges::find(table, value, &Table::value_type::value);
    return row == table.end() ? std::string_view("?") : row->name;
}

/**
 * What the kernel's call returns. "V": nothing. "I": 0, or -ERESTARTSYS for a signal. "T": the
 * jiffies that were left, or 0. "IT": either. "H": 0, -ETIME or -ERESTARTSYS.
 */
[[nodiscard]] std::string_view return_class(const WaitKindRow &row);

/// Whether this kernel has a row of a table: "yes", "no", "no, since 6.18".
[[nodiscard]] std::string availability(bool here, std::string_view since);

} // namespace waitq::cli
