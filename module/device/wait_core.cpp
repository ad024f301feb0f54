// SPDX-License-Identifier: GPL-2.0
// wait_core.cpp - WAITQ_IOC_WAIT by the C++ wait layer: this is where it sleeps.
#include "../wait/locked.hpp"
#include "awaited.hpp"
#include "callback.hpp"
#include "mortal.hpp"

namespace waitq {
namespace {

// ---- the wait_event family: a row of the table is a choice of policies ------

template <class Sleep>
WAITQ_INLINE WaitResult by_loop(Awaited &awaited, Sleep sleep)
{
    return wait_event(awaited.head.queue, awaited.state, awaited.exclusive, sleep,
                      Condition{awaited});
}

// With lock CALLER, which is held around it all but the sleep.
template <class Sleep>
WAITQ_INLINE WaitResult by_unlocked(Awaited &awaited, Sleep sleep)
{
    SpinLock &lock = awaited.queue.callers;
    lock.lock_irq();
    const WaitResult result = by_loop(awaited, Unlocked<Sleep>(lock, sleep));
    lock.unlock_irq();
    return result;
}

template <Interrupts interrupts>
WAITQ_INLINE WaitResult by_locked(Awaited &awaited)
{
    const HeldHead<interrupts> held(awaited.head.queue);
    return wait_event_locked<interrupts>(awaited.head.queue, awaited.exclusive, Condition{awaited});
}

WAITQ_INLINE WaitResult by_command(Awaited &awaited)
{
    const auto before = [&] { awaited.before(); };
    const auto after = [&] { awaited.after(); };
    const auto nothing = [] {};
    if (awaited.kind.sleep == row::Sleep::BEFORE_CMD)
        return by_unlocked(awaited, Commanded(Forever(), before, nothing));
    return by_loop(awaited, Commanded(Forever(), before, after));
}

WAITQ_INLINE WaitResult by_wait_event(Awaited &awaited, __s64 timeout_ns)
{
    const auto ns = static_cast<__u64>(timeout_ns);
    const bool freezable = awaited.kind.state == row::State::FREEZABLE;
    const bool timed = awaited.kind.timed();
    switch (awaited.kind.lock) {
    case row::Lock::HEAD:
        return by_locked<Interrupts::on>(awaited);
    case row::Lock::HEAD_IRQ:
        return by_locked<Interrupts::off>(awaited);
    case row::Lock::CALLER:
        return timed ? by_unlocked(awaited, Timeout::from_ns(ns)) : by_unlocked(awaited, Forever());
    case row::Lock::NONE:
        break;
    }
    switch (awaited.kind.clock) {
    case row::Clock::HRTIMER:
        return by_loop(awaited, HrTimeout(timeout_ns));
    case row::Clock::JIFFIES:
        return freezable ? by_loop(awaited, FreezableTimeout::from_ns(ns))
                         : by_loop(awaited, Timeout::from_ns(ns));
    case row::Clock::NONE:
        break;
    }
    return freezable ? by_loop(awaited, ForeverFreezable()) : by_loop(awaited, Forever());
}

// ---- by hand ----------------------------------------------------------------

WAITQ_INLINE void by_add(Awaited &awaited, Timeout timeout, Waited &waited, HandResult &hand)
{
    WaitQueue &queue = awaited.head.queue;
    const Condition condition{awaited};
    switch (awaited.kind.entry) {
    case row::Entry::PRIORITY:
        hand = sleep_first(queue, awaited.state, timeout, condition);
        return;
    case row::Entry::SOLE:
        if (!sleep_sole(queue, awaited.state, timeout, condition, hand))
            waited.error = Error::taken;
        return;
    default:
        hand = sleep_added(queue, awaited.state, awaited.exclusive, timeout, condition);
    }
}

WAITQ_INLINE void by_func(Awaited &awaited, Timeout timeout, Waited &waited, HandResult &hand)
{
    if (awaited.request.callback == WAITQ_CALLBACK_POLLER) {
        waited.error = sleep_in_mortal(awaited, timeout, hand);
        return;
    }
    WaitQueue &queue = awaited.head.queue;
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
    WaitQueue &queue = awaited.head.queue;
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

WAITQ_INLINE void sleep_by_hand(Awaited &awaited, __s64 timeout_ns, Waited &waited)
{
    const Timeout timeout = Timeout::from_ns(static_cast<__u64>(timeout_ns));
    WaitQueue &queue = awaited.head.queue;
    const Condition condition{awaited};
    HandResult hand{};
    switch (awaited.kind.sleep) {
    case row::Sleep::PREPARE:
        hand = sleep_prepared(queue, awaited.state, awaited.exclusive, condition);
        break;
    case row::Sleep::PREPARE_EVENT:
        hand = sleep_prepared_event(queue, awaited.state, awaited.exclusive, condition);
        break;
    case row::Sleep::WOKEN:
        hand = sleep_woken(queue, awaited.state, timeout, condition);
        break;
    case row::Sleep::FUNC:
        by_func(awaited, timeout, waited, hand);
        break;
    case row::Sleep::SLEEP_ON:
        by_sleep_on(awaited, timeout, hand);
        break;
    default:
        by_add(awaited, timeout, waited, hand);
    }
    waited.result = hand.wait;
    awaited.request.observed |=
        (hand.was_empty ? WAITQ_SAW_EMPTY : 0) | (hand.linked ? WAITQ_SAW_LINKED : 0);
}

// ---- both -------------------------------------------------------------------

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
    const auto sleep = [&]() __attribute__((always_inline))
    {
        switch (awaited.kind.sleep) {
        case row::Sleep::PLAIN:
            waited.result = by_wait_event(awaited, timeout_ns);
            break;
        case row::Sleep::IO:
            waited.result = by_loop(awaited, ForeverIo());
            break;
        case row::Sleep::CMD:
        case row::Sleep::BEFORE_CMD:
            waited.result = by_command(awaited);
            break;
        default:
            sleep_by_hand(awaited, timeout_ns, waited);
        }
        return waited.result;
    };
    Queue &queue = awaited.queue;
    waited.result = counted(queue,
                            awaited.request.callback == WAITQ_CALLBACK_POLLER
                                ? queue.mortal_waiting
                                : waiting(awaited.head, awaited.exclusive),
                            sleep);
    waited.returned = returned(awaited.kind, waited.result);
}

} // namespace waitq
