/* SPDX-License-Identifier: GPL-2.0 */
/* kernel.h - declarations that the C files of this folder share. */
#ifndef WAITQ_DEVICE_KERNEL_H
#define WAITQ_DEVICE_KERNEL_H

struct attribute_group;
struct file_operations;
struct file;
struct iov_iter;
struct kapi_bytes;
struct kiocb;
struct vm_area_struct;
struct waitq_queue;

/* main.c. Null: there is no such queue. */
struct waitq_queue *waitq_queue_of(unsigned int index);

/* chardev.c */
extern const struct file_operations waitq_fops;
/* For a call that would sleep: by an iocb, or, if that is null, by the file alone. */
enum waitq_blocking waitq_blocking_of(const struct file *filp, const struct kiocb *iocb);
struct kapi_bytes waitq_bytes_of(struct iov_iter *iter);

/* page.c */
int waitq_mmap(struct file *filp, struct vm_area_struct *vma);

/* sysfs.c: the files of /sys/class/waitq/waitqN; a device's drvdata is its queue. */
extern const struct attribute_group *waitq_attribute_groups[];

/* debugfs.c: /sys/kernel/debug/waitq/waitqN/. Without debugfs there is nothing, and no error. */
void waitq_debugfs_create(void *const *queues, unsigned int count);
void waitq_debugfs_remove(void);

#endif
