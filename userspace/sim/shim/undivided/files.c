// SPDX-License-Identifier: GPL-2.0
/* files.c - files of processes, and the calls that they make. */
#include <linux/poll.h>
#include <waitq/explore.h>

#include "files.h"

struct file sim_files[16];
unsigned int sim_file_count;

bool sim_enter(struct file *file)
{
	struct sim_entry *entry = file->entry;

	if (entry) {
		sim_point();
		sim_touch(entry, true);
		if (entry->gone)
			return false;
		++entry->users;
	}
	sim_enter_module();
	return true;
}

void sim_leave(struct file *file)
{
	struct sim_entry *entry = file->entry;

	sim_leave_module();
	if (!entry)
		return;
	sim_point();
	sim_touch(entry, true);
	sim_release(entry);
	--entry->users;
}

struct file *explore_open_device(const char *name, unsigned int flags)
{
	static const unsigned int modes[] = { FMODE_READ, FMODE_WRITE, FMODE_READ | FMODE_WRITE,
					      0 };
	struct node *node = NULL;
	struct file *file;
	unsigned int i;
	int error = 0;

	/* chrdev_open(): the node is found and the module is held in one step. */
	sim_point();
	sim_touch(&THIS_MODULE->users, true);
	sim_touch(sim_nodes, false);
	for (i = 0; i < ARRAY_SIZE(sim_nodes) && !node; ++i)
		if (sim_nodes[i].operations &&
		    (!name || (sim_nodes[i].name && !strcmp(sim_nodes[i].name, name))))
			node = &sim_nodes[i];
	if (!node && sim_is_boot())
		sim_give_up("opens %s, and the driver has registered no such device",
			    name ?: "a device");
	if (!node)
		return ERR_PTR(-ENODEV);
	if (!try_module_get(node->operations->owner))
		return ERR_PTR(-ENODEV);
	if (sim_file_count == ARRAY_SIZE(sim_files))
		sim_give_up("opens more files than the simulation has room for");
	file = &sim_files[sim_file_count++];
	file->f_op = node->operations;
	file->f_flags = flags;
	file->f_mode = modes[flags & 3];
	file->inode.i_rdev = node->first;
	file->inode.i_cdev = node->cdev;
	file->f_inode = &file->inode;
	/* misc_open() */
	if (!node->cdev && MAJOR(node->first) == 10)
		file->private_data = node->data;
	file->entry = node->entry;
	if (file->entry)
		file->inode.i_private = file->entry->data;
	if (sim_enter(file)) {
		if (file->f_op->open)
			error = file->f_op->open(file->f_inode, file);
		file->is_open = !error;
		sim_leave(file);
	} else {
		error = -ENOENT;
	}
	if (!error)
		return file;
	module_put(file->f_op->owner);
	return ERR_PTR(error);
}

struct file *explore_open(unsigned int flags)
{
	return explore_open_device(NULL, flags);
}

long explore_read(struct file *file, void *to, unsigned long size)
{
	long result;

	if (IS_ERR(file))
		return PTR_ERR(file);
	if (!file->f_op->read)
		return -EINVAL;
	if (!sim_enter(file))
		return -EIO;
	result = file->f_op->read(file, to, size, &file->f_pos);
	sim_leave(file);
	return result;
}

long explore_write(struct file *file, const void *from, unsigned long size)
{
	long result;

	if (IS_ERR(file))
		return PTR_ERR(file);
	if (!file->f_op->write)
		return -EINVAL;
	if (!sim_enter(file))
		return -EIO;
	result = file->f_op->write(file, from, size, &file->f_pos);
	sim_leave(file);
	return result;
}

long explore_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	long result;

	if (IS_ERR(file))
		return PTR_ERR(file);
	if (!file->f_op->unlocked_ioctl)
		return -ENOTTY;
	if (!sim_enter(file))
		return -EIO;
	result = file->f_op->unlocked_ioctl(file, command, argument);
	sim_leave(file);
	return result;
}

long explore_close(struct file *file)
{
	struct module *owner;

	if (IS_ERR(file))
		return PTR_ERR(file);
	owner = file->f_op->owner;
	if (file->entry) {
		sim_release_entry(file);
	} else {
		sim_enter_module();
		sim_touch(&file->f_flags, false);
		if ((file->f_flags & FASYNC) && file->f_op->fasync)
			file->f_op->fasync(-1, file, 0);
		if (file->f_op->release)
			file->f_op->release(file->f_inode, file);
		if (file->f_flags & FASYNC)
			sim_refuse("closes a file that is still in a list for SIGIO: "
				   "kill_fasync() will use it");
		sim_leave_module();
	}
	sim_point();
	sim_touch(&THIS_MODULE->users, true);
	module_put(owner);
	return 0;
}

bool explore_has(const char *operation)
{
	const struct file_operations *operations = sim_nodes[0].operations;

	if (!operations)
		return false;
	return !strcmp(operation, "read") ? !!operations->read : !!operations->write;
}

void explore_unload(void)
{
	sim_unload(&THIS_MODULE->users, &THIS_MODULE->going);
}
