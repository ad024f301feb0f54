// SPDX-License-Identifier: GPL-2.0
// waiters.hpp - WAITQ_IOC_WAITERS: the entries of the wait queues of a device.
#pragma once

#include "error.hpp"
#include "queue.hpp"

namespace waitq {

// WAITQ_IOC_WAITERS, without the copy of the request. Process context, may sleep.
Error copy_waiters(Queue &queue, waitq_waiters &request);

} // namespace waitq
