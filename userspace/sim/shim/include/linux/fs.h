/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_FS_H
#define _LINUX_FS_H
#include <fcntl.h>
#include <linux/kdev_t.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/wait.h>

#define FMODE_READ 1U
#define FMODE_WRITE 2U
#define FMODE_NOWAIT 4U
#ifndef FASYNC
#define FASYNC 020000
#endif
#define S_IRUGO 0444
#define S_IWUGO 0222
#define NO_LLSEEK 1

struct file;
struct inode;
struct poll_table_struct;
struct vm_area_struct;
struct fasync_struct;
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
struct file {
	const struct file_operations *f_op;
	struct inode *f_inode;
	void *private_data;
	loff_t f_pos;
	unsigned int f_flags;
	fmode_t f_mode;
	struct inode inode; /* its own: of a node that is opened often there are as many */
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
int register_chrdev(unsigned int major, const char *name, const struct file_operations *operations);
void unregister_chrdev(unsigned int major, const char *name);
int alloc_chrdev_region(dev_t *first, unsigned int minor, unsigned int count, const char *name);
int register_chrdev_region(dev_t first, unsigned int count, const char *name);
void unregister_chrdev_region(dev_t first, unsigned int count);
#endif
