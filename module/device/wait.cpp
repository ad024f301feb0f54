// SPDX-License-Identifier: GPL-2.0
// wait.cpp - WAITQ_IOC_WAIT and _SIGNAL_WAIT: checks the request and the privilege, and fills in
// the answer. The sleep is in event_wait.cpp.
#include "wait.hpp"

#include "deadline.hpp"
#include "event.hpp"
#include "file.hpp"

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

// Of either struct, whose fields have the same names.
template <class Request>
WAITQ_INLINE bool well_formed(const Request &request)
{
    constexpr __u32 known = WAITQ_EXCLUSIVE | WAITQ_CONSUME | WAITQ_TIMEOUT | WAITQ_ABSOLUTE;
    return !(request.flags & ~known) && request.state < state_count &&
           is_threshold(request.threshold) && Deadline::well_formed(request);
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

// A request, taken apart.
struct Prepared {
    EventWait wait;
    Deadline deadline;
};

// Checks a request, which does nothing yet.
template <class Request>
WAITQ_INLINE Error prepare(const Request &request, Prepared &prepared)
{
    if (!well_formed(request))
        return Error::bad_argument;
    prepared = {{request.threshold, (request.flags & WAITQ_CONSUME) != 0,
                 request.flags & WAITQ_EXCLUSIVE ? Exclusive::yes : Exclusive::no,
                 states[kapi_index_nospec(request.state, state_count)],
                 request.flags & WAITQ_TIMEOUT ? kapi_timer_slack_ns() : 0},
                Deadline::of(request)};
    return forbidden(prepared.wait, prepared.deadline.timeout_ns) ? Error::forbidden : Error::none;
}

// `rest_ns`: as for Deadline::end().
WAITQ_INLINE Error wait_prepared(Queue &queue, const Prepared &prepared, __s64 &rest_ns)
{
    const __s64 timeout_ns = prepared.deadline.timeout_ns;
    // A wait that need not sleep needs no timer.
    WaitOutcome outcome = WaitOutcome::satisfied;
    if (timeout_ns < 0 || !try_events(queue, prepared.wait))
        outcome = waitq_wait_events(queue, prepared.wait, timeout_ns);
    return prepared.deadline.end(outcome, rest_ns);
}

// POST on the device that is open as `fd`.
Error signal(unsigned int fd, __u64 n)
{
    kapi_held held;
    waitq_file *file = kapi_file_get(fd, &held);
    if (!file)
        return Error::bad_mode;
    Error error = Error::bad_mode;
    if (file->opener.writes)
        error = post(*file->queue, n, Budget::from(0), true).error;
    kapi_file_put(&held);
    return error;
}

} // namespace

Error wait(Queue &queue, waitq_wait &request)
{
    if (request.pad != 0)
        return Error::bad_argument;
    WAITQ_UNINITIALIZED Prepared prepared;
    const Error error = prepare(request, prepared);
    return error != Error::none ? error : wait_prepared(queue, prepared, request.timeout_ns);
}

Error signal_wait(Queue &queue, waitq_signal_wait &request)
{
    WAITQ_UNINITIALIZED Prepared prepared;
    Error error = prepare(request, prepared);
    if (error == Error::none && request.post != 0)
        error = signal(request.fd, request.post);
    if (error != Error::none)
        return error;
    request.post = 0;
    prepared.deadline.take_off_elapsed(); // the post may have been long
    return wait_prepared(queue, prepared, request.timeout_ns);
}

} // namespace waitq
