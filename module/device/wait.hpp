// SPDX-License-Identifier: GPL-2.0
// wait.hpp - WAITQ_IOC_WAIT and _SIGNAL_WAIT.
#pragma once

#include "error.hpp"
#include "queue.hpp"

namespace waitq {

// WAITQ_IOC_WAIT, without its copies. If the result is none or interrupted, overwrites a relative
// timeout_ns with the time left. Process context, may sleep.
Error wait(Queue &queue, waitq_wait &request);

// WAITQ_IOC_SIGNAL_WAIT, the same; waits on `queue`. Sets `post` to 0 once it is made.
Error signal_wait(Queue &queue, waitq_signal_wait &request);

} // namespace waitq
