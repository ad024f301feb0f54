// SPDX-License-Identifier: GPL-2.0
/* main.c - load and unload: parameters, queues, the class and its devices. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/init.h>
#include <linux/log2.h>
#include <linux/module.h>

#include "../uapi/waitq.h"
#include "boundary.h"
#include "compat.h"
#include "kernel.h"

static unsigned int queues = 4;
module_param(queues, uint, 0444);
MODULE_PARM_DESC(queues, "number of devices /dev/waitqN: 1 to 256 (default 4)");

static unsigned int capacity = 65536;
module_param(capacity, uint, 0444);
MODULE_PARM_DESC(capacity,
		 "bytes that a queue holds: a power of two, 64 to 1048576 (default 65536)");

static bool gate;
module_param(gate, bool, 0444);
MODULE_PARM_DESC(gate, "the load sleeps until /sys/class/waitq/gate is written (default N)");

static bool threads;
module_param(threads, bool, 0444);
MODULE_PARM_DESC(
	threads,
	"two kernel threads wait in /dev/waitq0, a third wakes them each second (default N)");

/* Written by load and unload only; no file is open during either. */
static struct waitq_queue *queue_table[WAITQ_QUEUES_MAX];
static dev_t first_number;
static struct cdev *cdev;

struct waitq_queue *waitq_queue_of(unsigned int index)
{
	return queue_table[index];
}

static char *devnode(const struct device *device, umode_t *mode)
{
	if (mode)
		*mode = 0660;
	return NULL;
}

static char *__maybe_unused devnode_before_6_2(struct device *device, umode_t *mode)
{
	return devnode(device, mode);
}

static struct class waitq_class = {
	.name = "waitq",
	.devnode = compat_class_devnode(devnode, devnode_before_6_2),
	.dev_groups = waitq_attribute_groups,
};

static int check_parameters(void)
{
	if (queues < 1 || queues > WAITQ_QUEUES_MAX) {
		pr_err("parameter queues=%u is out of range: 1 to %u\n", queues, WAITQ_QUEUES_MAX);
		return -EINVAL;
	}
	if (capacity < WAITQ_CAPACITY_MIN || capacity > WAITQ_CAPACITY_MAX ||
	    !is_power_of_2(capacity)) {
		pr_err("parameter capacity=%u is out of range: a power of two from %u to %u\n",
		       capacity, WAITQ_CAPACITY_MIN, WAITQ_CAPACITY_MAX);
		return -EINVAL;
	}
	return 0;
}

static void destroy_queues(void)
{
	unsigned int i;

	for (i = 0; i < queues; i++)
		waitq_queue_destroy(queue_table[i]);
}

static int create_queues(void)
{
	unsigned int i;

	for (i = 0; i < queues; i++) {
		queue_table[i] = waitq_queue_create(capacity);
		if (!queue_table[i]) {
			pr_err("no memory for queue %u of %u with capacity %u\n", i, queues,
			       capacity);
			destroy_queues();
			return -ENOMEM;
		}
	}
	return 0;
}

static void destroy_devices(unsigned int count)
{
	while (count--)
		device_destroy(&waitq_class, first_number + count);
}

static int create_devices(void)
{
	unsigned int i;

	for (i = 0; i < queues; i++) {
		struct device *device = device_create(&waitq_class, NULL, first_number + i,
						      queue_table[i], "waitq%u", i);

		if (IS_ERR(device)) {
			pr_err("can't create device waitq%u: error %ld\n", i, PTR_ERR(device));
			destroy_devices(i);
			return PTR_ERR(device);
		}
	}
	return 0;
}

static void create_debugfs(void)
{
	unsigned int i;

	waitq_debugfs_init();
	for (i = 0; i < queues; i++)
		waitq_debugfs_add(i, queue_table[i]);
}

/*
 * The cdev comes last: from then on a file can be open, even while this function runs,
 * so nothing that follows may fail. A node opened before that gets ENXIO.
 */
static int __init waitq_init(void)
{
	int error = check_parameters();

	if (error)
		return error;
	waitq_core_init();
	error = create_queues();
	if (error)
		return error;
	error = alloc_chrdev_region(&first_number, 0, queues, "waitq");
	if (error)
		goto no_numbers;
	error = class_register(&waitq_class);
	if (error)
		goto no_class;
	error = gate ? waitq_gate_wait(&waitq_class) : 0;
	if (error)
		goto no_devices;
	error = create_devices();
	if (error)
		goto no_devices;
	error = threads ? waitq_threads_start(queue_table[0]) : 0;
	if (error)
		goto no_threads;
	error = -ENOMEM;
	cdev = cdev_alloc();
	if (!cdev)
		goto no_cdev;
	cdev->ops = &waitq_fops;
	cdev->owner = THIS_MODULE;
	error = cdev_add(cdev, first_number, queues);
	if (error)
		goto no_cdev_added;
	create_debugfs(); /* its files can be open too */
	return 0;

no_cdev_added:
	kobject_put(&cdev->kobj);
no_cdev:
	waitq_threads_stop();
no_threads:
	destroy_devices(queues);
no_devices:
	class_unregister(&waitq_class);
no_class:
	unregister_chrdev_region(first_number, queues);
no_numbers:
	destroy_queues();
	pr_err("load failed: error %d\n", error);
	return error;
}

static void __exit waitq_exit(void)
{
	cdev_del(cdev);
	waitq_threads_stop();
	waitq_debugfs_exit();
	destroy_devices(queues);
	class_unregister(&waitq_class);
	unregister_chrdev_region(first_number, queues);
	destroy_queues();
}

module_init(waitq_init);
module_exit(waitq_exit);
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
MODULE_DESCRIPTION("The kernel's wait queues, within reach of user space");
MODULE_AUTHOR("the waitq authors");
