// SPDX-License-Identifier: GPL-2.0
/*
 * chardev.c - file_operations: each takes the kernel's arguments apart and hands them
 * to the C++ core (../../lab/). One thing is decided here: only an administrator opens a node.
 */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/module.h>

#include "../../uapi/waitq_lab.h"
#include "../lab.h"
#include "kernel.h"

static int fop_open(struct inode *inode, struct file *filp)
{
	struct lab_queue *queue = lab_queue_of(iminor(inode));

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (!queue)
		return -ENXIO;
	filp->private_data = queue;
	return nonseekable_open(inode, filp);
}

static long fop_ioctl(struct file *filp, unsigned int number, unsigned long argument)
{
	if (_IOC_TYPE(number) != LAB_IOC_MAGIC || _IOC_DIR(number) != (_IOC_READ | _IOC_WRITE))
		return -ENOTTY;
	return lab_ioctl(filp->private_data, _IOC_NR(number), _IOC_SIZE(number), argument);
}

const struct file_operations lab_fops = {
	.owner = THIS_MODULE,
	.open = fop_open,
	.unlocked_ioctl = fop_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
