// SPDX-License-Identifier: GPL-2.0
/*
 * O_NONBLOCK is not looked at: a read that must not block sleeps.
 * found: ASSERT(nobody_sleeps()) fails
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static bool ready;

static ssize_t demo_read(struct file *file, char __user *to, size_t size, loff_t *at)
{
#ifndef BROKEN
	if (!READ_ONCE(ready) && (file->f_flags & O_NONBLOCK))
		return -EAGAIN;
#endif
	return wait_event_interruptible(queue, READ_ONCE(ready));
}

static const struct file_operations operations = { .owner = THIS_MODULE, .read = demo_read };
static struct miscdevice device = { MISC_DYNAMIC_MINOR, "demo", &operations };

static int __init demo_init(void)
{
	return misc_register(&device);
}

static void __exit demo_exit(void)
{
	misc_deregister(&device);
}

module_init(demo_init);
module_exit(demo_exit);
MODULE_LICENSE("GPL");

EXPLORE(a_read_that_must_not_block)
{
	struct file *file = explore_open(O_RDONLY | O_NONBLOCK);
	char byte;

	THREAD(reader)
	{
		explore_read(file, &byte, 1);
	}
	AFTER
	{
		ASSERT(nobody_sleeps());
		explore_close(file);
	}
}
