// SPDX-License-Identifier: GPL-2.0
/*
 * chardev.c - file_operations of /dev/waitqN: each takes the kernel's arguments apart and hands
 * them to the C++ core.
 */
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/uio.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "../../uapi/waitq.h"
#include "../compat.h"
#include "../device.h"
#include "kernel.h"

/*
 * A user namespace may have thousands of users, all of them its owner's: they count as the owner of
 * the outermost namespace.
 */
static kuid_t user_of(const struct cred *cred)
{
	const struct user_namespace *ns = cred->user_ns;

	if (ns == &init_user_ns)
		return cred->euid;
	while (ns->parent != &init_user_ns)
		ns = ns->parent;
	return ns->owner;
}

static int fop_open(struct inode *inode, struct file *filp)
{
	const struct waitq_opener opener = {
		.user = from_kuid(&init_user_ns, user_of(filp->f_cred)),
		.reads = filp->f_mode & FMODE_READ,
		.writes = filp->f_mode & FMODE_WRITE,
	};
	struct waitq_file *file = waitq_open(waitq_queue_of(iminor(inode)), &opener);

	if (!file)
		return -ENOMEM;
	filp->private_data = file;
	/* A read that finds no byte returns to io_uring at once, which then polls. */
	filp->f_mode |= FMODE_NOWAIT;
	return stream_open(inode, filp);
}

static int fop_release(struct inode *inode, struct file *filp)
{
	waitq_release(filp->private_data);
	return 0;
}

enum waitq_blocking waitq_blocking_of(const struct file *filp, const struct kiocb *iocb)
{
	if (filp->f_flags & O_NONBLOCK)
		return WAITQ_NONBLOCK;
	return iocb && (iocb->ki_flags & IOCB_NOWAIT) ? WAITQ_AT_ONCE : WAITQ_BLOCKS;
}

struct kapi_bytes waitq_bytes_of(struct iov_iter *iter)
{
	return (struct kapi_bytes){ .size = iov_iter_count(iter), .iter = iter };
}

/* read() and write() come here, because an iocb and an iov_iter cost them more than the work. */
static ssize_t fop_read(struct file *filp, char __user *user, size_t size, loff_t *pos)
{
	struct kapi_bytes to = { .size = size, .user = (unsigned long)user };

	return waitq_read(filp->private_data, &to, waitq_blocking_of(filp, NULL));
}

static ssize_t fop_write(struct file *filp, const char __user *user, size_t size, loff_t *pos)
{
	struct kapi_bytes from = { .size = size, .user = (unsigned long)user };

	return waitq_write(filp->private_data, &from, waitq_blocking_of(filp, NULL));
}

static ssize_t fop_read_iter(struct kiocb *iocb, struct iov_iter *iter)
{
	struct kapi_bytes to = waitq_bytes_of(iter);

	return waitq_read(iocb->ki_filp->private_data, &to, waitq_blocking_of(iocb->ki_filp, iocb));
}

static ssize_t fop_write_iter(struct kiocb *iocb, struct iov_iter *iter)
{
	struct kapi_bytes from = waitq_bytes_of(iter);

	return waitq_write(iocb->ki_filp->private_data, &from,
			   waitq_blocking_of(iocb->ki_filp, iocb));
}

static __poll_t fop_poll(struct file *filp, poll_table *table)
{
	return (__force __poll_t)waitq_poll(filp->private_data, filp, table);
}

static long fop_ioctl(struct file *filp, unsigned int number, unsigned long argument)
{
	const unsigned int nr = _IOC_NR(number);

	if (number == WAITQ_IOC_POST)
		return waitq_post(filp->private_data, argument);
	if (number == WAITQ_IOC_TAKE)
		return waitq_take(filp->private_data, argument, waitq_blocking_of(filp, NULL));
	if (number != _IO(WAITQ_IOC_MAGIC, nr))
		return -ENOTTY;
	return waitq_ioctl(filp->private_data, nr, argument);
}

static int fop_fasync(int fd, struct file *filp, int on)
{
	return waitq_fasync(filp->private_data, fd, filp, on);
}

const struct file_operations waitq_fops = {
	.owner = THIS_MODULE,
	.open = fop_open,
	.release = fop_release,
	.read = fop_read,
	.write = fop_write,
	.read_iter = fop_read_iter,
	.write_iter = fop_write_iter,
	.poll = fop_poll,
	.unlocked_ioctl = fop_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = waitq_mmap,
	.fasync = fop_fasync,
};

struct waitq_file *kapi_file_get(unsigned int fd, struct kapi_held *held)
{
	struct fd got = fdget(fd);

	BUILD_BUG_ON(sizeof(got) > sizeof(*held));
	if (!fd_file(got))
		return NULL;
	if (fd_file(got)->f_op != &waitq_fops) {
		fdput(got);
		return NULL;
	}
	memcpy(held, &got, sizeof(got));
	return fd_file(got)->private_data;
}

void kapi_file_put(const struct kapi_held *held)
{
	struct fd got;

	memcpy(&got, held, sizeof(got));
	fdput(got);
}
