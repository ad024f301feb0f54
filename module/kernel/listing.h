/* SPDX-License-Identifier: GPL-2.0 */
/*
 * listing.h - the file "waiters" of each queue in debugfs. Root's only. The list is made once, when
 * the file is opened, and is bounded. The device and the lab both have this.
 */
#ifndef WAITQ_LISTING_H
#define WAITQ_LISTING_H

#include <linux/types.h>

struct dentry;
struct file;
struct file_operations;
struct inode;
struct seq_file;

struct listing {
	size_t size;       /* of an entry */
	unsigned int room; /* entries at most */
	/* Fills in up to @room entries: as waitq_list_waiters() of device.h. */
	long (*fill)(void *queue, void *entries, unsigned int room, unsigned long long *linked);
	void (*show_heading)(struct seq_file *file);
	/* @now_ns: when the list was made. */
	void (*show_entry)(struct seq_file *file, const void *entry, long long now_ns);
};

/*
 * A directory @name in debugfs, in it one for each of @queues, named by @format, and in that a file
 * whose operations are @fops. Without debugfs there is nothing, and no error: what is returned is
 * for debugfs_remove_recursive() all the same.
 */
struct dentry *listing_create(const char *name, const char *format, void *const *queues,
			      unsigned int count, const struct file_operations *fops);

/* What @fops are made of, beside seq_read() and seq_lseek(). */
int listing_open(struct inode *inode, struct file *filp, const struct listing *listing);
int listing_release(struct inode *inode, struct file *filp);

#endif
