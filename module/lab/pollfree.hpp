// SPDX-License-Identifier: GPL-2.0
// pollfree.hpp - a wait queue that ends before the tasks that wait in it (wake_up_pollfree).
#pragma once

#include "../wait/by_hand.hpp"
#include "wait_call.hpp"

namespace waitq::lab {

// A queue whose waiters may still hold on to it when it ends: read under RCU, freed after a grace
// period. Its waiters are not exclusive.
struct PollfreeQueue {
    CountedQueue queue; // first: of() finds the PollfreeQueue by it
    // Guarded by the head's lock:
    bool ended;
    unsigned long sent_away; // tasks woken by the end of it

    WAITQ_INLINE static PollfreeQueue &of(CountedQueue &queue)
    {
        return reinterpret_cast<PollfreeQueue &>(queue);
    }
};

// Null: no memory. Process context, may sleep.
PollfreeQueue *make_pollfree_queue();

// Waits as LAB_CALLBACK_POLLER says. The caller has counted itself in pollfree_waiting.
// Error::taken: with it there are more than LAB_POLLERS_MAX; ended: by end_pollfree_queue(), with
// the condition false. Process context, may sleep.
Error sleep_in_pollfree(WaitCall &call, Timeout timeout, HandResult &result);

// A wake-up there; returns the tasks woken. At most LAB_POLLERS_MAX are in it, so it is short.
// Any context.
unsigned long wake_in_pollfree(Queue &queue, Wakes wakes);

// wake_up_pollfree, in the context of LAB_CONTEXTS that is asked for: sends all waiters away, ends
// the queue and puts a new one in its place. Error::no_memory: nothing was done. Process context,
// may sleep.
Error end_pollfree_queue(Queue &queue, __u32 context, unsigned long &woken);

} // namespace waitq::lab
