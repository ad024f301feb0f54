// SPDX-License-Identifier: GPL-2.0
/*
 * layout.c - compiled to assembly only; kbuild makes layout.h from it (as the kernel
 * makes asm-offsets.h). This is how sizes and values of this very kernel reach C++.
 */
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/kconfig.h>
#include <linux/kbuild.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

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
	LAYOUT(mutex);
	LAYOUT(hrtimer);
	LAYOUT(hrtimer_sleeper);
	LAYOUT(lock_class_key);
	LAYOUT(work_struct);

	VALUE(TASK_INTERRUPTIBLE);
	VALUE(TASK_UNINTERRUPTIBLE);
	VALUE(TASK_KILLABLE);
	VALUE(TASK_IDLE);
	DEFINE(KAPI_TASK_FREEZABLE, TASK_INTERRUPTIBLE | COMPAT_TASK_FREEZABLE);
	VALUE(TASK_NORMAL);
	VALUE(WQ_FLAG_EXCLUSIVE);
	DEFINE(KAPI_WQ_FLAG_PRIORITY, COMPAT_WQ_FLAG_PRIORITY);
	VALUE(WQ_FLAG_WOKEN);
	VALUE(HZ);
	DEFINE(KAPI_DEBUG_ATOMIC_SLEEP, IS_ENABLED(CONFIG_DEBUG_ATOMIC_SLEEP));
	VALUE(MAX_JIFFY_OFFSET);

	VALUE(EAGAIN);
	VALUE(EBUSY);
	VALUE(EFAULT);
	VALUE(EIDRM);
	VALUE(EINVAL);
	VALUE(ENOMEM);
	VALUE(ENOTTY);
	VALUE(EOPNOTSUPP);
	VALUE(EOVERFLOW);
	VALUE(EPERM);
	VALUE(ERESTARTSYS);
	VALUE(ETIME);
	VALUE(ETIMEDOUT);

	VALUE(EPOLLIN);
	VALUE(EPOLLOUT);
	VALUE(EPOLLMSG);
	VALUE(EPOLLRDNORM);
	VALUE(EPOLLWRNORM);
	VALUE(SIGIO);
	VALUE(POLL_IN);
	VALUE(POLL_OUT);
	VALUE(POLL_MSG);

	DEFINE(KAPI_IOC_READ_WRITE, _IOC_READ | _IOC_WRITE);
	return 0;
}
