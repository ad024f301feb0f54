// SPDX-License-Identifier: GPL-2.0
// kinds.hpp - the tables of <uapi/waitq_lab.h> as the tests see them: what each row promises.
#pragma once

#include "lab.hpp"

#include <string_view>

namespace waitq::test {

struct WaitRow {
    lab_wait_kind value;
    std::string_view name, family, state, clock, exclusive, lock, sleep, since;

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
    [[nodiscard]] bool by(lab_engine engine) const
    {
        return engine == LAB_ENGINE_CORE || sleep != "SLEEP_ON";
    }
    [[nodiscard]] __u64 lab_info::*figure() const
    {
        return is_exclusive() ? &lab_info::waiters_exclusive : &lab_info::waiters;
    }
};

inline constexpr WaitRow wait_rows[] = {
#define LAB_X(value, id, name, family, state, clock, exclusive, lock, sleep, since)                \
    {LAB_WAIT_##id, #name, #family, #state, #clock, #exclusive, #lock, #sleep, since},
    LAB_WAIT_KINDS(LAB_X)
#undef LAB_X
};

struct WakeRow {
    lab_wake_kind value;
    std::string_view name, mode, scope, lock, hint, key, since;
};

inline constexpr WakeRow wake_rows[] = {
#define LAB_X(value, id, name, mode, scope, lock, hint, key, since)                                \
    {LAB_WAKE_##id, #name, #mode, #scope, #lock, #hint, #key, since},
    LAB_WAKE_KINDS(LAB_X)
#undef LAB_X
};

struct ContextRow {
    lab_context value;
    std::string_view name;
};

inline constexpr ContextRow context_rows[] = {
#define LAB_X(value, id, text) {LAB_CONTEXT_##id, #id},
    LAB_CONTEXTS(LAB_X)
#undef LAB_X
};

inline lab_kinds kinds(const LabFile &file)
{
    lab_kinds kinds{sizeof kinds, 0, 0, 0};
    if (::ioctl(file.fd(), LAB_IOC_KINDS, &kinds) != 0)
        kinds.wait = kinds.wake = 0;
    return kinds;
}
// What the kernel lacks is EOPNOTSUPP by either engine; sleep_on it lacks, and the core has.
inline bool has(const lab_kinds &kinds, const WaitRow &row, lab_engine engine)
{
    return row.sleep == "SLEEP_ON" ? row.by(engine) : kinds.wait >> row.value & 1;
}
inline bool has(const lab_kinds &kinds, const WakeRow &row)
{
    return kinds.wake >> row.value & 1;
}

} // namespace waitq::test
