/* SPDX-License-Identifier: GPL-2.0 */
/*
 * wait_layout.h - what module/wait/kernel/wait_layout.c makes of a real kernel's headers, for the
 * simulated one. Sizes are those of the structs in objects.hpp, which checks them. Values are
 * those of Linux on x86-64, HZ=250.
 */
#ifndef WAITQ_SIM_WAIT_LAYOUT_H
#define WAITQ_SIM_WAIT_LAYOUT_H

#define KAPI_SIZEOF_wait_queue_head 32
#define KAPI_ALIGNOF_wait_queue_head 8
#define KAPI_SIZEOF_wait_queue_entry 40
#define KAPI_ALIGNOF_wait_queue_entry 8
#define KAPI_SIZEOF_spinlock 16
#define KAPI_ALIGNOF_spinlock 8
#define KAPI_SIZEOF_hrtimer_sleeper 24
#define KAPI_ALIGNOF_hrtimer_sleeper 8
#define KAPI_SIZEOF_lock_class_key 1
#define KAPI_ALIGNOF_lock_class_key 1
#define KAPI_OFFSETOF_entry_flags 0

#define KAPI_TASK_INTERRUPTIBLE 1
#define KAPI_TASK_UNINTERRUPTIBLE 2
#define KAPI_TASK_KILLABLE 258   /* TASK_WAKEKILL | TASK_UNINTERRUPTIBLE */
#define KAPI_TASK_IDLE 1026      /* TASK_NOLOAD | TASK_UNINTERRUPTIBLE */
#define KAPI_TASK_FREEZABLE 8193 /* TASK_FREEZABLE | TASK_INTERRUPTIBLE */
#define KAPI_TASK_NORMAL 3
#define KAPI_WQ_FLAG_EXCLUSIVE 1
#define KAPI_WQ_FLAG_WOKEN 2
#define KAPI_WQ_FLAG_BOOKMARK 4
#define KAPI_WQ_FLAG_PRIORITY 16
#define KAPI_HZ 250
#define KAPI_WF_SYNC_HERE 80
#define KAPI_MAX_JIFFY_OFFSET 4611686018427387902 /* (LONG_MAX >> 1) - 1 */
#define KAPI_DEBUG_ATOMIC_SLEEP 1
#define KAPI_LOCKDEP 1

/* A walk lets go of the lock in the midst of three waiters. */
#define WAITQ_CHUNK 2

#define KAPI_EBUSY 16
#define KAPI_ERESTARTSYS 512
#define KAPI_ETIME 62

#endif
