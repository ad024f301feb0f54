// SPDX-License-Identifier: GPL-2.0
// wait.hpp - LAB_IOC_WAIT.
#pragma once

#include "error.hpp"
#include "queue.hpp"

namespace waitq::lab {

// LAB_IOC_WAIT, without its copies. With LAB_CONSUME and Error::none the threshold
// is reserved for the caller, which must call settle().
// Process context, may sleep. Fills in the out fields with none, timed_out, interrupted.
Error wait(Queue &queue, lab_wait &request);

} // namespace waitq::lab
