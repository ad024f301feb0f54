/* SPDX-License-Identifier: GPL-2.0 */
/* kernel.h - what the C files of this folder share. */
#ifndef WAITQ_KERNEL_H
#define WAITQ_KERNEL_H

struct attribute_group;
struct class;
struct file_operations;
struct kapi_macro;
struct wait_queue_entry;
struct waitq_queue;

/* main.c. @index is below the parameter `queues`. */
struct waitq_queue *waitq_queue_of(unsigned int index);

/* chardev.c */
extern const struct file_operations waitq_fops;

/* sysfs.c: the files of /sys/class/waitq/waitqN; a device's drvdata is its queue. */
extern const struct attribute_group *waitq_attribute_groups[];

/* by_hand.c: the kinds of kapi_macro_wait() that are no macro. */
long waitq_by_hand(unsigned int kind, struct kapi_macro *wait);
int waitq_macro_call_back(struct wait_queue_entry *entry, unsigned int mode, int sync, void *key);

/* debugfs.c: /sys/kernel/debug/waitq/waitqN/. Without debugfs there is nothing, and no error. */
void waitq_debugfs_init(void);
void waitq_debugfs_add(unsigned int index, struct waitq_queue *queue);
void waitq_debugfs_exit(void);

/* gate.c: sleeps until somebody writes to @class's file "gate". 0, or -EINTR, or another errno. */
int waitq_gate_wait(struct class *class);

/*
 * threads.c: they use @queue from start to stop, which waits until they have ended. 0, or an errno
 * and none runs. Stop is allowed if none does. Both may sleep.
 */
int waitq_threads_start(struct waitq_queue *queue);
void waitq_threads_stop(void);

#endif
