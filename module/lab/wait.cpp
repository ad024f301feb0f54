// SPDX-License-Identifier: GPL-2.0
// wait.cpp - LAB_IOC_WAIT: checks the request, and fills in the answer.
#include "wait.hpp"

#include "wait_call.hpp"

namespace waitq::lab {
namespace {

bool is_engine(__u32 engine)
{
    return engine == LAB_ENGINE_CORE || engine == LAB_ENGINE_MACRO;
}

bool state_goes_with(const WaitKind &kind, __u32 state)
{
    return state == 0 || (kind.state == row::State::CALLER &&
                          (state == LAB_STATE_UNINTERRUPTIBLE || state == LAB_STATE_KILLABLE ||
                           state == LAB_STATE_IDLE));
}

bool callback_goes_with(const WaitKind &kind, bool core, __u32 callback)
{
    return callback == 0 || (kind.way == Way::func &&
                             (callback == LAB_CALLBACK_REFUSE || callback == LAB_CALLBACK_END ||
                              (callback == LAB_CALLBACK_POLLER && core)));
}

// Checks all that user space may get wrong, before anything is changed.
Error check(const WaitKind &kind, const lab_wait &request)
{
    constexpr __u32 known = LAB_EXCLUSIVE | LAB_CONSUME | LAB_ABSOLUTE | LAB_WINDOW | LAB_NAP;
    const bool core = request.engine == LAB_ENGINE_CORE;
    const bool bad =
        (request.flags & ~known) || request.pad != 0 || request.threshold == 0 ||
        request.timeout_ns < 0 || !is_engine(request.engine) ||
        // a timeout, a state, a callback and a key: of the kinds that have one
        (!kind.timed() && (request.timeout_ns != 0 || (request.flags & LAB_ABSOLUTE))) ||
        !state_goes_with(kind, request.state) ||
        !callback_goes_with(kind, core, request.callback) ||
        (request.key != 0 && kind.way != Way::func) ||
        // exclusive is a matter of the kind, but for the core's wait_event()
        ((request.flags & LAB_EXCLUSIVE) && (!core || kind.by_hand())) ||
        // a condition that sleeps: not with a lock held
        ((request.flags & (LAB_WINDOW | LAB_NAP)) && kind.lock != row::Lock::NONE);
    return bad ? Error::bad_argument : Error::none;
}

// sleep_on is the core's alone: the kernel has removed it, and it is here to show why.
bool supported(const WaitKind &kind, const lab_wait &request)
{
    return (kapi_macro_waits() >> kind.value & 1) ||
           (kind.way == Way::sleep_on && request.engine == LAB_ENGINE_CORE);
}

void sleep(WaitCall &call, __s64 timeout_ns, EngineResult &result)
{
    result = {};
    if (call.request.engine == LAB_ENGINE_MACRO)
        lab_wait_by_macro(call, timeout_ns, result);
    else
        lab_wait_by_core(call, timeout_ns, result);
}

struct Answer {
    lab_outcome outcome;
    Error error;
};

Answer answer_for(WaitOutcome outcome)
{
    switch (outcome) {
    case WaitOutcome::satisfied:
        return {LAB_OUTCOME_SATISFIED, Error::none};
    case WaitOutcome::timed_out:
        return {LAB_OUTCOME_TIMED_OUT, Error::timed_out};
    case WaitOutcome::signalled:
        break;
    }
    return {LAB_OUTCOME_SIGNALLED, Error::interrupted};
}

} // namespace

Error wait(Queue &queue, lab_wait &request)
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
    if (request.flags & LAB_ABSOLUTE)
        timeout_ns = timeout_ns > now ? timeout_ns - now : 0;
    WaitCall call(queue, *kind, request);

    EngineResult result;
    sleep(call, timeout_ns, result);
    // Jiffies may lag behind the clock (interrupts were off where they are counted), and a
    // very long timeout was cut: the wait goes on until it is over by the clock. (sleep_on has lost
    // its wake-up then, and would find the condition true.)
    __s64 left = 0;
    while (result.error == Error::none && result.wait.outcome == WaitOutcome::timed_out &&
           kind->way != Way::sleep_on && (left = timeout_ns - (kapi_now_ns() - now)) > 0) {
        request.spurious += result.wait.spurious;
        sleep(call, left, result);
    }
    if (result.error != Error::none)
        return result.error;
    if (result.wait.outcome == WaitOutcome::timed_out) {
        const SpinGuard guard(queue.lock);
        ++queue.totals.timeouts;
    }
    const Answer answer = answer_for(result.wait.outcome);
    request.outcome = answer.outcome;
    request.returned = result.returned;
    request.spurious += result.wait.spurious;
    if (kind->timed() && result.wait.outcome != WaitOutcome::timed_out) {
        left = timeout_ns - (kapi_now_ns() - now);
        request.left_ns = left > 0 ? left : 0;
    }
    // The call that comes after the signal goes on with the time left.
    if (answer.error == Error::interrupted && kind->timed() && !(request.flags & LAB_ABSOLUTE))
        request.timeout_ns = request.left_ns;
    return answer.error;
}

} // namespace waitq::lab
