// SPDX-License-Identifier: GPL-2.0
/* eventfd.c - the descriptors of WAITQ_IOC_EVENTFD: a file without a node, on a queue's counter. */
#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>

#include "../device.h"
#include "kernel.h"

/* As in chardev.c. */
static ssize_t fop_read(struct file *filp, char __user *user, size_t size, loff_t *pos)
{
	struct kapi_bytes to = { .size = size, .user = (unsigned long)user };

	return waitq_eventfd_read(filp->private_data, &to, waitq_blocking_of(filp, NULL));
}

static ssize_t fop_write(struct file *filp, const char __user *user, size_t size, loff_t *pos)
{
	struct kapi_bytes from = { .size = size, .user = (unsigned long)user };

	return waitq_eventfd_write(filp->private_data, &from, waitq_blocking_of(filp, NULL));
}

static ssize_t fop_read_iter(struct kiocb *iocb, struct iov_iter *iter)
{
	struct kapi_bytes to = waitq_bytes_of(iter);

	return waitq_eventfd_read(iocb->ki_filp->private_data, &to,
				  waitq_blocking_of(iocb->ki_filp, iocb));
}

static ssize_t fop_write_iter(struct kiocb *iocb, struct iov_iter *iter)
{
	struct kapi_bytes from = waitq_bytes_of(iter);

	return waitq_eventfd_write(iocb->ki_filp->private_data, &from,
				   waitq_blocking_of(iocb->ki_filp, iocb));
}

static __poll_t fop_poll(struct file *filp, poll_table *table)
{
	return (__force __poll_t)waitq_eventfd_poll(filp->private_data, filp, table);
}

/* The owner keeps the module, and so the queue, for as long as such a file is open. */
static const struct file_operations eventfd_fops = {
	.owner = THIS_MODULE,
	.read = fop_read,
	.write = fop_write,
	.read_iter = fop_read_iter,
	.write_iter = fop_write_iter,
	.poll = fop_poll,
	.llseek = noop_llseek,
};

int kapi_open_eventfd(struct waitq_queue *queue, unsigned int flags)
{
	struct file *file;
	int fd = get_unused_fd_flags(flags & O_CLOEXEC);

	if (fd < 0)
		return fd;
	file = anon_inode_getfile("[waitq]", &eventfd_fops, queue, O_RDWR | (flags & O_NONBLOCK));
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	file->f_mode |= FMODE_NOWAIT;
	fd_install(fd, file);
	return fd;
}
