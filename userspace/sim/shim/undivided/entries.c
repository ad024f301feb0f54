// SPDX-License-Identifier: GPL-2.0
/* entries.c - /proc and debugfs. */
#include <linux/debugfs.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>

#include "files.h"

static struct sim_entry entries[16];
static unsigned int entry_count;

static struct sim_entry *new_entry(const char *name, void *directory, bool is_proc)
{
	struct sim_entry *entry;

	sim_point();
	sim_touch(entries, true);
	if (entry_count == ARRAY_SIZE(entries))
		sim_give_up("more entries of /proc and debugfs than the simulation has room for");
	entry = &entries[entry_count++];
	entry->name = name;
	entry->directory = directory;
	entry->is_proc = is_proc;
	return entry;
}

static struct sim_entry *add_entry(struct sim_entry *entry,
				   const struct file_operations *operations, void *data)
{
	entry->operations = *operations;
	entry->operations.fasync = NULL; /* neither passes it on */
	entry->data = data;
	if (sim_add_node(
		    (struct node){ entry->name, &entry->operations, entry, NULL, 0, 1, entry }))
		sim_give_up("more devices and entries than the simulation has room for");
	return entry;
}

static void *add_directory(const char *name, void *directory, bool is_proc)
{
	struct sim_entry *entry = new_entry(name, directory, is_proc);

	entry->is_directory = true;
	return entry;
}

void sim_release_entry(struct file *file)
{
	sim_point();
	sim_touch(file->entry, true);
	if (!file->is_open)
		return;
	file->is_open = false;
	++file->entry->users;
	sim_enter_module();
	if (file->f_op->release)
		file->f_op->release(file->f_inode, file);
	sim_leave(file);
}

static bool is_unused(const void *entry)
{
	return !((const struct sim_entry *)entry)->users;
}

static void remove_entry(struct sim_entry *entry, const char *function)
{
	unsigned int i;

	if (IS_ERR_OR_NULL(entry))
		return;
	sim_might_sleep(function);
	for (i = 0; i < entry_count; ++i)
		if (entries[i].directory == entry && !entries[i].gone)
			remove_entry(&entries[i], function);
	if (!entry->is_directory)
		sim_remove_node(entry);
	sim_point();
	sim_touch(entry, true);
	entry->gone = true;
	sim_wait_until(is_unused, entry, entry, function);
	/* Files of /proc do not hold the module: it is their last chance. */
	for (i = 0; i < sim_file_count && entry->is_proc; ++i)
		if (sim_files[i].entry == entry)
			sim_release_entry(&sim_files[i]);
}

struct proc_dir_entry *proc_create_data(const char *name, umode_t mode,
					struct proc_dir_entry *directory,
					const struct proc_ops *operations, void *data)
{
	struct file_operations as_file = {
		.open = operations->proc_open,
		.read = operations->proc_read,
		.write = operations->proc_write,
		.llseek = operations->proc_lseek,
		.release = operations->proc_release,
		.poll = operations->proc_poll,
		.unlocked_ioctl = operations->proc_ioctl,
		.mmap = operations->proc_mmap,
	};

	return (void *)add_entry(new_entry(name, directory, true), &as_file, data);
}

static int open_sequence(struct inode *inode, struct file *file)
{
	struct sim_entry *entry = file->entry;

	if (entry->show)
		return single_open(file, entry->show, entry->data);
	return entry->state_size ? seq_open_private(file, entry->sequence, entry->state_size)
				 : seq_open(file, entry->sequence);
}

static int release_sequence(struct inode *inode, struct file *file)
{
	if (file->entry->show)
		return single_release(inode, file);
	return file->entry->state_size ? seq_release_private(inode, file)
				       : seq_release(inode, file);
}

static const struct file_operations of_sequence = {
	.open = open_sequence,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = release_sequence,
};

struct proc_dir_entry *proc_create_single_data(const char *name, umode_t mode,
					       struct proc_dir_entry *directory,
					       int (*show)(struct seq_file *, void *), void *data)
{
	struct sim_entry *entry = new_entry(name, directory, true);

	entry->show = show;
	return (void *)add_entry(entry, &of_sequence, data);
}

struct proc_dir_entry *proc_create_seq_private(const char *name, umode_t mode,
					       struct proc_dir_entry *directory,
					       const struct seq_operations *operations,
					       unsigned int state_size, void *data)
{
	struct sim_entry *entry = new_entry(name, directory, true);

	entry->sequence = operations;
	entry->state_size = state_size;
	return (void *)add_entry(entry, &of_sequence, data);
}

struct proc_dir_entry *proc_mkdir(const char *name, struct proc_dir_entry *directory)
{
	return add_directory(name, directory, true);
}

void proc_remove(struct proc_dir_entry *entry)
{
	remove_entry((void *)entry, "proc_remove()");
}

void remove_proc_entry(const char *name, struct proc_dir_entry *directory)
{
	unsigned int i;

	sim_point();
	sim_touch(entries, false);
	for (i = 0; i < entry_count; ++i)
		if (entries[i].is_proc && !entries[i].gone && !strcmp(entries[i].name, name) &&
		    entries[i].directory == (void *)directory) {
			remove_entry(&entries[i], "remove_proc_entry()");
			return;
		}
	sim_refuse("removes %s of /proc, which is not there", name);
}

struct dentry *debugfs_create_dir(const char *name, struct dentry *directory)
{
	return add_directory(name, directory, false);
}

struct dentry *debugfs_create_file(const char *name, umode_t mode, struct dentry *directory,
				   void *data, const struct file_operations *operations)
{
	return (void *)add_entry(new_entry(name, directory, false), operations, data);
}

void debugfs_remove(struct dentry *entry)
{
	remove_entry((void *)entry, "debugfs_remove()");
}
