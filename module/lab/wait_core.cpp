// SPDX-License-Identifier: GPL-2.0
// wait_core.cpp - LAB_IOC_WAIT by the C++ wait layer: this is where it sleeps.
#include "by_kind.hpp"
#include "callback.hpp"
#include "pollfree.hpp"
#include "wait_call.hpp"

namespace waitq::lab {
namespace {

WAITQ_INLINE Error by_func(WaitCall &call, Timeout timeout, HandResult &result)
{
    if (call.request.callback == LAB_CALLBACK_POLLER)
        return sleep_in_pollfree(call, timeout, result);
    CountedQueue &queue = call.head();
    FuncEntry entry(queue, call, lab_call_back);
    add_wait_queue(queue.native(), entry.native());
    sleep_while_linked(entry, call.state, call.exclusive, timeout, call.condition(), result);
    call.request.calls += entry.calls;
    return Error::none;
}

// sleep_on_timeout() as Linux had it until 3.14, in the loop that its callers wrote. The test
// and the sleep are not one: a wake-up between the two is lost. (LAB_WINDOW holds on there, and the
// task then sleeps by an old answer: that is the fault.)
//
//   waiter                        waker
//   condition? false
//                                 condition = true; wake: no task is linked
//   link, sleep
WAITQ_INLINE void by_sleep_on(WaitCall &call, Timeout timeout, HandResult &hand)
{
    CountedQueue &queue = call.head();
    LinkedEntry entry(queue, Exclusive::no);
    entry.set_waiter_info(&call.info);
    const auto heeded = static_cast<unsigned int>(call.state);
    WaitResult &result = hand.wait;
    result.outcome = WaitOutcome::satisfied;
    while (!call.test_once()) {
        (void)call.hold_on();
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

// A WaitCall with the two kinds that are the lab's own.
struct CoreWaiter {
    WaitCall &call;
    const WaitKind &kind;
    const TaskState state;
    const Exclusive exclusive;
    Error error = Error::taken; // if it did not wait

    WAITQ_INLINE CountedQueue &head() { return call.head(); }
    WAITQ_INLINE SpinLock &lock() { return call.lock(); }
    WAITQ_INLINE Condition condition() { return call.condition(); }
    WAITQ_INLINE void before() { call.before(); }
    WAITQ_INLINE void after() { call.after(); }
    WAITQ_INLINE bool sleep_by_func(Timeout timeout, HandResult &result)
    {
        error = by_func(call, timeout, result);
        return error == Error::none;
    }
    WAITQ_INLINE bool sleep_on(Timeout timeout, HandResult &result)
    {
        by_sleep_on(call, timeout, result);
        return true;
    }
};

// The value that the kernel's call of that kind would have returned.
long returned(const WaitKind &kind, const WaitResult &result)
{
    if (result.outcome == WaitOutcome::signalled)
        return -KAPI_ERESTARTSYS;
    if (kind.clock == row::Clock::HRTIMER)
        return result.outcome == WaitOutcome::timed_out ? -KAPI_ETIME : 0;
    return kind.timed() ? result.left : 0;
}

} // namespace

void lab_wait_by_core(WaitCall &call, __s64 timeout_ns, EngineResult &result)
{
    const Duration time = Duration::from_ns(timeout_ns);
    const auto wait = [&]() __attribute__((always_inline))
    {
        const HeldLock held(call);
        CoreWaiter waiter{call, call.kind, call.state, call.exclusive};
        HandResult hand{};
        if (!wait_by_kind(waiter, time, hand))
            result.error = waiter.error;
        call.request.observed |=
            (hand.was_empty ? LAB_SAW_EMPTY : 0) | (hand.linked ? LAB_SAW_LINKED : 0);
        return hand.wait;
    };
    Queue &queue = call.queue;
    result.wait =
        counted(queue,
                call.request.callback == LAB_CALLBACK_POLLER ? queue.pollfree_waiting
                                                             : waiting(call.place, call.exclusive),
                wait);
    result.returned = returned(call.kind, result.wait);
}

} // namespace waitq::lab
