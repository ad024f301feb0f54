/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_FS_H
#define _LINUX_FS_H
#include <fcntl.h>
#include <linux/kdev_t.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define FMODE_READ 1U
#define FMODE_WRITE 2U
#define FMODE_NOWAIT 4U
#ifndef FASYNC
#define FASYNC 020000
#endif
#ifndef SIGIO
#define SIGIO 29
#define SIGURG 23
#endif
#ifndef POLL_IN
#define POLL_IN 1
#define POLL_OUT 2
#define POLL_MSG 3
#define POLL_ERR 4
#define POLL_PRI 5
#define POLL_HUP 6
#endif
#define S_IRUGO 0444
#define S_IWUGO 0222
#define NO_LLSEEK 1

struct file;
struct inode;
struct poll_table_struct;
struct vm_area_struct;
struct kiocb;
struct iov_iter;
struct cdev;
struct file_operations {
	struct module *owner;
	loff_t (*llseek)(struct file *, loff_t, int);
	ssize_t (*read)(struct file *, char __user *, size_t, loff_t *);
	ssize_t (*write)(struct file *, const char __user *, size_t, loff_t *);
	ssize_t (*read_iter)(struct kiocb *, struct iov_iter *);
	ssize_t (*write_iter)(struct kiocb *, struct iov_iter *);
	__poll_t (*poll)(struct file *, struct poll_table_struct *);
	long (*unlocked_ioctl)(struct file *, unsigned int, unsigned long);
	long (*compat_ioctl)(struct file *, unsigned int, unsigned long);
	int (*mmap)(struct file *, struct vm_area_struct *);
	int (*open)(struct inode *, struct file *);
	int (*flush)(struct file *, void *);
	int (*release)(struct inode *, struct file *);
	int (*fsync)(struct file *, loff_t, loff_t, int);
	int (*fasync)(int, struct file *, int);
	void *splice_read, *splice_write;
};
struct inode {
	dev_t i_rdev;
	struct cdev *i_cdev;
	void *i_private;
};
struct sim_entry; /* of /proc or debugfs */
struct file {
	const struct file_operations *f_op;
	struct inode *f_inode;
	void *private_data;
	loff_t f_pos;
	unsigned int f_flags;
	fmode_t f_mode;
	struct inode inode; /* its own: of a node that is opened often there are as many */
	struct sim_entry *entry;
	bool is_open; /* of an entry: release() is still to come */
};
struct fasync_struct {
	struct file *fa_file;
	struct fasync_struct *fa_next;
	int fa_fd;
};
static inline unsigned int iminor(const struct inode *inode)
{
	return MINOR(inode->i_rdev);
}
static inline unsigned int imajor(const struct inode *inode)
{
	return MAJOR(inode->i_rdev);
}
#define file_inode(file) ((file)->f_inode)
static inline loff_t no_llseek(struct file *file, loff_t offset, int whence)
{
	return -ESPIPE;
}
static inline loff_t noop_llseek(struct file *file, loff_t offset, int whence)
{
	return file->f_pos;
}
static inline loff_t default_llseek(struct file *file, loff_t offset, int whence)
{
	return file->f_pos = offset;
}
static inline int nonseekable_open(struct inode *inode, struct file *file)
{
	return 0;
}
static inline int stream_open(struct inode *inode, struct file *file)
{
	return 0;
}
static inline int simple_open(struct inode *inode, struct file *file)
{
	if (inode->i_private)
		file->private_data = inode->i_private;
	return 0;
}
static inline ssize_t simple_read_from_buffer(void __user *to, size_t size, loff_t *at,
					      const void *from, size_t there)
{
	size_t left;

	if (*at < 0)
		return -EINVAL;
	if (!size || (size_t)*at >= there)
		return 0;
	size = min(size, there - (size_t)*at);
	left = copy_to_user(to, (const char *)from + *at, size);
	if (left == size)
		return -EFAULT;
	*at += size - left;
	return size - left;
}
static inline ssize_t simple_write_to_buffer(void *to, size_t room, loff_t *at,
					     const void __user *from, size_t size)
{
	size_t left;

	if (*at < 0)
		return -EINVAL;
	if (!size || (size_t)*at >= room)
		return 0;
	size = min(size, room - (size_t)*at);
	left = copy_from_user((char *)to + *at, from, size);
	if (left == size)
		return -EFAULT;
	*at += size - left;
	return size - left;
}
/* Negative, or whether the list has changed. The file's FASYNC says that it is in a list. */
int fasync_helper(int fd, struct file *file, int on, struct fasync_struct **list);
void kill_fasync(struct fasync_struct **list, int signal, int band);
int register_chrdev(unsigned int major, const char *name, const struct file_operations *operations);
void unregister_chrdev(unsigned int major, const char *name);
int alloc_chrdev_region(dev_t *first, unsigned int minor, unsigned int count, const char *name);
int register_chrdev_region(dev_t first, unsigned int count, const char *name);
void unregister_chrdev_region(dev_t first, unsigned int count);
#endif
