// SPDX-License-Identifier: GPL-2.0
// mortal.hpp - a wait queue that ends before those who wait in it (wake_up_pollfree).
#pragma once

#include "../wait/by_hand.hpp"
#include "awaited.hpp"

namespace waitq {

// A queue that others may hold on to when it ends: read by RCU, freed after a grace period.
struct Mortal {
    CountedQueue queue; // first: of() finds the Mortal by it
    // Guarded by the head's lock:
    bool ended;
    unsigned long sent_away; // tasks woken by the end of it

    WAITQ_INLINE static Mortal &of(CountedQueue &queue)
    {
        return reinterpret_cast<Mortal &>(queue);
    }
};

// Null: no memory. Process context, may sleep.
Mortal *make_mortal();

// Waits as WAITQ_CALLBACK_POLLER says. The caller has counted itself in mortal_waiting.
// Error::taken: with it there are more than WAITQ_POLLERS_MAX; ended: by end_mortal(), with the
// condition false. Process context, may sleep.
Error sleep_in_mortal(Awaited &awaited, Timeout timeout, HandResult &result);

// A wake-up there. At most WAITQ_POLLERS_MAX are in it, so it is short. Any context.
unsigned long wake_in_mortal(Queue &queue, Wakes wakes);

// wake_up_pollfree, in the context that is asked for: sends everyone away, ends the queue and
// puts a new one in its place. Error::no_memory: nothing was done. Process context, may sleep.
Error end_mortal(Queue &queue, __u32 context, unsigned long &woken);

} // namespace waitq
