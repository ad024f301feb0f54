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
#define WAITQ_X(value, id, name, ...) name = (value),
    WAITQ_WAIT_KINDS(WAITQ_X)
#undef WAITQ_X
};

/// WakeKind::wake_up, WakeKind::wake_up_nr, ...
enum class WakeKind : std::uint32_t {
#define WAITQ_X(value, id, name, ...) name = (value),
    WAITQ_WAKE_KINDS(WAITQ_X)
#undef WAITQ_X
};

/// Where a wake-up is made: Context::HARD_IRQ, ...
enum class Context : std::uint32_t {
#define WAITQ_X(value, id, text) id = (value),
    WAITQ_CONTEXTS(WAITQ_X)
#undef WAITQ_X
};

/// A row of WAITQ_WAIT_KINDS, in its words.
struct WaitKindRow {
    WaitKind kind;
    std::string_view name;      ///< the kernel's name
    std::string_view state;     ///< of the sleeping task: "UNINTERRUPTIBLE", ..., or "CALLER"
    std::string_view clock;     ///< of the timeout: "JIFFIES", "HRTIMER", or "NONE"
    std::string_view exclusive; ///< "NO", "YES", "PRIORITY", "SOLE"
    std::string_view lock;      ///< "NONE", "CALLER", "HEAD", "HEAD_IRQ"
    std::string_view sleep;     ///< "PLAIN", "IO", "CMD", "BEFORE_CMD", or an idiom by hand
    std::string_view since;     ///< "since 6.1", or "" for every kernel

    [[nodiscard]] constexpr bool has_timeout() const { return clock != "NONE"; }
    [[nodiscard]] constexpr bool has_state() const { return state == "CALLER"; }
};

/// A row of WAITQ_WAKE_KINDS, in its words.
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
#define WAITQ_X(value, id, name, state, clock, exclusive, lock, sleep, since)                      \
    {WaitKind::name, #name, #state, #clock, #exclusive, #lock, #sleep, since},
    WAITQ_WAIT_KINDS(WAITQ_X)
#undef WAITQ_X
});

inline constexpr auto wake_kinds = std::to_array<WakeKindRow>({
#define WAITQ_X(value, id, name, mode, scope, lock, hint, key, since)                              \
    {WakeKind::name, #name, #mode, #scope, #lock, #hint, #key, since},
    WAITQ_WAKE_KINDS(WAITQ_X)
#undef WAITQ_X
});

inline constexpr auto contexts = std::to_array<ContextRow>({
#define WAITQ_X(value, id, text) {Context::id, #id, text},
    WAITQ_CONTEXTS(WAITQ_X)
#undef WAITQ_X
});

/// The names of the queues of a device, by enum waitq_place.
inline constexpr auto places = std::to_array<std::string_view>({
#define WAITQ_X(value, id, name, text) #name,
    WAITQ_PLACES(WAITQ_X)
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
