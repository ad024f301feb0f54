// SPDX-License-Identifier: GPL-2.0
/* main.c - /dev/mailbox: a write fills the mailbox of box.cpp, a read waits for it. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

#include "../box.h"

static ssize_t mailbox_read(struct file *file, char __user *to, size_t size, loff_t *position)
{
	return mailbox_take(); /* 0 is the end of the file */
}

static ssize_t mailbox_write(struct file *file, const char __user *from, size_t size,
			     loff_t *position)
{
	mailbox_fill();
	return size;
}

static const struct file_operations mailbox_fops = {
	.owner = THIS_MODULE,
	.read = mailbox_read,
	.write = mailbox_write,
};

static struct miscdevice mailbox = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mailbox",
	.fops = &mailbox_fops,
};

static int __init example_init(void)
{
	mailbox_init();
	return misc_register(&mailbox);
}

static void __exit example_exit(void)
{
	misc_deregister(&mailbox);
}

module_init(example_init);
module_exit(example_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A mailbox, with the waitq wait layer");
