/* SPDX-License-Identifier: GPL-2.0 */
/*
 * wait_layout.h - tests/sim/wait_layout.h for kernel structs with real locks in them. Sizes are
 * those of the structs in objects.hpp, which checks them.
 */
#ifndef WAITQ_THREADS_WAIT_LAYOUT_H
#define WAITQ_THREADS_WAIT_LAYOUT_H

#include "../../sim/wait_layout.h"

#undef KAPI_SIZEOF_wait_queue_head
#define KAPI_SIZEOF_wait_queue_head 56
#undef KAPI_SIZEOF_spinlock
#define KAPI_SIZEOF_spinlock 40
/* A mutex does not tell what thread has it. */
#undef KAPI_LOCKDEP
#define KAPI_LOCKDEP 0

#endif
