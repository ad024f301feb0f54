// SPDX-License-Identifier: GPL-2.0
/*
 * The file operations name no owner: the module can be unloaded while somebody sleeps in it.
 * found: the module is unloaded while reader is in it
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static bool full;

static ssize_t demo_read(struct file *file, char __user *to, size_t size, loff_t *at)
{
	return wait_event_interruptible(queue, READ_ONCE(full));
}

static const struct file_operations operations = {
#ifndef BROKEN
	.owner = THIS_MODULE,
#endif
	.read = demo_read,
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
