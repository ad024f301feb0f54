/* SPDX-License-Identifier: GPL-2.0 */
/*
 * layout.h - what module/kernel/layout.c makes of a real kernel's headers, for the simulated
 * one. Sizes are those of the structs in objects.hpp, which checks them. Values are those of
 * Linux on x86-64, HZ=250.
 */
#ifndef WAITQ_SIM_LAYOUT_H
#define WAITQ_SIM_LAYOUT_H

#define KAPI_SIZEOF_wait_queue_head 32
#define KAPI_ALIGNOF_wait_queue_head 8
#define KAPI_SIZEOF_wait_queue_entry 40
#define KAPI_ALIGNOF_wait_queue_entry 8
#define KAPI_SIZEOF_spinlock 16
#define KAPI_ALIGNOF_spinlock 8
#define KAPI_SIZEOF_mutex 16
#define KAPI_ALIGNOF_mutex 8
#define KAPI_SIZEOF_hrtimer 24
#define KAPI_ALIGNOF_hrtimer 8
#define KAPI_SIZEOF_hrtimer_sleeper 24
#define KAPI_ALIGNOF_hrtimer_sleeper 8
#define KAPI_SIZEOF_work_struct 16
#define KAPI_ALIGNOF_work_struct 8
#define KAPI_SIZEOF_lock_class_key 1
#define KAPI_ALIGNOF_lock_class_key 1

#define KAPI_TASK_INTERRUPTIBLE 1
#define KAPI_TASK_UNINTERRUPTIBLE 2
#define KAPI_TASK_KILLABLE 258   /* TASK_WAKEKILL | TASK_UNINTERRUPTIBLE */
#define KAPI_TASK_IDLE 1026      /* TASK_NOLOAD | TASK_UNINTERRUPTIBLE */
#define KAPI_TASK_FREEZABLE 8193 /* TASK_FREEZABLE | TASK_INTERRUPTIBLE */
#define KAPI_TASK_NORMAL 3
#define KAPI_WQ_FLAG_EXCLUSIVE 1
#define KAPI_WQ_FLAG_WOKEN 2
#define KAPI_WQ_FLAG_PRIORITY 16
#define KAPI_HZ 250
/* A walk lets go of the lock in the midst of three waiters. */
#define WAITQ_CHUNK 2
#define KAPI_DEBUG_ATOMIC_SLEEP 1
#define KAPI_MAX_JIFFY_OFFSET 4611686018427387902 /* (LONG_MAX >> 1) - 1 */

#define KAPI_EAGAIN 11
#define KAPI_EBUSY 16
#define KAPI_EFAULT 14
#define KAPI_EIDRM 43
#define KAPI_EINVAL 22
#define KAPI_ENOMEM 12
#define KAPI_ENOTTY 25
#define KAPI_EOPNOTSUPP 95
#define KAPI_EOVERFLOW 75
#define KAPI_EPERM 1
#define KAPI_ERESTARTSYS 512
#define KAPI_ETIME 62
#define KAPI_ETIMEDOUT 110

#define KAPI_EPOLLIN 0x1
#define KAPI_EPOLLOUT 0x4
#define KAPI_EPOLLRDNORM 0x40
#define KAPI_EPOLLWRNORM 0x100
#define KAPI_EPOLLMSG 0x400
#define KAPI_SIGIO 29
#define KAPI_POLL_IN 1
#define KAPI_POLL_OUT 2
#define KAPI_POLL_MSG 3

#define KAPI_IOC_READ_WRITE 3

#endif
