// SPDX-License-Identifier: GPL-2.0
// kinds.hpp - the tables of uapi/waitq_lab.h, in this layer's types.
#pragma once

#include "../kernel/lab.h"
#include "../uapi/waitq_lab.h"
#include "../wait/wait_event.hpp"

namespace waitq::lab {

// The words of the tables. Where a word is not a C++ type's already, it is one of these.
namespace row {
enum class Family : unsigned char { MACRO, HAND };
enum class State : unsigned char {
    INTERRUPTIBLE,
    UNINTERRUPTIBLE,
    KILLABLE,
    IDLE,
    FREEZABLE,
    CALLER, // the request says
};
enum class Clock : unsigned char { NONE, JIFFIES, HRTIMER };
enum class Entry : unsigned char { NO, YES, PRIORITY, SOLE };
enum class Lock : unsigned char { NONE, CALLER, HEAD, HEAD_IRQ };
enum class Sleep : unsigned char {
    PLAIN,
    IO,
    CMD,
    BEFORE_CMD,
    PREPARE,
    PREPARE_EVENT,
    ADD,
    WOKEN,
    FUNC,
    SLEEP_ON,
};
enum class Mode : unsigned char { NORMAL, INTERRUPTIBLE };
enum class Scope : unsigned char { ONE, NR, ALL };
enum class Head : unsigned char { FREE, HELD };
enum class Hint : unsigned char { NONE, SYNC };
enum class Key : unsigned char { NONE, KEY };
} // namespace row

// The ways to wait that the wait layer has: each row of the table comes to one. by_kind.hpp has
// the code of each.
enum class Way : unsigned char {
    forever,
    io,
    freezable,
    timeout,
    freezable_timeout,
    hrtimeout,
    commanded,
    unlocked,
    unlocked_timeout,
    unlocked_commanded,
    head_locked,
    head_locked_irq,
    prepared,
    prepared_event,
    added,
    first,
    sole,
    woken,
    func,
    sleep_on,
};

struct WaitKind {
    __u32 value;
    row::Family family;
    row::State state;
    row::Clock clock;
    row::Entry entry;
    row::Lock lock;
    row::Sleep sleep;
    Way way; // by the columns above

    WAITQ_INLINE constexpr bool timed() const { return clock != row::Clock::NONE; }
    WAITQ_INLINE constexpr bool by_hand() const { return family == row::Family::HAND; }
};

// No constant expression, so a row that comes to no way does not compile.
Way no_way_for_this_row();

WAITQ_INLINE constexpr Way way_of_macro(row::State state, row::Clock clock, row::Lock lock,
                                        row::Sleep sleep)
{
    const bool freezable = state == row::State::FREEZABLE;
    const bool plain = sleep == row::Sleep::PLAIN;
    const bool endless = clock == row::Clock::NONE;
    switch (lock) {
    case row::Lock::HEAD:
        return plain && endless ? Way::head_locked : no_way_for_this_row();
    case row::Lock::HEAD_IRQ:
        return plain && endless ? Way::head_locked_irq : no_way_for_this_row();
    case row::Lock::CALLER:
        if (sleep == row::Sleep::BEFORE_CMD && endless)
            return Way::unlocked_commanded;
        if (!plain || clock == row::Clock::HRTIMER)
            return no_way_for_this_row();
        return endless ? Way::unlocked : Way::unlocked_timeout;
    case row::Lock::NONE:
        break;
    }
    if (sleep == row::Sleep::IO && endless)
        return Way::io;
    if (sleep == row::Sleep::CMD && endless)
        return Way::commanded;
    if (!plain)
        return no_way_for_this_row();
    switch (clock) {
    case row::Clock::HRTIMER:
        return Way::hrtimeout;
    case row::Clock::JIFFIES:
        return freezable ? Way::freezable_timeout : Way::timeout;
    case row::Clock::NONE:
        break;
    }
    return freezable ? Way::freezable : Way::forever;
}

WAITQ_INLINE constexpr Way way_of_hand(row::Entry entry, row::Sleep sleep)
{
    switch (sleep) {
    case row::Sleep::PREPARE:
        return Way::prepared;
    case row::Sleep::PREPARE_EVENT:
        return Way::prepared_event;
    case row::Sleep::ADD:
        return entry == row::Entry::PRIORITY ? Way::first
               : entry == row::Entry::SOLE   ? Way::sole
                                             : Way::added;
    case row::Sleep::WOKEN:
        return Way::woken;
    case row::Sleep::FUNC:
        return Way::func;
    case row::Sleep::SLEEP_ON:
        return Way::sleep_on;
    case row::Sleep::PLAIN:
    case row::Sleep::IO:
    case row::Sleep::CMD:
    case row::Sleep::BEFORE_CMD:
        break;
    }
    return no_way_for_this_row();
}

WAITQ_INLINE constexpr Way way_of(row::Family family, row::State state, row::Clock clock,
                                  row::Entry entry, row::Lock lock, row::Sleep sleep)
{
    return family == row::Family::MACRO ? way_of_macro(state, clock, lock, sleep)
                                        : way_of_hand(entry, sleep);
}

struct WakeKind {
    __u32 value;
    row::Mode mode;
    row::Scope scope;
    row::Head head;
    row::Hint hint;
    row::Key key;
};

constexpr WaitKind wait_kinds[] = {
#define LAB_X(value, id, name, family, state, clock, exclusive, lock, sleep, since)                \
    {value,                                                                                        \
     row::Family::family,                                                                          \
     row::State::state,                                                                            \
     row::Clock::clock,                                                                            \
     row::Entry::exclusive,                                                                        \
     row::Lock::lock,                                                                              \
     row::Sleep::sleep,                                                                            \
     way_of(row::Family::family, row::State::state, row::Clock::clock, row::Entry::exclusive,      \
            row::Lock::lock, row::Sleep::sleep)},
    LAB_WAIT_KINDS(LAB_X)
#undef LAB_X
};

constexpr WakeKind wake_kinds[] = {
#define LAB_X(value, id, name, mode, scope, lock, hint, key, since)                                \
    {value, row::Mode::mode, row::Scope::scope, row::Head::lock, row::Hint::hint, row::Key::key},
    LAB_WAKE_KINDS(LAB_X)
#undef LAB_X
};

template <class Row, unsigned int n>
constexpr bool values_are_positions(const Row (&table)[n])
{
    for (unsigned int i = 0; i < n; ++i)
        if (table[i].value != i)
            return false;
    return n <= 64; // a bit each in struct lab_kinds
}
static_assert(values_are_positions(wait_kinds) && values_are_positions(wake_kinds),
              "the rows of a table in uapi/waitq_lab.h count up from 0");

// The row of that value, which may be user space's; null: there is none.
template <class Row, unsigned int n>
WAITQ_INLINE const Row *find_row(const Row (&table)[n], __u32 value)
{
    return value < n ? &table[kapi_index_nospec(value, n)] : nullptr;
}

} // namespace waitq::lab
