// SPDX-License-Identifier: GPL-2.0
// event.hpp - the event counter: posting, waking, putting back.
#pragma once

#include "error.hpp"
#include "queue.hpp"

namespace waitq::lab {

// A post and a wake-up, as user space orders them.
struct Order {
    const WakeKind *kind;
    Wakes wakes; // by the kind and its numbers
    bool macro;  // by the kernel's own macro
    __u64 post;  // added to the counter
};

// Makes an Order of a kind and its numbers. Error::bad_argument: they do not go together;
// unsupported: this kernel does not have the kind.
Error parse_order(__u32 kind, __u32 nr, __u32 key, __u64 post, Order &order);

struct Posted {
    Error error; // none, or overflow: nothing was posted
    __u64 counter;
    __u64 woken;
    // A waiter was counted in that queue at the time of the post. A waiter that was not yet
    // counted tests the counter after the post, so it needs no wake-up.
    bool in_events, in_locked, in_pollfree;
};

// Adds to the counter and wakes each waiter that is not exclusive and that the kind matches, and so
// many exclusive ones as the order says: those in `events` before those in `locked`. Any context.
// If the post would overflow, does nothing; with `anyway`, does everything but the post.
Posted carry_out(Queue &queue, const Order &order, bool anyway);

// Ends a reservation of n: delivered to the taker, or put back for others. Process context.
void settle(Queue &queue, __u64 n, bool delivered);

} // namespace waitq::lab
