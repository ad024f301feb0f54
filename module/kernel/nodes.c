// SPDX-License-Identifier: GPL-2.0
/* nodes.c - see nodes.h. */
#include <linux/cdev.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kobject.h>
#include <linux/module.h>

#include "compat.h"
#include "nodes.h"

static const struct nodes *nodes_of(const struct device *device)
{
	return container_of(device->class, struct nodes, class);
}

static char *devnode(const struct device *device, umode_t *mode)
{
	if (mode)
		*mode = nodes_of(device)->mode;
	return NULL;
}

static char *__maybe_unused devnode_before_6_2(struct device *device, umode_t *mode)
{
	return devnode(device, mode);
}

/* An error here leaves the event out: udev would open a node that does not work yet. */
static int uevent(const struct device *device, struct kobj_uevent_env *env)
{
	return READ_ONCE(nodes_of(device)->announced) ? 0 : -EAGAIN;
}

static int __maybe_unused uevent_before_6_3(struct device *device, struct kobj_uevent_env *env)
{
	return uevent(device, env);
}

int nodes_register(struct nodes *nodes)
{
	int error = alloc_chrdev_region(&nodes->first, 0, nodes->count, nodes->name);

	if (error)
		return error;
	nodes->class.name = nodes->name;
	nodes->class.dev_groups = nodes->groups;
	nodes->class.devnode = compat_class_function(devnode, devnode, devnode_before_6_2);
	nodes->class.dev_uevent = compat_class_function(dev_uevent, uevent, uevent_before_6_3);
	error = class_register(&nodes->class);
	if (error)
		unregister_chrdev_region(nodes->first, nodes->count);
	return error;
}

void nodes_unregister(struct nodes *nodes)
{
	class_unregister(&nodes->class);
	unregister_chrdev_region(nodes->first, nodes->count);
}

static void destroy_devices(struct nodes *nodes, unsigned int count)
{
	while (count--)
		device_destroy(&nodes->class, nodes->first + count);
}

static int create_devices(struct nodes *nodes, void *const *queues)
{
	unsigned int i;

	for (i = 0; i < nodes->count; i++) {
		struct device *device = device_create(&nodes->class, NULL, nodes->first + i,
						      queues[i], nodes->format, i);

		if (IS_ERR(device)) {
			destroy_devices(nodes, i);
			return PTR_ERR(device);
		}
	}
	return 0;
}

static int add_cdev(struct nodes *nodes)
{
	struct cdev *cdev = cdev_alloc();
	int error;

	if (!cdev)
		return -ENOMEM;
	cdev->ops = nodes->fops;
	cdev->owner = THIS_MODULE;
	error = cdev_add(cdev, nodes->first, nodes->count);
	if (error)
		kobject_put(&cdev->kobj);
	else
		nodes->cdev = cdev;
	return error;
}

static int announce(struct device *device, void *unused)
{
	kobject_uevent(&device->kobj, KOBJ_ADD);
	return 0;
}

int nodes_add(struct nodes *nodes, void *const *queues)
{
	int error = create_devices(nodes, queues);

	if (error)
		return error;
	/* The last step that may fail, and the first after which a node can be opened. */
	error = add_cdev(nodes);
	if (error) {
		destroy_devices(nodes, nodes->count);
		return error;
	}
	WRITE_ONCE(nodes->announced, true);
	class_for_each_device(&nodes->class, NULL, NULL, announce);
	return 0;
}

void nodes_remove(struct nodes *nodes)
{
	cdev_del(nodes->cdev);
	destroy_devices(nodes, nodes->count);
}
