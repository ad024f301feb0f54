/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat.h - every difference between kernel versions that the wait layer meets, and nothing
 * else. A feature is tested by its type or macro where that can be seen; a version number is
 * the last resort, because stable kernels carry backports.
 */
#ifndef WAITQ_WAIT_COMPAT_H
#define WAITQ_WAIT_COMPAT_H

#include <linux/freezer.h>
#include <linux/hrtimer.h>
#include <linux/poll.h>
#include <linux/version.h>
#include <linux/wait.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
#error "waitq supports Linux 5.10 and newer; these headers are of an older kernel"
#endif

/* hrtimer_setup_sleeper_on_stack() is new in 6.13; its forerunner is gone since 6.15. */
static inline void compat_hrtimer_setup_sleeper_on_stack(struct hrtimer_sleeper *sleeper)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	hrtimer_setup_sleeper_on_stack(sleeper, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
#else
	hrtimer_init_sleeper_on_stack(sleeper, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
#endif
}

/* A state since 6.1; before, the task told the freezer around its sleep. */
#ifdef TASK_FREEZABLE
#define COMPAT_TASK_FREEZABLE TASK_FREEZABLE
#define compat_freezable_schedule() schedule()
#define compat_freezable_schedule_timeout(timeout) schedule_timeout(timeout)
#else
#define COMPAT_TASK_FREEZABLE 0
#define compat_freezable_schedule() freezable_schedule()
#define compat_freezable_schedule_timeout(timeout) freezable_schedule_timeout(timeout)
#endif

/* PRIORITY and add_wait_queue_priority() are new in 5.11. */
#ifdef WQ_FLAG_PRIORITY
#define COMPAT_WQ_FLAG_PRIORITY WQ_FLAG_PRIORITY
#else
#define COMPAT_WQ_FLAG_PRIORITY 0
#endif

/* Until 6.7 the kernel's own wake-ups mark their place too, by entries without a function. */
#ifdef WQ_FLAG_BOOKMARK
#define COMPAT_WQ_FLAG_BOOKMARK WQ_FLAG_BOOKMARK
#else
#define COMPAT_WQ_FLAG_BOOKMARK 0
#endif

/*
 * Wake flags of kernel/sched/sched.h, which no header for modules has: WF_SYNC, the waker is about
 * to sleep; and since 6.6 WF_CURRENT_CPU, the woken task is to run here. (0x40 was another flag
 * before.)
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#define COMPAT_WF_SYNC_HERE (0x10 | 0x40)
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
#define COMPAT_WF_SYNC_HERE 0x10
#else
#define COMPAT_WF_SYNC_HERE 0x01
#endif

/* add_wait_queue_priority_exclusive() is new in 6.17, and no macro tells. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
#define compat_add_wait_queue_priority_exclusive add_wait_queue_priority_exclusive
#endif

/*
 * wake_up_pollfree() calls __wake_up_pollfree(), which Debian's kernels export to modules and
 * others do not. This does the same.
 */
static inline void compat_wake_up_pollfree(struct wait_queue_head *head)
{
	if (!waitqueue_active(head))
		return;
	__wake_up(head, TASK_NORMAL, 0, poll_to_key(EPOLLHUP | POLLFREE));
	WARN_ON_ONCE(waitqueue_active(head));
}

#endif
