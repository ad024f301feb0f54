/* SPDX-License-Identifier: GPL-2.0 */
/* kernel.h - what the C files of this folder share. */
#ifndef WAITQ_KERNEL_H
#define WAITQ_KERNEL_H

struct attribute_group;
struct file_operations;
struct waitq_queue;

/* main.c. @index is below the parameter `queues`. */
struct waitq_queue *waitq_queue_of(unsigned int index);

/* chardev.c */
extern const struct file_operations waitq_fops;

/* sysfs.c: the files of /sys/class/waitq/waitqN; a device's drvdata is its queue. */
extern const struct attribute_group *waitq_attribute_groups[];

#endif
