// SPDX-License-Identifier: GPL-2.0
// wait_macro.cpp - LAB_IOC_WAIT by the kernel's own macros: the reference.
#include "by_kind.hpp"
#include "registry.hpp"
#include "wait_call.hpp"

namespace waitq::lab {
namespace {

bool test(void *call)
{
    return static_cast<WaitCall *>(call)->test();
}

void before(void *call)
{
    static_cast<WaitCall *>(call)->before();
}

void after(void *call)
{
    static_cast<WaitCall *>(call)->after();
}

// The outcome of a wait, from the value that the kernel's call returned.
WaitOutcome outcome_of(const WaitKind &kind, long returned)
{
    if (returned == -KAPI_ERESTARTSYS)
        return WaitOutcome::signalled;
    if (kind.clock == row::Clock::HRTIMER)
        return returned == -KAPI_ETIME ? WaitOutcome::timed_out : WaitOutcome::satisfied;
    return kind.timed() && returned == 0 ? WaitOutcome::timed_out : WaitOutcome::satisfied;
}

} // namespace

void lab_wait_by_macro(WaitCall &call, __s64 timeout_ns, EngineResult &result)
{
    kapi_macro wait{};
    wait.head = call.head().native();
    wait.lock = call.queue.callers.native();
    wait.state = static_cast<unsigned int>(call.state);
    wait.timeout = Duration::from_ns(timeout_ns).jiffies;
    wait.timeout_ns = timeout_ns;
    wait.condition = test;
    wait.before = before;
    wait.after = after;
    wait.context = &call;
    wait.callback = call.request.callback;
    wait.key = call.request.key;
    const Registration registration(call.info);
    result.wait = counted(call.queue, waiting(call.place, call.exclusive), [&] {
        {
            const HeldLock held(call);
            result.returned = kapi_macro_wait(call.kind.value, &wait);
        }
        return WaitResult{outcome_of(call.kind, result.returned), 0, 0, 0};
    });
    if (result.returned == -KAPI_EBUSY && call.kind.entry == row::Entry::SOLE)
        result.error = Error::taken;
    call.request.calls += wait.calls;
    call.request.observed |=
        (wait.was_empty ? LAB_SAW_EMPTY : 0) | (wait.linked ? LAB_SAW_LINKED : 0);
}

} // namespace waitq::lab
