// SPDX-License-Identifier: GPL-2.0
/*
 * The module goes, and a timer of its is armed.
 * found: its timer
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/timer.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static struct timer_list timer;
static bool due;

static void fires(struct timer_list *t)
{
	WRITE_ONCE(due, true);
	wake_up_interruptible(&queue);
}

static ssize_t demo_read(struct file *file, char __user *to, size_t size, loff_t *at)
{
	mod_timer(&timer, jiffies + 1);
	return wait_event_interruptible(queue, READ_ONCE(due));
}

static const struct file_operations operations = { .owner = THIS_MODULE, .read = demo_read };
static struct miscdevice device = { MISC_DYNAMIC_MINOR, "demo", &operations };

static int __init demo_init(void)
{
	timer_setup(&timer, fires, 0);
	return misc_register(&device);
}

static void __exit demo_exit(void)
{
	misc_deregister(&device);
#ifndef BROKEN
	del_timer_sync(&timer);
#endif
}

module_init(demo_init);
module_exit(demo_exit);
MODULE_LICENSE("GPL");
