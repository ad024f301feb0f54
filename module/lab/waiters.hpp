// SPDX-License-Identifier: GPL-2.0
// waiters.hpp - the tasks that are linked into the wait queues of a device.
#pragma once

#include "error.hpp"
#include "queue.hpp"

namespace waitq::lab {

// LAB_IOC_WAITERS, without the copy of the request. Process context, may sleep.
Error list_waiters(Queue &queue, lab_waiters &request);

} // namespace waitq::lab
