// SPDX-License-Identifier: GPL-2.0
// wait_call.cpp - the condition of LAB_IOC_WAIT.
#include "wait_call.hpp"

namespace waitq::lab {
namespace {

TaskState state_of(lab_state callers)
{
    switch (callers) {
    case LAB_STATE_INTERRUPTIBLE:
        return TaskState::interruptible;
    case LAB_STATE_UNINTERRUPTIBLE:
        return TaskState::uninterruptible;
    case LAB_STATE_KILLABLE:
        return TaskState::killable;
    case LAB_STATE_IDLE:
        return TaskState::idle;
    }
    return TaskState::interruptible;
}

TaskState state_of(const WaitKind &kind, __u32 callers)
{
    switch (kind.state) {
    case row::State::INTERRUPTIBLE:
        return TaskState::interruptible;
    case row::State::UNINTERRUPTIBLE:
        return TaskState::uninterruptible;
    case row::State::KILLABLE:
        return TaskState::killable;
    case row::State::IDLE:
        return TaskState::idle;
    case row::State::FREEZABLE:
        return TaskState::freezable;
    case row::State::CALLER:
        break;
    }
    return state_of(static_cast<lab_state>(callers));
}

Exclusive exclusive_of(const WaitKind &kind, __u32 flags)
{
    return kind.entry == row::Entry::YES || (flags & LAB_EXCLUSIVE) ? Exclusive::yes
                                                                    : Exclusive::no;
}

} // namespace

WaitCall::WaitCall(Queue &queue_, const WaitKind &kind_, lab_wait &request_)
    : queue(queue_), kind(kind_), request(request_),
      place(kind.lock == row::Lock::HEAD ? queue.locked : queue.events), info{kind.value,
                                                                              kapi_now_ns()},
      state(state_of(kind, request.state)), exclusive(exclusive_of(kind, request.flags)),
      window_ahead_(request.flags & LAB_WINDOW)
{
    request.outcome = LAB_OUTCOME_NONE;
    request.observed = kind.lock == row::Lock::NONE ? 0 : LAB_SAW_LOCK;
    request.returned = 0;
    request.left_ns = 0;
    request.spurious = request.tests = request.before = request.after = request.calls = 0;
}

bool WaitCall::lock_is_held()
{
    return kind.lock == row::Lock::CALLER ? queue.callers.is_locked()
                                          : kapi_head_is_locked(head().native());
}

bool WaitCall::test_once()
{
    ++request.tests;
    if (kind.lock != row::Lock::NONE && !lock_is_held())
        request.observed &= ~LAB_SAW_LOCK;
    if (request.flags & LAB_NAP)
        kapi_nap();
    const SpinGuard guard(queue.lock);
    if (queue.counter >= request.threshold) {
        if (request.flags & LAB_CONSUME) {
            queue.counter -= request.threshold;
            queue.reserved += request.threshold;
        }
        return true;
    }
    // Counted here, in one section with the test, so that no wake-up is missed that comes after it.
    if (window_ahead_) {
        ++queue.holding_on;
        wakes_ = queue.totals.wakes;
    }
    return false;
}

bool WaitCall::hold_on()
{
    if (!window_ahead_)
        return false;
    window_ahead_ = false;
    // Sleeping by hand sets the state before the test. It would be running afterwards anyway.
    kapi_set_running();
    // A signal ends it as well; then the wait itself sees the signal.
    (void)wait_event(queue.window, TaskState::interruptible, Exclusive::no, Forever(), [&] {
        const SpinGuard guard(queue.lock);
        return queue.totals.wakes != wakes_;
    });
    const SpinGuard guard(queue.lock);
    --queue.holding_on;
    return true;
}

bool WaitCall::test()
{
    // Without the second test the answer would be as old as the window is long, and a wait could
    // time out with its condition true.
    return test_once() || (hold_on() && test_once());
}

HeldLock::HeldLock(WaitCall &call) : call_(call)
{
    switch (call.kind.lock) {
    case row::Lock::CALLER:
        call.lock().lock_irq();
        break;
    case row::Lock::HEAD:
        call.head().lock_irq_on();
        break;
    case row::Lock::HEAD_IRQ:
        call.head().lock_irq();
        break;
    case row::Lock::NONE:
        break;
    }
}

HeldLock::~HeldLock()
{
    switch (call_.kind.lock) {
    case row::Lock::CALLER:
        call_.lock().unlock_irq();
        break;
    case row::Lock::HEAD:
        call_.head().unlock_irq_on();
        break;
    case row::Lock::HEAD_IRQ:
        call_.head().unlock_irq();
        break;
    case row::Lock::NONE:
        break;
    }
}

void Condition::woken_in_vain() const
{
    const SpinGuard guard(call.queue.lock);
    ++call.queue.totals.spurious;
}

} // namespace waitq::lab
