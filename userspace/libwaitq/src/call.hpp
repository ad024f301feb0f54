// SPDX-License-Identifier: GPL-2.0
// What the calls of Device and Lab share.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <sys/ioctl.h>
#include <waitq/requests.hpp>
#include <waitq/result.hpp>

namespace waitq {

inline std::error_code last_error()
{
    return {errno, std::generic_category()};
}

/// A struct of the contract. All that the caller does not set is zero, padding as well.
template <typename Struct>
Struct sized()
{
    Struct call{};
    call.size = sizeof call;
    return call;
}

struct Time {
    std::int64_t ns;
    bool absolute;
};

inline Time to_time(const When &when)
{
    using std::chrono::nanoseconds;
    if (const auto *point = std::get_if<std::chrono::steady_clock::time_point>(&when))
        return {nanoseconds(point->time_since_epoch()).count(), true};
    return {std::get<nanoseconds>(when).count(), false};
}

/// The outcome that a wait's errno (0: none) stands for; nothing: it is an error.
inline std::optional<Outcome> to_outcome(int error)
{
    switch (error) {
    case 0:
        return Outcome::Satisfied;
    case ETIMEDOUT:
        return Outcome::TimedOut;
    case EINTR:
        return Outcome::Signalled;
    default:
        return {};
    }
}

/// The end of a call that waits, and what the ioctl returned.
struct WaitEnd {
    Outcome outcome;
    std::chrono::nanoseconds left; ///< of a relative timeout; 0 for every other
    int answer;                    ///< satisfied: 0 or more
};

/**
 * Makes a call that waits; after a signal again, if @on_signal says so. The kernel puts what is
 * left to do into @call, so that the same call goes on.
 */
template <typename Call>
Result<WaitEnd> wait_to_the_end(int fd, unsigned long number, Call &call, const Time &time,
                                OnSignal on_signal)
{
    for (;;) {
        const int answer = ioctl(fd, number, &call);
        const int error = answer < 0 ? errno : 0;
        const auto outcome = to_outcome(error);
        if (!outcome)
            return std::error_code(error, std::generic_category());
        if (*outcome == Outcome::Signalled && on_signal == OnSignal::Continue)
            continue;
        const bool left = !time.absolute && *outcome != Outcome::TimedOut;
        return WaitEnd{*outcome, std::chrono::nanoseconds(left ? call.timeout_ns : 0), answer};
    }
}

/**
 * Lists waiters by @ask(entries), which makes the call and returns the struct with `count` and
 * `linked`. Waiters come and go: it asks with room for those there were, and again if there were
 * more, up to @most.
 */
template <typename Entry, typename Ask>
Result<Listed<Entry>> list_waiters(std::size_t most, Ask ask)
{
    Listed<Entry> listed{};
    for (std::size_t room = 64;;) {
        listed.entries.resize(room);
        const auto answer = ask(listed.entries);
        if (!answer)
            return answer.error();
        listed.linked = answer->linked;
        if (answer->linked <= room || room == most) {
            listed.entries.resize(answer->count);
            return listed;
        }
        room = std::min<std::size_t>(2 * answer->linked, most);
    }
}

/// One ioctl. Returns the struct as the kernel has left it.
template <typename Struct>
Result<Struct> ask(int fd, unsigned long request, Struct call)
{
    if (ioctl(fd, request, &call) < 0)
        return last_error();
    return call;
}

} // namespace waitq
