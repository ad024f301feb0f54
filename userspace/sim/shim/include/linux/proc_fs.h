/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Entries of /proc. A removal waits for those that are in an operation, and releases the files
 * that are open; operations on these then fail. A process opens one by its name alone.
 */
#ifndef _LINUX_PROC_FS_H
#define _LINUX_PROC_FS_H
#include <linux/fs.h>
struct proc_dir_entry;
struct seq_file;
struct seq_operations;
#define PROC_ENTRY_PERMANENT 1U
struct proc_ops {
	unsigned int proc_flags;
	int (*proc_open)(struct inode *, struct file *);
	ssize_t (*proc_read)(struct file *, char __user *, size_t, loff_t *);
	ssize_t (*proc_read_iter)(struct kiocb *, struct iov_iter *);
	ssize_t (*proc_write)(struct file *, const char __user *, size_t, loff_t *);
	loff_t (*proc_lseek)(struct file *, loff_t, int);
	int (*proc_release)(struct inode *, struct file *);
	__poll_t (*proc_poll)(struct file *, struct poll_table_struct *);
	long (*proc_ioctl)(struct file *, unsigned int, unsigned long);
	long (*proc_compat_ioctl)(struct file *, unsigned int, unsigned long);
	int (*proc_mmap)(struct file *, struct vm_area_struct *);
};
struct proc_dir_entry *proc_create_data(const char *name, umode_t mode,
					struct proc_dir_entry *directory,
					const struct proc_ops *operations, void *data);
#define proc_create(name, mode, directory, operations) \
	proc_create_data(name, mode, directory, operations, NULL)
struct proc_dir_entry *proc_create_single_data(const char *name, umode_t mode,
					       struct proc_dir_entry *directory,
					       int (*show)(struct seq_file *, void *), void *data);
#define proc_create_single(name, mode, directory, show) \
	proc_create_single_data(name, mode, directory, show, NULL)
struct proc_dir_entry *proc_create_seq_private(const char *name, umode_t mode,
					       struct proc_dir_entry *directory,
					       const struct seq_operations *operations,
					       unsigned int state_size, void *data);
#define proc_create_seq_data(name, mode, directory, operations, data) \
	proc_create_seq_private(name, mode, directory, operations, 0, data)
#define proc_create_seq(name, mode, directory, operations) \
	proc_create_seq_private(name, mode, directory, operations, 0, NULL)
struct proc_dir_entry *proc_mkdir(const char *name, struct proc_dir_entry *directory);
/* A directory goes with all that is in it. */
void proc_remove(struct proc_dir_entry *entry);
void remove_proc_entry(const char *name, struct proc_dir_entry *directory);
#define remove_proc_subtree(name, directory) (remove_proc_entry(name, directory), 0)
#define pde_data(inode) ((inode)->i_private)
#define PDE_DATA(inode) pde_data(inode)
#define proc_set_size(entry, size) ((void)(entry))
#define proc_set_user(entry, uid, gid) ((void)(entry))
#endif
