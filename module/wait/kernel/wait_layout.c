// SPDX-License-Identifier: GPL-2.0
/*
 * wait_layout.c - compiled to assembly only; kbuild makes wait_layout.h from it (as the kernel
 * makes asm-offsets.h). This is how sizes and values of this very kernel reach the C++ of the
 * wait layer.
 */
#include <linux/errno.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/kbuild.h>
#include <linux/kconfig.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "compat.h"

#define LAYOUT(tag)                                    \
	DEFINE(KAPI_SIZEOF_##tag, sizeof(struct tag)); \
	DEFINE(KAPI_ALIGNOF_##tag, __alignof__(struct tag))
#define VALUE(name) DEFINE(KAPI_##name, name)

int main(void);
int main(void)
{
	LAYOUT(wait_queue_head);
	LAYOUT(wait_queue_entry);
	LAYOUT(spinlock);
	LAYOUT(hrtimer_sleeper);
	LAYOUT(lock_class_key);
	DEFINE(KAPI_OFFSETOF_entry_flags, offsetof(struct wait_queue_entry, flags));

	VALUE(TASK_INTERRUPTIBLE);
	VALUE(TASK_UNINTERRUPTIBLE);
	VALUE(TASK_KILLABLE);
	VALUE(TASK_IDLE);
	DEFINE(KAPI_TASK_FREEZABLE, TASK_INTERRUPTIBLE | COMPAT_TASK_FREEZABLE);
	VALUE(TASK_NORMAL);
	VALUE(WQ_FLAG_EXCLUSIVE);
	VALUE(WQ_FLAG_WOKEN);
	/* 0 where the kernel has none. */
	DEFINE(KAPI_WQ_FLAG_PRIORITY, COMPAT_WQ_FLAG_PRIORITY);
	DEFINE(KAPI_WQ_FLAG_BOOKMARK, COMPAT_WQ_FLAG_BOOKMARK);
	VALUE(MAX_JIFFY_OFFSET);
	DEFINE(KAPI_WF_SYNC_HERE, COMPAT_WF_SYNC_HERE);

	DEFINE(KAPI_DEBUG_ATOMIC_SLEEP, IS_ENABLED(CONFIG_DEBUG_ATOMIC_SLEEP));
	DEFINE(KAPI_LOCKDEP, IS_ENABLED(CONFIG_LOCKDEP));

	/* A system call returns it for a wait that a signal ended. */
	VALUE(ERESTARTSYS);
	return 0;
}
