/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nodes.h - the device nodes of a module, one for each of its queues. The device and the lab share
 * this.
 */
#ifndef WAITQ_NODES_H
#define WAITQ_NODES_H

#include <linux/device.h>
#include <linux/types.h>

struct attribute_group;
struct cdev;
struct file_operations;

struct nodes {
	const char *name;   /* of the class and of the numbers */
	const char *format; /* of a node's name: "waitq%u" */
	umode_t mode;       /* of a node */
	const struct file_operations *fops;
	const struct attribute_group **groups; /* of each device in sysfs */
	unsigned int count;
	/* nodes.c's: */
	struct class class;
	dev_t first;
	struct cdev *cdev;
	bool announced; /* udev may be told of them */
};

/* The numbers and the class. 0 or a negative errno. May sleep. */
int nodes_register(struct nodes *nodes);
void nodes_unregister(struct nodes *nodes);

/*
 * A device for each of @queues, as its drvdata. A node works when udev is told of it. Returns 0,
 * and from then on a file can be open, so nothing that follows in a load may fail; or a negative
 * errno, and no file was opened. May sleep.
 */
int nodes_add(struct nodes *nodes, void *const *queues);
void nodes_remove(struct nodes *nodes);

#endif
