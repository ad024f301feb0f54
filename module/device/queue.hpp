// SPDX-License-Identifier: GPL-2.0
// queue.hpp - the state of one /dev/waitqN, shared by everything in this folder.
#pragma once

#include "../uapi/waitq.h"
#include "../wait/granted.hpp"
#include "ring.hpp"

namespace waitq {

// Counts since the module was loaded. The stream has its own (its wait queues count the woken), and
// so has the event counter.
struct Totals {
    __u64 wakes, woken, spurious, timeouts, interrupted;
};

// The waiters that a post may wake: each that is not exclusive, and so many exclusive ones.
struct Budget {
    bool all;        // all exclusive ones
    unsigned int nr; // else so many

    // From user space's `nr`.
    WAITQ_INLINE static constexpr Budget from(unsigned int nr)
    {
        return {nr == 0 || nr > __INT_MAX__, nr};
    }
};

// Work that an interrupt leaves for a thread of the kernel.
struct Deferred {
    work_struct native; // first: waitq_deferred() finds the Deferred by it
    waitq_queue *queue;
    // Guarded by the lock of Events::queue:
    bool waiters; // to wake, as `budget` says
    Budget budget;
    bool pollers, subscribers, room; // to tell
};

// The page that user space maps: see page.hpp. The lock of Events::queue guards all of it.
struct MappedPage {
    __u64 *counter;        // in the page; null: nobody has mapped it yet
    unsigned int mappings; // of it
    bool lent;             // the counter is in the page, and user space changes it
};

// The event counter. The lock of `queue` guards all of it.
struct Events {
    WaitQueue queue;   // entries: EventEntry, event_wait.cpp; ManyEntry, many.cpp
    WaitQueue room;    // tasks in write of an EVENTFD, for room below WAITQ_COUNTER_MAX
    WaitQueue pollers; // of EVENTFDs

    __u64 counter; // unless it is in the page
    MappedPage page;
    unsigned int waiting[2];  // linked into `queue`, by Exclusive
    unsigned int waiting_all; // those of them that wait for other queues too: many.hpp
    unsigned int want_room;   // tasks in `room`, or on their way there
    bool room_news;           // room was made that `room` or the pollers wait for
    bool polled;              // a poller may be linked, here or into the device's pollers
    Totals totals;
    Deferred deferred;
};

// The byte stream. The lock of `readers` guards all of it: "the stream's lock". Each wait queue has
// one condition, tested under it:
//
//   readers   no other task is reading, and there is a byte
//   writers   no other task is writing, and there is room for a byte
//   room      there is room for what the task that is writing needs next
//
// `room` has at most one waiter.
struct Stream {
    CountedQueue readers, writers, room;

    Ring ring;    // but its bytes: see Ring
    bool reading; // a task has the reading end to itself
    bool writing; // a task has the writing end to itself
    unsigned int waiting_readers, waiting_writers;
    // SIGIO tells a caller that got EAGAIN because an end was taken, once that end is free.
    bool sigio_in_pending, sigio_out_pending;
    bool polled; // a poller may be linked
    Totals totals;

    WAITQ_INLINE void assert_held() { readers.assert_held(); }
};

} // namespace waitq

// One device. Its pollers have a queue of their own, whatever they poll for: an
// EPOLLEXCLUSIVE one among the waiters would take wake-ups that it does not use.
//
// Lock order: the timers' lock (timers.hpp), or the lock of all queues (many.hpp); then a head's
// own lock, and only with the lock of all queues the locks of several heads; then the lock of a
// call that waits for several queues (many.cpp).
struct waitq_queue {
    waitq::Events events;
    waitq::Stream stream;
    waitq::WaitQueue pollers;
    fasync_struct *subscribers; // to SIGIO; guarded by the kernel's fasync lock
};

namespace waitq {

using Queue = ::waitq_queue;

enum PollMask : unsigned int {
    poll_in = KAPI_EPOLLIN | KAPI_EPOLLRDNORM,
    poll_out = KAPI_EPOLLOUT | KAPI_EPOLLWRNORM,
    poll_event = KAPI_EPOLLMSG,
    poll_full = KAPI_EPOLLERR,
    poll_in_full = poll_in | poll_full,
};

// Tells those that poll the device for `mask` and, if `band` is not 0, the subscribers to SIGIO.
// Process context, no lock held.
void notify(Queue &queue, PollMask mask, int band);

// The bytes of the longest atomic write. POLLOUT promises that one goes through.
WAITQ_INLINE unsigned int atomic_write(const Stream &stream)
{
    const unsigned int capacity = stream.ring.capacity();
    return capacity < WAITQ_ATOMIC_WRITE ? capacity : WAITQ_ATOMIC_WRITE;
}

// The conditions of POLLIN and POLLOUT.
WAITQ_INLINE bool readable(Stream &stream)
{
    stream.assert_held();
    return !stream.reading && stream.ring.size() != 0;
}
WAITQ_INLINE bool writable(Stream &stream)
{
    stream.assert_held();
    return !stream.writing && stream.ring.room() >= atomic_write(stream);
}

} // namespace waitq
