// SPDX-License-Identifier: GPL-2.0
/*
 * layout.c - as ../wait/kernel/wait_layout.c: more sizes and values, for the C++ of the device and
 * of the lab.
 */
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/hrtimer.h>
#include <linux/kbuild.h>
#include <linux/poll.h>
#include <linux/rbtree.h>
#include <linux/sched/signal.h>
#include <linux/workqueue.h>

#define LAYOUT(tag)                                    \
	DEFINE(KAPI_SIZEOF_##tag, sizeof(struct tag)); \
	DEFINE(KAPI_ALIGNOF_##tag, __alignof__(struct tag))
#define VALUE(name) DEFINE(KAPI_##name, name)

int main(void);
int main(void)
{
	LAYOUT(hrtimer);
	LAYOUT(rb_node);
	LAYOUT(rb_root_cached);
	LAYOUT(work_struct);

	VALUE(E2BIG);
	VALUE(EAGAIN);
	VALUE(EBADF);
	VALUE(EBUSY);
	VALUE(EFAULT);
	VALUE(EIDRM);
	VALUE(EINVAL);
	VALUE(ENOMEM);
	VALUE(ENOTTY);
	VALUE(EOPNOTSUPP);
	VALUE(EOVERFLOW);
	VALUE(EPERM);
	VALUE(ETIME);
	VALUE(ETIMEDOUT);

	VALUE(EPOLLIN);
	VALUE(EPOLLOUT);
	VALUE(EPOLLERR);
	VALUE(EPOLLHUP);
	VALUE(EPOLLMSG);
	VALUE(EPOLLRDNORM);
	VALUE(EPOLLWRNORM);
	VALUE(POLL_IN);
	VALUE(POLL_OUT);
	VALUE(POLL_MSG);
	VALUE(SIGIO);

	VALUE(O_CLOEXEC);
	VALUE(O_NONBLOCK);
	return 0;
}
