// SPDX-License-Identifier: GPL-2.0
// The words of the contracts' tables as the command line says them.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>
#include <waitq/waiting.hpp>

namespace waitq::cli {

/// A value that an option takes by name, or a flag that a report tells by name.
template <typename Value>
struct Choice {
    Value value;
    std::string_view name;
    std::string_view text;
};

inline constexpr auto states = std::to_array<Choice<State>>({
    {State::Interruptible, "interruptible", "any signal ends it (default)"},
    {State::Uninterruptible, "uninterruptible", "no signal ends it"},
    {State::Killable, "killable", "fatal signals end it"},
    {State::Idle, "idle", "as uninterruptible, but not counted as load"},
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

/// The name of @value in a table of choices.
template <typename Table, typename Value>
[[nodiscard]] constexpr std::string_view name_of(const Table &table, Value value)
{
    const auto *row = std::ranges::find(table, value, &Table::value_type::value);
    return row == table.end() ? std::string_view("?") : row->name;
}

/// "satisfied", "timed out" or "signalled".
[[nodiscard]] std::string_view said(Outcome outcome);

} // namespace waitq::cli
