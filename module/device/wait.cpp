// SPDX-License-Identifier: GPL-2.0
// wait.cpp - WAITQ_IOC_WAIT: what is asked, who may, and what to answer.
#include "wait.hpp"

#include "awaited.hpp"

namespace waitq {
namespace {

// Checks all that user space may get wrong, before anything is changed.
Error check(const WaitKind &kind, const waitq_wait &request)
{
    constexpr __u32 known =
        WAITQ_EXCLUSIVE | WAITQ_CONSUME | WAITQ_ABSOLUTE | WAITQ_WINDOW | WAITQ_NAP;
    const bool core = request.engine == WAITQ_ENGINE_CORE;
    const bool by_hand = kind.sleep >= row::Sleep::PREPARE;
    const bool func = kind.sleep == row::Sleep::FUNC;
    const bool bad =
        (request.flags & ~known) || request.pad != 0 || request.threshold == 0 ||
        request.timeout_ns < 0 || request.engine > WAITQ_ENGINE_MACRO ||
        // a timeout, a state, a callback and a key: of the kinds that have one
        (!kind.timed() && (request.timeout_ns != 0 || (request.flags & WAITQ_ABSOLUTE))) ||
        request.state > (kind.state == row::State::CALLER ? WAITQ_STATE_IDLE : 0) ||
        request.callback > (!func  ? 0
                            : core ? WAITQ_CALLBACK_POLLER
                                   : WAITQ_CALLBACK_END) ||
        (request.key != 0 && !func) ||
        // exclusive is a matter of the kind, but for the core's wait_event()
        ((request.flags & WAITQ_EXCLUSIVE) && (!core || by_hand)) ||
        // a condition that sleeps: not with a lock held
        ((request.flags & (WAITQ_WINDOW | WAITQ_NAP)) && kind.lock != row::Lock::NONE);
    return bad ? Error::bad_argument : Error::none;
}

// sleep_on is the core's alone: the kernel has removed it, and it is here to show why.
bool supported(const WaitKind &kind, const waitq_wait &request)
{
    return (kapi_macro_waits() >> kind.value & 1) ||
           (kind.sleep == row::Sleep::SLEEP_ON && request.engine == WAITQ_ENGINE_CORE);
}

// Nobody but the administrator may park a task that kill -9 can't end, or keep wake-ups from
// others.
bool forbidden(const Awaited &awaited, __s64 timeout_ns)
{
    const bool deaf =
        awaited.state == TaskState::uninterruptible || awaited.state == TaskState::idle;
    // With a condition that sleeps, wait_event_timeout() does not, and its jiffies never pass.
    const bool endless = !awaited.kind.timed() || (awaited.request.flags & WAITQ_NAP);
    // An hrtimer may be late by the task's slack, which the task itself sets.
    constexpr __u64 longest = WAITQ_UNPRIVILEGED_UNINTERRUPTIBLE_MAX_NS;
    const bool long_slack =
        awaited.kind.clock == row::Clock::HRTIMER && kapi_timer_slack_ns() > longest;
    const bool parks = deaf && (endless || long_slack || static_cast<__u64>(timeout_ns) > longest);
    // Who is before all others may be the only one whom a wake-up reaches.
    const bool first =
        awaited.kind.entry == row::Entry::PRIORITY || awaited.kind.entry == row::Entry::SOLE;
    return (parks || first || awaited.request.callback == WAITQ_CALLBACK_END) &&
           !kapi_capable_sys_admin();
}

void sleep(Awaited &awaited, __s64 timeout_ns, Waited &waited)
{
    waited = {};
    if (awaited.request.engine == WAITQ_ENGINE_MACRO)
        waitq_wait_by_macro(awaited, timeout_ns, waited);
    else
        waitq_wait_by_core(awaited, timeout_ns, waited);
}

struct Answer {
    waitq_outcome outcome;
    Error error;
};

Answer answer_for(WaitOutcome outcome)
{
    switch (outcome) {
    case WaitOutcome::satisfied:
        return {WAITQ_OUTCOME_SATISFIED, Error::none};
    case WaitOutcome::timed_out:
        return {WAITQ_OUTCOME_TIMED_OUT, Error::timed_out};
    case WaitOutcome::signalled:
        break;
    }
    return {WAITQ_OUTCOME_SIGNALLED, Error::interrupted};
}

} // namespace

Error wait(Queue &queue, waitq_wait &request)
{
    const WaitKind *kind = find_row(wait_kinds, request.kind);
    if (!kind)
        return Error::bad_argument;
    if (const Error error = check(*kind, request); error != Error::none)
        return error;
    if (!supported(*kind, request))
        return Error::unsupported;

    const __s64 now = kind->timed() ? kapi_now_ns() : 0;
    __s64 timeout_ns = request.timeout_ns;
    if (request.flags & WAITQ_ABSOLUTE)
        timeout_ns = timeout_ns > now ? timeout_ns - now : 0;
    Awaited awaited(queue, *kind, request);
    if (forbidden(awaited, timeout_ns))
        return Error::forbidden;

    Waited waited;
    sleep(awaited, timeout_ns, waited);
    // Jiffies may lag behind the clock (interrupts were off where they are counted), and a
    // very long timeout was cut: what is not over by the clock goes on. (sleep_on has lost its
    // wake-up then, and would find the condition true.)
    __s64 left = 0;
    while (waited.error == Error::none && waited.result.outcome == WaitOutcome::timed_out &&
           kind->sleep != row::Sleep::SLEEP_ON && (left = timeout_ns - (kapi_now_ns() - now)) > 0) {
        request.spurious += waited.result.spurious;
        sleep(awaited, left, waited);
    }
    if (waited.error != Error::none)
        return waited.error;
    const WaitResult &result = waited.result;
    if (result.outcome == WaitOutcome::timed_out) {
        const SpinGuard guard(queue.lock);
        ++queue.totals.timeouts;
    }
    const Answer answer = answer_for(result.outcome);
    request.outcome = answer.outcome;
    request.returned = waited.returned;
    request.spurious += result.spurious;
    if (kind->timed() && result.outcome != WaitOutcome::timed_out) {
        left = timeout_ns - (kapi_now_ns() - now);
        request.left_ns = left > 0 ? left : 0;
    }
    // The call that comes after the signal goes on with what was left.
    if (answer.error == Error::interrupted && kind->timed() && !(request.flags & WAITQ_ABSOLUTE))
        request.timeout_ns = request.left_ns;
    return answer.error;
}

} // namespace waitq
