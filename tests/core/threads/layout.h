/* SPDX-License-Identifier: GPL-2.0 */
/*
 * layout.h - tests/sim/layout.h for kernel structs with real locks in them. Sizes are those of
 * the structs in objects.hpp, which checks them.
 */
#ifndef WAITQ_THREADS_LAYOUT_H
#define WAITQ_THREADS_LAYOUT_H

#include "../../sim/layout.h"

#undef KAPI_SIZEOF_wait_queue_head
#define KAPI_SIZEOF_wait_queue_head 56
#undef KAPI_SIZEOF_spinlock
#define KAPI_SIZEOF_spinlock 40
#undef KAPI_SIZEOF_mutex
#define KAPI_SIZEOF_mutex 40
#undef KAPI_SIZEOF_hrtimer
#define KAPI_SIZEOF_hrtimer 16

#endif
