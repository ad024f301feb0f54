// SPDX-License-Identifier: GPL-2.0
/*
 * close() takes the file out of the list for SIGIO, by the driver's fasync function. That one gives
 * up its mutex at a signal; nobody looks at its error there, and the file is freed in the list.
 * found: closes a file that is still in a list for SIGIO
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <waitq/explore.h>

static DEFINE_MUTEX(mutex);
static struct fasync_struct *listeners;

static int demo_fasync(int fd, struct file *file, int on)
{
	int result;

#ifdef BROKEN
	if (mutex_lock_interruptible(&mutex))
		return -ERESTARTSYS;
#else
	mutex_lock(&mutex);
#endif
	result = fasync_helper(fd, file, on, &listeners);
	mutex_unlock(&mutex);
	return result;
}

static ssize_t demo_write(struct file *file, const char __user *from, size_t size, loff_t *at)
{
	mutex_lock(&mutex);
	kill_fasync(&listeners, SIGIO, POLL_IN);
	mutex_unlock(&mutex);
	return size;
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.write = demo_write,
	.fasync = demo_fasync,
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

EXPLORE(a_listener_is_killed)
{
	struct file *listens = explore_open(O_RDONLY), *writes = explore_open(O_WRONLY);

	THREAD(listener)
	{
		explore_fasync(listens, true);
		explore_close(listens);
	}
	THREAD(writer)
	{
		explore_write(writes, "x", 1);
	}
	KILL(listener);
	AFTER
	{
		explore_close(writes);
	}
}
