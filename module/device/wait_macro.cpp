// SPDX-License-Identifier: GPL-2.0
// wait_macro.cpp - WAITQ_IOC_WAIT by the kernel's own macros: the reference.
#include "awaited.hpp"
#include "by_kind.hpp"
#include "registry.hpp"

namespace waitq {
namespace {

bool test(void *awaited)
{
    return static_cast<Awaited *>(awaited)->test();
}

void before(void *awaited)
{
    static_cast<Awaited *>(awaited)->before();
}

void after(void *awaited)
{
    static_cast<Awaited *>(awaited)->after();
}

// From what the kernel's call returned to what came of the wait.
WaitOutcome outcome_of(const WaitKind &kind, long returned)
{
    if (returned == -KAPI_ERESTARTSYS)
        return WaitOutcome::signalled;
    if (kind.clock == row::Clock::HRTIMER)
        return returned == -KAPI_ETIME ? WaitOutcome::timed_out : WaitOutcome::satisfied;
    return kind.timed() && returned == 0 ? WaitOutcome::timed_out : WaitOutcome::satisfied;
}

} // namespace

void waitq_wait_by_macro(Awaited &awaited, __s64 timeout_ns, Waited &waited)
{
    kapi_macro wait{};
    wait.head = awaited.head().native();
    wait.lock = awaited.queue.callers.native();
    wait.state = static_cast<unsigned int>(awaited.state);
    wait.timeout = Duration::from_ns(timeout_ns).jiffies;
    wait.timeout_ns = timeout_ns;
    wait.condition = test;
    wait.before = before;
    wait.after = after;
    wait.context = &awaited;
    wait.callback = awaited.request.callback;
    wait.key = awaited.request.key;
    const Registration registration(awaited.about);
    waited.result = counted(awaited.queue, waiting(awaited.place, awaited.exclusive), [&] {
        {
            const HeldLock held(awaited);
            waited.returned = kapi_macro_wait(awaited.kind.value, &wait);
        }
        return WaitResult{outcome_of(awaited.kind, waited.returned), 0, 0, 0};
    });
    if (waited.returned == -KAPI_EBUSY && awaited.kind.entry == row::Entry::SOLE)
        waited.error = Error::taken;
    awaited.request.calls += wait.calls;
    awaited.request.observed |=
        (wait.was_empty ? WAITQ_SAW_EMPTY : 0) | (wait.linked ? WAITQ_SAW_LINKED : 0);
}

} // namespace waitq
