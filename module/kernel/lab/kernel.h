/* SPDX-License-Identifier: GPL-2.0 */
/* kernel.h - declarations that the C files of this folder share. */
#ifndef WAITQ_LAB_KERNEL_H
#define WAITQ_LAB_KERNEL_H

#include <linux/wait.h>

#include "../compat.h"

struct attribute_group;
struct class;
struct file_operations;
struct kapi_macro;
struct lab_queue;

/* main.c. Null: there is no such queue. */
struct lab_queue *lab_queue_of(unsigned int index);

/* chardev.c */
extern const struct file_operations lab_fops;

/* sysfs.c: the files of /sys/class/waitq_lab/waitq_labN; a device's drvdata is its queue. */
extern const struct attribute_group *lab_attribute_groups[];

/*
 * by_hand.c: the wait kinds of family HAND, as kapi_macro_wait(). The table in macro.c has them by
 * these names; NULL is a kind that this kernel does not have.
 */
long lab_by_hand_PREPARE_TO_WAIT(struct kapi_macro *wait);
long lab_by_hand_PREPARE_TO_WAIT_EXCLUSIVE(struct kapi_macro *wait);
long lab_by_hand_PREPARE_TO_WAIT_EVENT(struct kapi_macro *wait);
long lab_by_hand_ADD_WAIT_QUEUE(struct kapi_macro *wait);
long lab_by_hand_ADD_WAIT_QUEUE_EXCLUSIVE(struct kapi_macro *wait);
#ifdef WQ_FLAG_PRIORITY
long lab_by_hand_ADD_WAIT_QUEUE_PRIORITY(struct kapi_macro *wait);
#else
#define lab_by_hand_ADD_WAIT_QUEUE_PRIORITY NULL
#endif
#ifdef compat_add_wait_queue_priority_exclusive
long lab_by_hand_ADD_WAIT_QUEUE_PRIORITY_EXCLUSIVE(struct kapi_macro *wait);
#else
#define lab_by_hand_ADD_WAIT_QUEUE_PRIORITY_EXCLUSIVE NULL
#endif
long lab_by_hand_WAIT_WOKEN(struct kapi_macro *wait);
long lab_by_hand_INIT_WAITQUEUE_FUNC_ENTRY(struct kapi_macro *wait);
/* Removed in 3.15. */
#define lab_by_hand_SLEEP_ON_TIMEOUT NULL

/* debugfs.c: /sys/kernel/debug/waitq_lab/. Without debugfs there is nothing, and no error. */
void lab_debugfs_create(void *const *queues, unsigned int count);
void lab_debugfs_remove(void);

/*
 * gate.c: sleeps until a task writes to @class's file "gate". 0, or -ERESTARTSYS because of a
 * signal or a freezer, or another errno.
 */
int lab_gate_wait(struct class *class);

/*
 * threads.c: they use @queue from start to stop, which waits until they have ended. 0, or an errno
 * and none runs. Stop is allowed if none does. Both may sleep.
 */
int lab_threads_start(struct lab_queue *queue);
void lab_threads_stop(void);

#endif
