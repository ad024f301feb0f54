// SPDX-License-Identifier: GPL-2.0
/* my_driver.c - the example of docs/explore.md: a byte in a device. It wakes its reader too early.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(wq);
static bool full;
static char byte;

static ssize_t my_read(struct file *file, char __user *to, size_t size, loff_t *at)
{
	int error = wait_event_interruptible(wq, READ_ONCE(full));
	char c = READ_ONCE(byte);

	if (error)
		return error;
	WRITE_ONCE(full, false);
	return copy_to_user(to, &c, 1) ? -EFAULT : 1;
}

static ssize_t my_write(struct file *file, const char __user *from, size_t size, loff_t *at)
{
	char c;

	if (copy_from_user(&c, from, 1))
		return -EFAULT;
	WRITE_ONCE(byte, c);
	wake_up_interruptible(&wq);
	WRITE_ONCE(full, true);
	return 1;
}

static const struct file_operations my_operations = {
	.owner = THIS_MODULE,
	.read = my_read,
	.write = my_write,
};
static struct miscdevice my_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "my",
	.fops = &my_operations,
};
module_misc_device(my_device);
MODULE_LICENSE("GPL");
