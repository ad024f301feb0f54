// SPDX-License-Identifier: GPL-2.0
// wait.cpp - WAITQ_IOC_WAIT: checks the request and the privilege, and fills in the answer. The
// sleep is in event.cpp.
#include "wait.hpp"

#include "event.hpp"

namespace waitq {
namespace {

constexpr TaskState states[] = {
    TaskState::interruptible,   // WAITQ_STATE_INTERRUPTIBLE
    TaskState::uninterruptible, // WAITQ_STATE_UNINTERRUPTIBLE
    TaskState::killable,        // WAITQ_STATE_KILLABLE
    TaskState::idle,            // WAITQ_STATE_IDLE
};
constexpr __u32 state_count = sizeof states / sizeof states[0];
static_assert(state_count == WAITQ_STATE_IDLE + 1, "a row for each of enum waitq_state");

bool well_formed(const waitq_wait &request)
{
    constexpr __u32 known = WAITQ_EXCLUSIVE | WAITQ_CONSUME | WAITQ_TIMEOUT | WAITQ_ABSOLUTE;
    const bool timed = request.flags & WAITQ_TIMEOUT;
    return !(request.flags & ~known) && request.pad == 0 && request.state < state_count &&
           is_threshold(request.threshold) && request.timeout_ns >= 0 &&
           (timed || (request.timeout_ns == 0 && !(request.flags & WAITQ_ABSOLUTE)));
}

// Only the administrator may park a task where kill -9 does not reach it for long. `timeout_ns` as
// for waitq_wait_events(). An hrtimer may be late by its slack.
bool forbidden(const EventWait &wait, __s64 timeout_ns)
{
    if (heeds_signals(wait.state))
        return false;
    constexpr __u64 longest = WAITQ_UNPRIVILEGED_UNINTERRUPTIBLE_MAX_NS;
    const bool is_short = timeout_ns >= 0 && wait.slack_ns <= longest &&
                          static_cast<__u64>(timeout_ns) <= longest - wait.slack_ns;
    return !is_short && !kapi_capable_sys_admin();
}

} // namespace

Error wait(Queue &queue, waitq_wait &request)
{
    if (!well_formed(request))
        return Error::bad_argument;
    const bool absolute = request.flags & WAITQ_ABSOLUTE;
    const EventWait wait{request.threshold, (request.flags & WAITQ_CONSUME) != 0,
                         request.flags & WAITQ_EXCLUSIVE ? Exclusive::yes : Exclusive::no,
                         states[kapi_index_nospec(request.state, state_count)],
                         request.flags & WAITQ_TIMEOUT ? kapi_timer_slack_ns() : 0};
    __s64 timeout_ns = -1, begun_ns = 0;
    if (request.flags & WAITQ_TIMEOUT) {
        begun_ns = kapi_now_ns();
        timeout_ns = request.timeout_ns;
        if (absolute) {
            const __s64 now = begun_ns + kapi_timens_offset_ns();
            timeout_ns = timeout_ns > now ? timeout_ns - now : 0;
        }
    }
    if (forbidden(wait, timeout_ns))
        return Error::forbidden;

    // A wait that need not sleep needs no timer.
    WaitOutcome outcome = WaitOutcome::satisfied;
    if (timeout_ns < 0 || !try_events(queue, wait))
        outcome = waitq_wait_events(queue, wait, timeout_ns);
    if (timeout_ns >= 0 && !absolute && outcome != WaitOutcome::timed_out) {
        const __s64 left = timeout_ns - (kapi_now_ns() - begun_ns);
        request.timeout_ns = left > 0 ? left : 0;
    }
    switch (outcome) {
    case WaitOutcome::satisfied:
        return Error::none;
    case WaitOutcome::timed_out:
        return Error::timed_out;
    case WaitOutcome::signalled:
        break;
    }
    return Error::interrupted;
}

} // namespace waitq
