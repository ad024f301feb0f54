// SPDX-License-Identifier: GPL-2.0
// wait_core.cpp - WAITQ_IOC_WAIT by the C++ wait layer: this is where it sleeps.
#include "awaited.hpp"
#include "by_kind.hpp"
#include "callback.hpp"
#include "mortal.hpp"

namespace waitq {
namespace {

WAITQ_INLINE void by_func(Awaited &awaited, Timeout timeout, Waited &waited, HandResult &hand)
{
    if (awaited.request.callback == WAITQ_CALLBACK_POLLER) {
        waited.error = sleep_in_mortal(awaited, timeout, hand);
        return;
    }
    CountedQueue &queue = awaited.head();
    FuncEntry entry(queue, awaited, waitq_call_back);
    add_wait_queue(queue.native(), entry.native());
    sleep_while_linked(entry, awaited.state, awaited.exclusive, timeout, Condition{awaited}, hand);
    awaited.request.calls += entry.calls;
}

// sleep_on_timeout() as Linux had it until 3.14, in the loop that its callers wrote. The test
// and the sleep are not one: a wake-up between the two is lost.
//
//   waiter                        waker
//   condition? false
//                                 condition = true; wake: nobody is linked
//   link, sleep
WAITQ_INLINE void by_sleep_on(Awaited &awaited, Timeout timeout, HandResult &hand)
{
    CountedQueue &queue = awaited.head();
    LinkedEntry entry(queue, Exclusive::no);
    entry.set_about(&awaited.about);
    const auto heeded = static_cast<unsigned int>(awaited.state);
    WaitResult &result = hand.wait;
    result.outcome = WaitOutcome::satisfied;
    while (!awaited.test()) {
        if (timeout.expired() || kapi_signal_pending_state(heeded)) {
            result.outcome = timeout.expired() ? WaitOutcome::timed_out : WaitOutcome::signalled;
            break;
        }
        kapi_set_current_state(heeded);
        {
            const HeadGuard guard(queue);
            kapi_link(queue.native(), entry.native());
        }
        timeout.sleep();
        remove_wait_queue(queue.native(), entry.native());
        if (timeout.expired()) { // its callers did not look again
            result.outcome = WaitOutcome::timed_out;
            break;
        }
    }
    result.left = result.satisfied() ? timeout.left_satisfied() : timeout.left();
}

WAITQ_INLINE void sleep_by_hand(Awaited &awaited, Duration time, Waited &waited)
{
    HandResult hand{};
    switch (awaited.kind.sleep) {
    case row::Sleep::FUNC:
        by_func(awaited, Timeout(time.jiffies), waited, hand);
        break;
    case row::Sleep::SLEEP_ON:
        by_sleep_on(awaited, Timeout(time.jiffies), hand);
        break;
    default:
        if (!sleep_by_kind(awaited, time, hand))
            waited.error = Error::taken;
    }
    waited.result = hand.wait;
    awaited.request.observed |=
        (hand.was_empty ? WAITQ_SAW_EMPTY : 0) | (hand.linked ? WAITQ_SAW_LINKED : 0);
}

// What the kernel's call of that kind would have returned.
long returned(const WaitKind &kind, const WaitResult &result)
{
    if (result.outcome == WaitOutcome::signalled)
        return -KAPI_ERESTARTSYS;
    if (kind.clock == row::Clock::HRTIMER)
        return result.outcome == WaitOutcome::timed_out ? -KAPI_ETIME : 0;
    return kind.timed() ? result.left : 0;
}

} // namespace

void waitq_wait_by_core(Awaited &awaited, __s64 timeout_ns, Waited &waited)
{
    const Duration time = Duration::from_ns(timeout_ns);
    const auto sleep = [&]() __attribute__((always_inline))
    {
        const HeldLock held(awaited);
        if (awaited.kind.sleep < row::Sleep::PREPARE)
            waited.result = wait_event_by_kind(awaited, time);
        else
            sleep_by_hand(awaited, time, waited);
        return waited.result;
    };
    Queue &queue = awaited.queue;
    waited.result = counted(queue,
                            awaited.request.callback == WAITQ_CALLBACK_POLLER
                                ? queue.mortal_waiting
                                : waiting(awaited.place, awaited.exclusive),
                            sleep);
    waited.returned = returned(awaited.kind, waited.result);
}

} // namespace waitq
