// SPDX-License-Identifier: GPL-2.0
// awaited.hpp - what WAITQ_IOC_WAIT waits for, whichever engine and kind it waits by.
#pragma once

#include "error.hpp"
#include "queue.hpp"

namespace waitq {

struct Condition;

// One wait: the request, and what its condition needs. Lives as long as the wait.
class Awaited {
public:
    Awaited(Queue &queue, const WaitKind &kind, waitq_wait &request);
    Awaited(const Awaited &) = delete;
    Awaited &operator=(const Awaited &) = delete;

    // The condition: the counter is at or above the threshold, which is taken if asked for. With
    // WAITQ_WINDOW and WAITQ_NAP it may sleep; else any context that may take a spinlock.
    bool test();

    // What by_kind.hpp asks of a Wanted.
    WAITQ_INLINE CountedQueue &head() { return place.queue; }
    WAITQ_INLINE SpinLock &lock() { return queue.callers; }
    WAITQ_INLINE Condition condition();
    WAITQ_INLINE void before() { ++request.before; }
    WAITQ_INLINE void after() { ++request.after; }

    Queue &queue;
    const WaitKind &kind;
    waitq_wait &request;
    Head &place; // where it waits, if not in a Mortal
    const About about;
    const TaskState state;
    const Exclusive exclusive;

private:
    bool saw_lock();
    void hold_on(__u64 wakes);

    bool looked_ = false;
};

// The condition as wait_event() takes it.
struct Condition {
    Awaited &awaited;

    WAITQ_INLINE bool operator()() const { return awaited.test(); }
    WAITQ_INLINE const About *about() const { return &awaited.about; }
    void woken_in_vain() const;
};

WAITQ_INLINE Condition Awaited::condition()
{
    return {*this};
}

// The lock that a kind is called with, for as long as it is called. By either engine.
class [[nodiscard]] HeldLock {
public:
    explicit HeldLock(Awaited &awaited);
    ~HeldLock();
    HeldLock(const HeldLock &) = delete;
    HeldLock &operator=(const HeldLock &) = delete;

private:
    Awaited &awaited_;
};

// What came of a wait, by either engine.
struct Waited {
    Error error; // unless none, nothing below holds
    WaitResult result;
    long returned; // what the kernel's call returns
};

// Sleep by the engine. Process context, may sleep. (Names without mangling, for
// /proc/PID/wchan and stack traces.)
extern "C" {
void waitq_wait_by_core(Awaited &awaited, __s64 timeout_ns, Waited &waited);
void waitq_wait_by_macro(Awaited &awaited, __s64 timeout_ns, Waited &waited);
}

} // namespace waitq
