// SPDX-License-Identifier: GPL-2.0
// wait_call.hpp - one LAB_IOC_WAIT while it lasts, whichever engine and kind it waits by.
#pragma once

#include "error.hpp"
#include "queue.hpp"

namespace waitq::lab {

struct Condition;

// The request, and the state of its condition.
class WaitCall {
public:
    WaitCall(Queue &queue, const WaitKind &kind, lab_wait &request);
    WaitCall(const WaitCall &) = delete;
    WaitCall &operator=(const WaitCall &) = delete;

    // The condition: the counter is at or above the threshold, which is taken if asked for. With
    // LAB_WINDOW it holds on after the first test that was false, and tests again. With that or
    // LAB_NAP it may sleep; else any context that may take a spinlock.
    bool test();
    // The two halves of test(), for a way to wait with a gap between the test and the sleep: the
    // test, and the holding on, which returns true if it did hold on.
    bool test_once();
    bool hold_on();

    // The functions of a Waiter: by_kind.hpp.
    WAITQ_INLINE CountedQueue &head() { return place.queue; }
    WAITQ_INLINE SpinLock &lock() { return queue.callers; }
    WAITQ_INLINE Condition condition();
    WAITQ_INLINE void before() { ++request.before; }
    WAITQ_INLINE void after() { ++request.after; }

    Queue &queue;
    const WaitKind &kind;
    lab_wait &request;
    Place &place; // where it waits, if not in a PollfreeQueue
    const WaiterInfo info;
    const TaskState state;
    const Exclusive exclusive;

private:
    bool lock_is_held();

    bool window_ahead_; // it has yet to hold on
    __u64 wakes_ = 0;   // the queue's wake-ups at the time of that test
};

// The condition as wait_event() takes it.
struct Condition {
    WaitCall &call;

    WAITQ_INLINE bool operator()() const { return call.test(); }
    WAITQ_INLINE const WaiterInfo *waiter_info() const { return &call.info; }
    void woken_in_vain() const;
};

WAITQ_INLINE Condition WaitCall::condition()
{
    return {*this};
}

// Holds the lock that a kind is called with, until the end of its scope. For either engine.
class [[nodiscard]] HeldLock {
public:
    explicit HeldLock(WaitCall &call);
    ~HeldLock();
    HeldLock(const HeldLock &) = delete;
    HeldLock &operator=(const HeldLock &) = delete;

private:
    WaitCall &call_;
};

// The result of a wait, by either engine.
struct EngineResult {
    Error error; // unless none, nothing below holds
    WaitResult wait;
    long returned; // the value that the kernel's call returns
};

// Sleep by the engine. Process context, may sleep. (Names without mangling, for
// /proc/PID/wchan and stack traces.)
extern "C" {
void lab_wait_by_core(WaitCall &call, __s64 timeout_ns, EngineResult &result);
void lab_wait_by_macro(WaitCall &call, __s64 timeout_ns, EngineResult &result);
}

} // namespace waitq::lab
