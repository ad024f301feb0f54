// SPDX-License-Identifier: GPL-2.0
// kinds.hpp - the tables of uapi/waitq.h, in this layer's types.
#pragma once

#include "../uapi/waitq.h"
#include "../wait/wait_event.hpp"

namespace waitq {

// The words of the tables. Where a word is not a C++ type's already, it is one of these.
namespace row {
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

struct WaitKind {
    __u32 value;
    row::State state;
    row::Clock clock;
    row::Entry entry;
    row::Lock lock;
    row::Sleep sleep;

    WAITQ_INLINE constexpr bool timed() const { return clock != row::Clock::NONE; }
};

struct WakeKind {
    __u32 value;
    row::Mode mode;
    row::Scope scope;
    row::Head head;
    row::Hint hint;
    row::Key key;
};

constexpr WaitKind wait_kinds[] = {
#define WAITQ_X(value, id, name, state, clock, exclusive, lock, sleep, since)                      \
    {value,           row::State::state, row::Clock::clock, row::Entry::exclusive,                 \
     row::Lock::lock, row::Sleep::sleep},
    WAITQ_WAIT_KINDS(WAITQ_X)
#undef WAITQ_X
};

constexpr WakeKind wake_kinds[] = {
#define WAITQ_X(value, id, name, mode, scope, lock, hint, key, since)                              \
    {value, row::Mode::mode, row::Scope::scope, row::Head::lock, row::Hint::hint, row::Key::key},
    WAITQ_WAKE_KINDS(WAITQ_X)
#undef WAITQ_X
};

template <class Row, unsigned int n>
constexpr bool values_are_positions(const Row (&table)[n])
{
    for (unsigned int i = 0; i < n; ++i)
        if (table[i].value != i)
            return false;
    return n <= 64; // a bit each in struct waitq_kinds
}
static_assert(values_are_positions(wait_kinds) && values_are_positions(wake_kinds),
              "the rows of a table in uapi/waitq.h count up from 0");

// The row of that value; null: there is none.
template <class Row, unsigned int n>
WAITQ_INLINE const Row *find_row(const Row (&table)[n], __u32 value)
{
    return value < n ? &table[value] : nullptr;
}

} // namespace waitq
