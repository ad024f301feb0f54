// SPDX-License-Identifier: GPL-2.0
// wait.hpp - WAITQ_IOC_WAIT.
#pragma once

#include "error.hpp"
#include "queue.hpp"

namespace waitq {

// WAITQ_IOC_WAIT, without its copies. With WAITQ_CONSUME and Error::none the threshold
// is lent to the caller, who must settle().
// Process context, may sleep. Fills in the out fields with none, timed_out, interrupted.
Error wait(Queue &queue, waitq_wait &request);

} // namespace waitq
