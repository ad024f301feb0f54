// SPDX-License-Identifier: GPL-2.0
/* listing.c - see listing.h. */
#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/timekeeping.h>

#include "../wait/kernel/seam.h"
#include "listing.h"
#include "memory.h"

static const struct listing *listing;
static struct dentry *root;

struct snapshot {
	long long now_ns;
	unsigned long long linked; /* of which `count` are here */
	unsigned int count;
	char entries[] __aligned(8);
};

/* Position 0 is the heading; behind the last entry a line may tell that there are more. */
static void *list_start(struct seq_file *file, loff_t *position)
{
	const struct snapshot *snapshot = file->private;
	const loff_t lines = 1 + snapshot->count + (snapshot->linked > snapshot->count);

	return *position < lines ? position : NULL;
}

static void *list_next(struct seq_file *file, void *line, loff_t *position)
{
	++*position;
	return list_start(file, position);
}

static void list_stop(struct seq_file *file, void *line)
{
}

static int list_show(struct seq_file *file, void *line)
{
	const struct snapshot *snapshot = file->private;
	const loff_t position = *(const loff_t *)line;

	if (position == 0)
		listing->show_heading(file);
	else if (position > snapshot->count)
		seq_printf(file, "and %llu more\n", snapshot->linked - snapshot->count);
	else
		listing->show_entry(file, snapshot->entries + (position - 1) * listing->size,
				    snapshot->now_ns);
	return 0;
}

static const struct seq_operations list_operations = {
	.start = list_start,
	.next = list_next,
	.stop = list_stop,
	.show = list_show,
};

static int waiters_open(struct inode *inode, struct file *filp)
{
	struct snapshot *snapshot = kapi_zalloc(sizeof(*snapshot) + listing->size * listing->room);
	long count;
	int error;

	if (!snapshot)
		return -ENOMEM;
	snapshot->now_ns = ktime_get_ns();
	count = listing->fill(inode->i_private, snapshot->entries, listing->room,
			      &snapshot->linked);
	error = count < 0 ? count : seq_open(filp, &list_operations);
	if (error) {
		kapi_free(snapshot);
		return error;
	}
	snapshot->count = count;
	((struct seq_file *)filp->private_data)->private = snapshot;
	return 0;
}

static int waiters_release(struct inode *inode, struct file *filp)
{
	kapi_free(((struct seq_file *)filp->private_data)->private);
	return seq_release(inode, filp);
}

static const struct file_operations waiters_fops = {
	.owner = THIS_MODULE,
	.open = waiters_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = waiters_release,
};

void listing_create(const struct listing *of, void *const *queues, unsigned int count)
{
	unsigned int i;

	listing = of;
	root = debugfs_create_dir(of->name, NULL);
	for (i = 0; i < count; i++) {
		char name[24];

		snprintf(name, sizeof(name), "%s%u", of->name, i);
		debugfs_create_file("waiters", 0400, debugfs_create_dir(name, root), queues[i],
				    &waiters_fops);
	}
}

void listing_remove(void)
{
	debugfs_remove_recursive(root);
}
