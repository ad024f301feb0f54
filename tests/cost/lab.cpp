// SPDX-License-Identifier: GPL-2.0
// lab.cpp - each wait kind by the wait layer as the lab uses it: in a CountedQueue, with a
// condition that tells of its waiter, and the kind chosen when the call runs, by its row.
#include "kernel/cost.h"

#include "../../module/lab/by_kind.hpp"

namespace waitq::lab {
namespace {

static_assert(sizeof(CountedQueue) == sizeof(cost_queue));

struct Condition {
    cost &subject;
    const WaitKind &kind;

    WAITQ_INLINE bool operator()() const { return const_cast<const volatile bool &>(subject.flag); }
    WAITQ_INLINE const WaitKind *waiter_info() const { return &kind; }
    WAITQ_INLINE void woken_in_vain() const {}
};

// What a WaitCall is to the lab.
struct Subject {
    cost &subject;
    const WaitKind &kind;
    const TaskState state;
    const Exclusive exclusive;

    WAITQ_INLINE CountedQueue &head() { return reinterpret_cast<CountedQueue &>(subject.queue); }
    WAITQ_INLINE SpinLock &lock() { return reinterpret_cast<SpinLock &>(subject.lock); }
    WAITQ_INLINE Condition condition() { return {subject, kind}; }
    WAITQ_INLINE void before() {}
    WAITQ_INLINE void after() {}
    // The two that are of the lab's own making have no row here: COST_HAS().
    WAITQ_INLINE bool sleep_by_func(Timeout, HandResult &) { return false; }
    WAITQ_INLINE bool sleep_on(Timeout, HandResult &) { return false; }
};

constexpr TaskState states[] = {TaskState::interruptible, TaskState::uninterruptible,
                                TaskState::killable,      TaskState::idle,
                                TaskState::freezable,     TaskState::interruptible};

} // namespace
} // namespace waitq::lab

void cost_lab_wait(cost *subject, unsigned int value)
{
    using namespace waitq;
    using namespace waitq::lab;
    const WaitKind &kind = wait_kinds[value];
    Subject waiter{*subject, kind, states[static_cast<int>(kind.state)],
                   kind.entry == row::Entry::YES ? Exclusive::yes : Exclusive::no};
    HandResult result{};
    subject->waited = wait_by_kind(waiter, Duration{COST_JIFFIES, COST_NS}, result);
    subject->outcome = static_cast<unsigned char>(result.wait.outcome);
}

void cost_lab_wake(cost *subject)
{
    using namespace waitq;
    subject->woken = reinterpret_cast<CountedQueue &>(subject->queue).wake_up(Wakes::one()).tasks;
}
