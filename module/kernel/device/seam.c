// SPDX-License-Identifier: GPL-2.0
/*
 * seam.c - the rest of the device's part of the seam. The contracts stand in ../device.h.
 */
#include <linux/capability.h>
#include <linux/poll.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <linux/workqueue.h>

#include "../device.h"

int kapi_copy_struct_from_user(void *to, size_t size, unsigned long user, size_t user_size)
{
	return copy_struct_from_user(to, size, (const void __user *)user, user_size);
}

bool kapi_get_words(unsigned long long *to, unsigned long user, unsigned int count)
{
	const u64 __user *from = (const u64 __user *)user;
	unsigned int i;

	might_fault();
	if (!user_read_access_begin(from, count * sizeof(*from)))
		return false;
	for (i = 0; i < count; i++)
		unsafe_get_user(to[i], &from[i], fault);
	user_read_access_end();
	return true;
fault:
	user_read_access_end();
	return false;
}

bool kapi_clear_user(unsigned long user, size_t size)
{
	return !clear_user((void __user *)user, size);
}

size_t kapi_iter_count(const struct iov_iter *iter)
{
	return iov_iter_count(iter);
}

size_t kapi_copy_to_iter(const void *from, size_t size, struct iov_iter *iter)
{
	return copy_to_iter(from, size, iter);
}

size_t kapi_copy_from_iter(void *to, size_t size, struct iov_iter *iter)
{
	return copy_from_iter(to, size, iter);
}

bool kapi_capable_sys_admin(void)
{
	return capable(CAP_SYS_ADMIN);
}

void kapi_poll_wait(struct file *file, struct wait_queue_head *head,
		    struct poll_table_struct *table)
{
	poll_wait(file, head, table);
}

void kapi_work_init(struct work_struct *work)
{
	INIT_WORK(work, waitq_deferred);
}

void kapi_work_schedule(struct work_struct *work)
{
	/* A long walk must not hold up those that wait for a worker of this CPU. */
	queue_work(system_unbound_wq, work);
}

void kapi_work_cancel(struct work_struct *work)
{
	cancel_work_sync(work);
}
