// SPDX-License-Identifier: GPL-2.0
/*
 * A wake-up comes before its condition: a waiter that looks in between sleeps on.
 * found: a wake-up is lost
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static bool full;

static ssize_t demo_read(struct file *file, char __user *to, size_t size, loff_t *at)
{
	if (wait_event_interruptible(queue, READ_ONCE(full)))
		return -ERESTARTSYS;
	WRITE_ONCE(full, false);
	return put_user('x', to) ?: 1;
}

static ssize_t demo_write(struct file *file, const char __user *from, size_t size, loff_t *at)
{
#ifdef BROKEN
	wake_up_interruptible(&queue);
	WRITE_ONCE(full, true);
#else
	WRITE_ONCE(full, true);
	wake_up_interruptible(&queue);
#endif
	return (ssize_t)size;
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

static void __exit demo_exit(void)
{
	misc_deregister(&device);
}

module_init(demo_init);
module_exit(demo_exit);
MODULE_LICENSE("GPL");
