// SPDX-License-Identifier: GPL-2.0
// awaited.cpp - the condition of WAITQ_IOC_WAIT.
#include "awaited.hpp"

namespace waitq {
namespace {

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
    switch (callers) {
    case WAITQ_STATE_UNINTERRUPTIBLE:
        return TaskState::uninterruptible;
    case WAITQ_STATE_KILLABLE:
        return TaskState::killable;
    case WAITQ_STATE_IDLE:
        return TaskState::idle;
    default:
        return TaskState::interruptible;
    }
}

Exclusive exclusive_of(const WaitKind &kind, __u32 flags)
{
    return kind.entry == row::Entry::YES || (flags & WAITQ_EXCLUSIVE) ? Exclusive::yes
                                                                      : Exclusive::no;
}

} // namespace

Awaited::Awaited(Queue &queue_, const WaitKind &kind_, waitq_wait &request_)
    : queue(queue_), kind(kind_), request(request_),
      place(kind.lock == row::Lock::HEAD ? queue.locked : queue.events), about{kind.value,
                                                                               kapi_now_ns()},
      state(state_of(kind, request.state)), exclusive(exclusive_of(kind, request.flags))
{
    request.outcome = WAITQ_OUTCOME_NONE;
    request.observed = kind.lock == row::Lock::NONE ? 0 : WAITQ_SAW_LOCK;
    request.returned = 0;
    request.left_ns = 0;
    request.spurious = request.tests = request.before = request.after = request.calls = 0;
}

bool Awaited::saw_lock()
{
    return kind.lock == row::Lock::CALLER ? queue.callers.is_locked()
                                          : kapi_head_is_locked(head().native());
}

// Until somebody has woken since `wakes` were counted, or a signal comes.
void Awaited::hold_on(__u64 wakes)
{
    // Sleeping by hand sets the state before the test. It would be running afterwards anyway.
    kapi_set_running();
    (void)wait_event(queue.window, TaskState::interruptible, Exclusive::no, Forever(), [&] {
        const SpinGuard guard(queue.lock);
        return queue.totals.wakes != wakes;
    });
    const SpinGuard guard(queue.lock);
    --queue.holding_on;
}

bool Awaited::test()
{
    ++request.tests;
    if (kind.lock != row::Lock::NONE && !saw_lock())
        request.observed &= ~WAITQ_SAW_LOCK;
    if (request.flags & WAITQ_NAP)
        kapi_nap();
    const bool holds_on = (request.flags & WAITQ_WINDOW) && !looked_;
    __u64 wakes;
    {
        const SpinGuard guard(queue.lock);
        if (queue.counter >= request.threshold) {
            if (request.flags & WAITQ_CONSUME) {
                queue.counter -= request.threshold;
                queue.lent += request.threshold;
            }
            return true;
        }
        wakes = queue.totals.wakes;
        queue.holding_on += holds_on;
    }
    if (holds_on) {
        looked_ = true;
        hold_on(wakes);
    }
    return false;
}

HeldLock::HeldLock(Awaited &awaited) : awaited_(awaited)
{
    switch (awaited.kind.lock) {
    case row::Lock::CALLER:
        awaited.lock().lock_irq();
        break;
    case row::Lock::HEAD:
        awaited.head().lock_irq_on();
        break;
    case row::Lock::HEAD_IRQ:
        awaited.head().lock_irq();
        break;
    case row::Lock::NONE:
        break;
    }
}

HeldLock::~HeldLock()
{
    switch (awaited_.kind.lock) {
    case row::Lock::CALLER:
        awaited_.lock().unlock_irq();
        break;
    case row::Lock::HEAD:
        awaited_.head().unlock_irq_on();
        break;
    case row::Lock::HEAD_IRQ:
        awaited_.head().unlock_irq();
        break;
    case row::Lock::NONE:
        break;
    }
}

void Condition::woken_in_vain() const
{
    const SpinGuard guard(awaited.queue.lock);
    ++awaited.queue.totals.spurious;
}

} // namespace waitq
