// SPDX-License-Identifier: GPL-2.0
/*
 * seam.c - the rest of the device's part of the seam. The contracts stand in ../device.h.
 */
#include <linux/capability.h>
#include <linux/poll.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <linux/workqueue.h>

#include "../compat.h"
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

/*
 * For a few bytes this is much quicker than copy_to_user(): no check of the kernel's side, no
 * string instruction. False: a bad address, or, with faults disabled, one that is not there now.
 */
static bool put_few(unsigned long address, const u8 *from, unsigned int size)
{
	u8 __user *to = (u8 __user *)address;
	unsigned long word;
	unsigned int i;

	if (!user_write_access_begin(to, size))
		return false;
	if (likely(size == 1)) { /* no loop to set up */
		unsafe_put_user(*from, to, fault);
		user_write_access_end();
		return true;
	}
	for (i = 0; size - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, from + i, sizeof(word));
		unsafe_put_user(word, (unsigned long __user *)(to + i), fault);
	}
	for (; i < size; i++)
		unsafe_put_user(from[i], &to[i], fault);
	user_write_access_end();
	return true;
fault:
	user_write_access_end();
	return false;
}

static bool get_few(u8 *to, unsigned long address, unsigned int size)
{
	const u8 __user *from = (const u8 __user *)address;
	unsigned long word;
	unsigned int i;

	if (!user_read_access_begin(from, size))
		return false;
	if (likely(size == 1)) {
		unsafe_get_user(*to, from, fault);
		user_read_access_end();
		return true;
	}
	for (i = 0; size - i >= sizeof(word); i += sizeof(word)) {
		unsafe_get_user(word, (const unsigned long __user *)(from + i), fault);
		memcpy(to + i, &word, sizeof(word));
	}
	for (; i < size; i++)
		unsafe_get_user(to[i], &from[i], fault);
	user_read_access_end();
	return true;
fault:
	user_read_access_end();
	return false;
}

static size_t move_behind(struct kapi_bytes *bytes, size_t size)
{
	bytes->user += size;
	bytes->size -= size;
	return size;
}

size_t kapi_copy_out(struct kapi_bytes *to, const void *from, size_t size)
{
	if (to->iter)
		return move_behind(to, copy_to_iter(from, size, to->iter));
	return move_behind(to, size - copy_to_user((void __user *)to->user, from, size));
}

size_t kapi_copy_in(struct kapi_bytes *from, void *to, size_t size)
{
	if (from->iter)
		return move_behind(from, copy_from_iter(to, size, from->iter));
	return move_behind(from, size - copy_from_user(to, (void __user *)from->user, size));
}

bool kapi_try_copy_out(const struct kapi_bytes *to, const void *from, unsigned int size)
{
	bool done;

	if (to->iter)
		return false;
	pagefault_disable();
	done = put_few(to->user, from, size);
	pagefault_enable();
	return done;
}

bool kapi_try_copy_in(const struct kapi_bytes *from, void *to, unsigned int size)
{
	bool done;

	if (from->iter)
		return false;
	pagefault_disable();
	done = get_few(to, from->user, size);
	pagefault_enable();
	return done;
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
	queue_work(compat_unbound_wq, work);
}

void kapi_work_cancel(struct work_struct *work)
{
	cancel_work_sync(work);
}
