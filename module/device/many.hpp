// SPDX-License-Identifier: GPL-2.0
// many.hpp - WAITQ_IOC_WAIT_ANY and _WAIT_ALL: waiting for several queues.
//
// The waiter has an entry in the queue of each item. A waker tests an entry as any other, under its
// head's lock. For an entry of WAIT_ALL it needs the counters of the other queues too, and so the
// locks of their heads. Whoever holds several heads' locks holds the lock of all queues, taken
// first:
//
//   poster to queue 1                  poster to queue 2
//   lock of all; head 1; head 2
//                                      head 2? waits, and holds nothing that the other needs
//
// A post to a queue where nobody waits for all costs nothing of this: Events::waiting_all.
#pragma once

#include "event.hpp"

namespace waitq {

enum class Quorum : bool { any, all };

// The first call of this file.
void many_init();

// WAITQ_IOC_WAIT_ANY or _ALL, without the copies of its struct. Error::none: `number` is the call's
// result. If the result is none or interrupted, overwrites a relative timeout_ns with the time
// left. Process context, may sleep.
Error wait_many(waitq_wait_many &request, Quorum quorum, long &number);

// note_event() for an entry of these.
bool note_many(wait_queue_entry *entry, EventNote &note);

// The lock of all queues. Process context, interrupts on; off while it is held.
class [[nodiscard]] TogetherGuard {
public:
    TogetherGuard();
    ~TogetherGuard();
    TogetherGuard(const TogetherGuard &) = delete;
    TogetherGuard &operator=(const TogetherGuard &) = delete;

    // A section of a head's lock that uses the counter, within that of the lock of all queues.
    static void begin(Queue &queue);
    static void end(Queue &queue);
};

// Both, for a walk through one queue.
class [[nodiscard]] TogetherSection {
public:
    explicit TogetherSection(Queue &queue) : queue_(queue) { begin(); }
    ~TogetherSection() { end(); }
    TogetherSection(const TogetherSection &) = delete;
    TogetherSection &operator=(const TogetherSection &) = delete;

    // Gives both locks back, lets others run, and takes them again.
    void pause();

private:
    void begin();
    void end();

    Queue &queue_;
};

} // namespace waitq
