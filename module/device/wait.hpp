// SPDX-License-Identifier: GPL-2.0
// wait.hpp - WAITQ_IOC_WAIT.
#pragma once

#include "error.hpp"
#include "queue.hpp"

namespace waitq {

// WAITQ_IOC_WAIT, without its copies. If the result is none or interrupted, overwrites a relative
// timeout_ns with the time left. Process context, may sleep.
Error wait(Queue &queue, waitq_wait &request);

} // namespace waitq
