// SPDX-License-Identifier: GPL-2.0
// The tables of <uapi/waitq_lab.h>: kinds of wait and wake, contexts, queues, figures.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <uapi/waitq_lab.h>
#include <waitq/figures.hpp>

namespace waitq::lab {

/// Enumerators are the kernel's own names: WaitKind::wait_event_interruptible.
enum class WaitKind : std::uint32_t {
#define LAB_X(value, id, name, ...) name = (value),
    LAB_WAIT_KINDS(LAB_X)
#undef LAB_X
};

/// WakeKind::wake_up, WakeKind::wake_up_nr, ...
enum class WakeKind : std::uint32_t {
#define LAB_X(value, id, name, ...) name = (value),
    LAB_WAKE_KINDS(LAB_X)
#undef LAB_X
};

/// Where a wake-up is made: Context::HARD_IRQ, ...
enum class Context : std::uint32_t {
#define LAB_X(value, id, text) id = (value),
    LAB_CONTEXTS(LAB_X)
#undef LAB_X
};

/// A row of LAB_WAIT_KINDS, in its words.
struct WaitKindRow {
    WaitKind kind;
    std::string_view name;      ///< the kernel's name
    std::string_view family;    ///< "MACRO", "HAND"
    std::string_view state;     ///< of the sleeping task: "UNINTERRUPTIBLE", ..., or "CALLER"
    std::string_view clock;     ///< of the timeout: "JIFFIES", "HRTIMER", or "NONE"
    std::string_view exclusive; ///< "NO", "YES", "PRIORITY", "SOLE"
    std::string_view lock;      ///< "NONE", "CALLER", "HEAD", "HEAD_IRQ"
    std::string_view sleep;     ///< "PLAIN", "IO", "CMD", "BEFORE_CMD", or an idiom of family HAND
    std::string_view since;     ///< "since 6.1", or "" for every kernel

    [[nodiscard]] constexpr bool has_timeout() const { return clock != "NONE"; }
    [[nodiscard]] constexpr bool has_state() const { return state == "CALLER"; }
    [[nodiscard]] constexpr bool by_hand() const { return family == "HAND"; }
};

/// A row of LAB_WAKE_KINDS, in its words.
struct WakeKindRow {
    WakeKind kind;
    std::string_view name;  ///< the kernel's name
    std::string_view mode;  ///< "NORMAL", "INTERRUPTIBLE"
    std::string_view scope; ///< exclusive waiters woken: "ONE", "NR", "ALL"
    std::string_view lock;  ///< "FREE", "HELD"
    std::string_view hint;  ///< "NONE", "SYNC"
    std::string_view key;   ///< "NONE", "KEY"
    std::string_view since; ///< as in WaitKindRow
};

struct ContextRow {
    Context context;
    std::string_view name; ///< "PROCESS", "HARD_IRQ", ...
    std::string_view text;
};

inline constexpr auto wait_kinds = std::to_array<WaitKindRow>({
#define LAB_X(value, id, name, family, state, clock, exclusive, lock, sleep, since)                \
    {WaitKind::name, #name, #family, #state, #clock, #exclusive, #lock, #sleep, since},
    LAB_WAIT_KINDS(LAB_X)
#undef LAB_X
});

inline constexpr auto wake_kinds = std::to_array<WakeKindRow>({
#define LAB_X(value, id, name, mode, scope, lock, hint, key, since)                                \
    {WakeKind::name, #name, #mode, #scope, #lock, #hint, #key, since},
    LAB_WAKE_KINDS(LAB_X)
#undef LAB_X
});

inline constexpr auto contexts = std::to_array<ContextRow>({
#define LAB_X(value, id, text) {Context::id, #id, text},
    LAB_CONTEXTS(LAB_X)
#undef LAB_X
});

/// The wait queues of a lab node, by lab_waiter.place.
inline constexpr auto places = std::to_array<Place>({
#define LAB_X(value, id, name, text) {#name, text},
    LAB_PLACES(LAB_X)
#undef LAB_X
});

/// All figures, in the contract's order: `info.*figure.value`.
inline constexpr auto figures = std::to_array<Figure<lab_info>>({
#define LAB_X(name, text) {#name, text, &lab_info::name},
    LAB_FIGURES(LAB_X)
#undef LAB_X
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

} // namespace waitq::lab
