// SPDX-License-Identifier: GPL-2.0
// queue.hpp - the state of one /dev/waitqN, shared by everything in this folder.
#pragma once

#include "../wait/lock.hpp"
#include "../wait/wait_event.hpp"
#include "kinds.hpp"
#include "ring.hpp"

namespace waitq {

// A wait queue of a device, with the tasks that sleep in it counted.
struct Head {
    CountedQueue queue;
    unsigned int waiting[2]; // by Exclusive; guarded by the Queue's lock
};

WAITQ_INLINE unsigned int &waiting(Head &head, Exclusive exclusive)
{
    return head.waiting[exclusive == Exclusive::yes];
}

// What happened since the module was loaded; guarded by the Queue's lock.
struct Totals {
    __u64 wakes, woken, spurious, timeouts, signals;
};

// Work that an interrupt leaves for a workqueue: a wake-up in `locked`.
struct Deferred {
    work_struct native; // first: waitq_deferred() finds the Deferred by it
    waitq_queue *queue;
};

struct Mortal;

} // namespace waitq

// One device. Each wait queue has one condition, tested under `lock`:
//
//   readers   no other task is reading, and there is a byte
//   writers   no other task is writing, and there is room for a byte
//   room      there is room for what the task that is writing needs next
//   events    the counter is at or above the waiter's threshold
//   locked    the same, for waiters who hold the head's lock with interrupts on, so that no
//             interrupt may take it: those leave the wake-up to `deferred`
//   mortal    the same, for waiters who outlive their queue (mortal.hpp)
//   window    somebody has woken since the waiter looked
//
// `room` has at most one waiter. Pollers have a queue of their own, whatever they poll for:
// an EPOLLEXCLUSIVE one among the waiters would take wake-ups that it does not use.
//
// Lock order: `callers`, then a head's own lock, then `lock`, with which nothing else is taken.
struct waitq_queue {
    waitq::Head readers, writers, room, events, locked;
    waitq::WaitQueue window, pollers;
    waitq::Deferred deferred;

    waitq::SpinLock callers; // the lock of the wait kinds with lock CALLER; guards nothing else
    waitq::SpinLock lock;
    // Guarded by lock:
    waitq::Ring ring; // but its bytes: see Ring
    bool reading;     // a task has the reading end to itself
    bool writing;     // a task has the writing end to itself
    __u64 counter;    // the event counter
    __u64 lent;       // taken off the counter, not yet delivered to the taker
    waitq::Totals totals;
    // Who was refused because an end was taken hears by SIGIO when it is given back.
    bool owes_in, owes_out;

    unsigned int holding_on; // tasks in `window`
    unsigned int mortal_waiting;
    waitq::Mortal *mortal; // what it points to: see there

    fasync_struct *subscribers; // to SIGIO; guarded by the kernel's fasync lock
};

namespace waitq {

using Queue = ::waitq_queue;

// What an onlooker learns of a waiter: CountedEntry::about().
struct About {
    __u32 kind; // enum waitq_wait_kind
    __s64 since_ns;
};

// A condition that enters wake-ups in vain in the totals as they come, and tells of its waiter.
template <class Condition>
struct Counted {
    Queue &queue;
    const About &about_;
    Condition &condition;

    WAITQ_INLINE bool operator()() const { return condition(); }
    WAITQ_INLINE const About *about() const { return &about_; }
    WAITQ_INLINE void woken_in_vain() const
    {
        const SpinGuard guard(queue.lock);
        ++queue.totals.spurious;
    }
};

// Calls wait(), in which the task may sleep, counted as a waiter, and enters in the totals what
// came of it. Process context, may sleep, no lock held. Inlined into each caller, so
// that /proc/PID/wchan and a stack trace name the caller.
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

// An exclusive, interruptible wait without end, as read() and write() do it.
template <class Condition>
[[nodiscard]] WAITQ_INLINE WaitResult sleep_in(Queue &queue, Head &head, Condition condition)
{
    const About about{WAITQ_WAIT_EVENT_INTERRUPTIBLE_EXCLUSIVE, kapi_now_ns()};
    return counted(
        queue, waiting(head, Exclusive::yes), [&]() __attribute__((always_inline)) {
            return wait_event(head.queue, TaskState::interruptible, Exclusive::yes, Forever(),
                              Counted<Condition>{queue, about, condition});
        });
}

// Wakes in `head`, and enters that in the totals. The condition was made true under
// queue.lock, which is no longer held. Any context. Returns the tasks woken.
unsigned long wake(Queue &queue, Head &head, Wakes wakes);

// Enters a wake-up call in the totals, and lets those in `window` go on. Any context.
void count_wake(Queue &queue, unsigned long woken);

enum PollMask : unsigned int {
    poll_in = KAPI_EPOLLIN | KAPI_EPOLLRDNORM,
    poll_out = KAPI_EPOLLOUT | KAPI_EPOLLWRNORM,
    poll_event = KAPI_EPOLLMSG,
};

// Tells those who poll for `mask` and, if `band` is not 0, the subscribers to SIGIO. Any context.
void notify(Queue &queue, PollMask mask, int band);

// What a write can have at once, whatever its size: the promise behind POLLOUT.
WAITQ_INLINE unsigned int atomic_write(const Queue &queue)
{
    const unsigned int capacity = queue.ring.capacity();
    return capacity < WAITQ_ATOMIC_WRITE ? capacity : WAITQ_ATOMIC_WRITE;
}

// What poll says. queue.lock held.
WAITQ_INLINE bool readable(const Queue &queue)
{
    return !queue.reading && queue.ring.size() != 0;
}
WAITQ_INLINE bool writable(const Queue &queue)
{
    return !queue.writing && queue.ring.room() >= atomic_write(queue);
}

} // namespace waitq
