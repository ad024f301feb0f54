// SPDX-License-Identifier: GPL-2.0
// queue.hpp - the state of one /dev/waitq_labN, shared by everything in this folder.
#pragma once

#include "../wait/lock.hpp"
#include "../wait/wait_event.hpp"
#include "kinds.hpp"

namespace waitq::lab {

// A wait queue of the device, and the number of tasks that wait there.
struct Place {
    CountedQueue queue;
    unsigned int waiting[2]; // by Exclusive; guarded by the Queue's lock
};

WAITQ_INLINE unsigned int &waiting(Place &place, Exclusive exclusive)
{
    return place.waiting[exclusive == Exclusive::yes];
}

// Counts since the module was loaded; guarded by the Queue's lock.
struct Totals {
    __u64 wakes, woken, spurious, timeouts, signals;
};

// Wake-ups in `locked` that interrupts leave for a workqueue.
struct Deferred {
    work_struct native; // first: lab_deferred() finds the Deferred by it
    lab_queue *queue;
    // Guarded by the Queue's lock:
    bool all;      // all exclusive waiters are to be woken
    __u64 at_most; // else so many
};

struct PollfreeQueue;

} // namespace waitq::lab

// One device. Each wait queue has one condition, tested under `lock`:
//
//   events    the counter is at or above the waiter's threshold
//   locked    the same, for waiters that hold the head's lock with interrupts on, so that no
//             interrupt may take it: an interrupt leaves its wake-up to `deferred`
//   pollfree  the same, for waiters that outlive their queue (pollfree.hpp)
//   window    a wake-up has been made since the waiter tested (LAB_WINDOW)
//
// Lock order: `callers`, then a head's own lock, then `lock`, with which nothing else is taken.
struct lab_queue {
    waitq::lab::Place events, locked;
    waitq::WaitQueue window;
    waitq::lab::Deferred deferred;

    waitq::SpinLock callers; // the lock of the wait kinds with lock CALLER; guards nothing else
    waitq::SpinLock lock;
    // Guarded by lock:
    __u64 counter;  // the event counter
    __u64 reserved; // taken off the counter for a waiter that has not got its answer yet
    waitq::lab::Totals totals;
    unsigned int holding_on; // tasks in `window`
    unsigned int pollfree_waiting;
    waitq::lab::PollfreeQueue *pollfree; // the pointer; for the object see PollfreeQueue
};

namespace waitq::lab {

using Queue = ::lab_queue;

// A waiter, for onlookers: CountedEntry::waiter_info().
struct WaiterInfo {
    __u32 kind; // enum lab_wait_kind
    __s64 since_ns;
};

// Calls wait() with the task counted as a waiter, and enters the outcome in the totals. Process
// context, may sleep, no lock held. Inlined into each caller, so that /proc/PID/wchan and a stack
// trace name the caller.
template <class Wait>
[[nodiscard]] WAITQ_INLINE WaitResult counted(Queue &queue, unsigned int &waiting, Wait wait)
{
    {
        const SpinGuard guard(queue.lock);
        ++waiting;
    }
    const WaitResult result = wait();
    const SpinGuard guard(queue.lock);
    --waiting;
    queue.totals.woken += result.passed_on;
    queue.totals.signals += result.outcome == WaitOutcome::signalled;
    return result;
}

// Enters a wake-up call in the totals, and lets the tasks in `window` go on. Any context.
void count_wake(Queue &queue, unsigned long woken);

} // namespace waitq::lab
