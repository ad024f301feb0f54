// SPDX-License-Identifier: GPL-2.0
// event.hpp - the event counter: post, wake, wait.
#pragma once

#include "error.hpp"
#include "queue.hpp"

namespace waitq {

// Makes Wakes of what user space said; false if that is not valid.
bool parse_wakes(__u32 kind, __u32 nr, Wakes &wakes);

struct Posted {
    Error error; // none, or overflow: nothing was posted
    __u64 counter;
};

// Adds n to the counter. Any context.
Posted post(Queue &queue, __u64 n);

// Wakes in `events`, tells pollers and, if n was posted, the subscribers to SIGIO. Any context.
__u64 announce(Queue &queue, __u64 n, Wakes wakes);

// WAITQ_IOC_WAIT, without its copies. With WAITQ_CONSUME and Error::none the threshold
// is lent to the caller, who must settle().
// Process context, may sleep. Fills in the out fields with none, timed_out, interrupted.
Error wait(Queue &queue, waitq_wait &request);

// Ends the lending of n: delivered to the taker, or put back for others.
void settle(Queue &queue, __u64 n, bool delivered);

} // namespace waitq
