// SPDX-License-Identifier: GPL-2.0
/*
 * The device can be opened as soon as misc_register() has it, and its queue is initialised behind
 * that.
 * found: a null pointer
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <waitq/explore.h>

static wait_queue_head_t queue;
static bool ready;

static ssize_t demo_read(struct file *file, char __user *to, size_t size, loff_t *at)
{
	return wait_event_interruptible(queue, READ_ONCE(ready));
}

static ssize_t demo_write(struct file *file, const char __user *from, size_t size, loff_t *at)
{
	WRITE_ONCE(ready, true);
	wake_up_interruptible(&queue);
	return size;
}

static const struct file_operations demo_operations = {
	.owner = THIS_MODULE,
	.read = demo_read,
	.write = demo_write,
};

static struct miscdevice demo = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "demo",
	.fops = &demo_operations,
};

static int load(void)
{
	int error;

#ifndef BROKEN
	init_waitqueue_head(&queue);
#endif
	error = misc_register(&demo);
#ifdef BROKEN
	init_waitqueue_head(&queue);
#endif
	return error;
}

EXPLORE(opened_while_it_loads)
{
	THREAD(insmod)
	{
		load();
	}
	THREAD(user)
	{
		struct file *file = explore_open_device("demo", O_RDWR);

		explore_write(file, "x", 1);
		explore_close(file);
	}
	AFTER
	{
		misc_deregister(&demo);
	}
}
