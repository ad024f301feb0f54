// SPDX-License-Identifier: GPL-2.0
/*
 * A kfifo needs no lock between its reader and its writer. Two writers need one: without it both
 * put their byte at the same place, and one is lost.
 * found: ASSERT(kfifo_len(&ring) == 1) fails
 */
#include <linux/fs.h>
#include <linux/kfifo.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static DEFINE_KFIFO(ring, char, 4);
static DEFINE_SPINLOCK(writers);

/* Of one process at a time. */
static ssize_t demo_read(struct file *file, char __user *to, size_t size, loff_t *at)
{
	char byte;
	int error = wait_event_interruptible(queue, kfifo_get(&ring, &byte));

	if (error)
		return error;
	return put_user(byte, to) ?: 1;
}

static ssize_t demo_write(struct file *file, const char __user *from, size_t size, loff_t *at)
{
	unsigned int written;
	char byte;

	if (get_user(byte, from))
		return -EFAULT;
#ifdef BROKEN
	written = kfifo_in(&ring, &byte, 1);
#else
	written = kfifo_in_spinlocked(&ring, &byte, 1, &writers);
#endif
	wake_up_interruptible(&queue);
	return written ?: -EAGAIN;
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.read = demo_read,
	.write = demo_write,
};
static struct miscdevice device = { MISC_DYNAMIC_MINOR, "demo", &operations };

static int __init demo_init(void)
{
	return misc_register(&device);
}

module_init(demo_init);
MODULE_LICENSE("GPL");

EXPLORE(two_bytes_and_one_is_read)
{
	struct file *file = explore_open(O_RDWR);

	THREAD(reader)
	{
		char byte;

		explore_read(file, &byte, 1);
	}
	THREAD(writer_a)
	{
		explore_write(file, "a", 1);
	}
	THREAD(writer_b)
	{
		explore_write(file, "b", 1);
	}
	AFTER
	{
		ASSERT(kfifo_len(&ring) == 1);
	}
}
