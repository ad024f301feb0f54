// SPDX-License-Identifier: GPL-2.0
// kinds.hpp - the tables of <uapi/waitq.h> as the tests see them: what each row promises.
#pragma once

#include "calls.hpp"

#include <string_view>

namespace waitq::test {

struct WaitRow {
    waitq_wait_kind value;
    std::string_view name, state, clock, exclusive, lock, sleep, since;

    [[nodiscard]] bool timed() const { return clock != "NONE"; }
    // Class T or IT: the jiffies left are returned.
    [[nodiscard]] bool jiffies() const { return clock == "JIFFIES"; }
    // As /proc shows it.
    [[nodiscard]] char letter() const
    {
        return state == "IDLE"                                     ? 'I'
               : state == "UNINTERRUPTIBLE" || state == "KILLABLE" ? 'D'
                                                                   : 'S';
    }
    [[nodiscard]] bool any_signal() const { return letter() == 'S'; }
    [[nodiscard]] bool fatal_signal() const { return any_signal() || state == "KILLABLE"; }
    [[nodiscard]] bool is_exclusive() const { return exclusive == "YES"; }
    // sleep_on is the core's alone.
    [[nodiscard]] bool by(waitq_engine engine) const
    {
        return engine == WAITQ_ENGINE_CORE || sleep != "SLEEP_ON";
    }
    [[nodiscard]] __u64 waitq_info::*figure() const
    {
        return is_exclusive() ? &waitq_info::event_waiters_exclusive : &waitq_info::event_waiters;
    }
};

inline constexpr WaitRow wait_rows[] = {
#define WAITQ_X(value, id, name, state, clock, exclusive, lock, sleep, since)                      \
    {WAITQ_WAIT_##id, #name, #state, #clock, #exclusive, #lock, #sleep, since},
    WAITQ_WAIT_KINDS(WAITQ_X)
#undef WAITQ_X
};

struct WakeRow {
    waitq_wake_kind value;
    std::string_view name, mode, scope, lock, hint, key, since;
};

inline constexpr WakeRow wake_rows[] = {
#define WAITQ_X(value, id, name, mode, scope, lock, hint, key, since)                              \
    {WAITQ_WAKE_##id, #name, #mode, #scope, #lock, #hint, #key, since},
    WAITQ_WAKE_KINDS(WAITQ_X)
#undef WAITQ_X
};

struct ContextRow {
    waitq_context value;
    std::string_view name;
};

inline constexpr ContextRow context_rows[] = {
#define WAITQ_X(value, id, text) {WAITQ_CONTEXT_##id, #id},
    WAITQ_CONTEXTS(WAITQ_X)
#undef WAITQ_X
};

inline waitq_kinds kinds(const File &file)
{
    waitq_kinds kinds{sizeof kinds, 0, 0, 0};
    if (::ioctl(file.fd(), WAITQ_IOC_KINDS, &kinds) != 0)
        kinds.wait = kinds.wake = 0;
    return kinds;
}
// What the kernel lacks is EOPNOTSUPP by either engine; sleep_on it lacks, and the core has.
inline bool has(const waitq_kinds &kinds, const WaitRow &row, waitq_engine engine)
{
    return row.sleep == "SLEEP_ON" ? row.by(engine) : kinds.wait >> row.value & 1;
}
inline bool has(const waitq_kinds &kinds, const WakeRow &row)
{
    return kinds.wake >> row.value & 1;
}

} // namespace waitq::test
