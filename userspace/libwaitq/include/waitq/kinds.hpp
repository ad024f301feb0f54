// SPDX-License-Identifier: GPL-2.0
// The kinds of wait and wake, made from the tables of <uapi/waitq.h>.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <uapi/waitq.h>

namespace waitq {

/// Enumerators are the kernel's own names: WaitKind::wait_event_interruptible.
enum class WaitKind : std::uint32_t {
#define WAITQ_X(value, id, name, state, clock) name = (value),
    WAITQ_WAIT_KINDS(WAITQ_X)
#undef WAITQ_X
};

/// WakeKind::wake_up, WakeKind::wake_up_nr, WakeKind::wake_up_all.
enum class WakeKind : std::uint32_t {
#define WAITQ_X(value, id, name, scope) name = (value),
    WAITQ_WAKE_KINDS(WAITQ_X)
#undef WAITQ_X
};

struct WaitKindRow {
    WaitKind kind;
    std::string_view name;  ///< the kernel's name
    std::string_view state; ///< of the sleeping task: "UNINTERRUPTIBLE", ...
    std::string_view clock; ///< of the timeout: "JIFFIES", ..., or "NONE"

    [[nodiscard]] constexpr bool has_timeout() const { return clock != "NONE"; }
};

struct WakeKindRow {
    WakeKind kind;
    std::string_view name;  ///< the kernel's name
    std::string_view scope; ///< exclusive waiters woken: "ONE", "NR", "ALL"
};

inline constexpr auto wait_kinds = std::to_array<WaitKindRow>({
#define WAITQ_X(value, id, name, state, clock) {WaitKind::name, #name, #state, #clock},
    WAITQ_WAIT_KINDS(WAITQ_X)
#undef WAITQ_X
});

inline constexpr auto wake_kinds = std::to_array<WakeKindRow>({
#define WAITQ_X(value, id, name, scope) {WakeKind::name, #name, #scope},
    WAITQ_WAKE_KINDS(WAITQ_X)
#undef WAITQ_X
});

/// The row of that name or kind; null if the table has none.
template <typename Table>
constexpr const typename Table::value_type *find_kind(const Table &table, std::string_view name)
{
    const auto *row = std::ranges::find(table, name, &Table::value_type::name);
    return row == table.end() ? nullptr : row;
}

constexpr const WaitKindRow *find_kind(WaitKind kind)
{
    const auto *row = std::ranges::find(wait_kinds, kind, &WaitKindRow::kind);
    return row == wait_kinds.end() ? nullptr : row;
}

constexpr const WakeKindRow *find_kind(WakeKind kind)
{
    const auto *row = std::ranges::find(wake_kinds, kind, &WakeKindRow::kind);
    return row == wake_kinds.end() ? nullptr : row;
}

} // namespace waitq
