// SPDX-License-Identifier: GPL-2.0
/*
 * files.c - nodes of drivers, entries of /proc and debugfs, files of processes, who is sent SIGIO,
 * and poll(), on a wait queue of the kernel's.
 */
#include <linux/cdev.h>
#include <linux/debugfs.h>
#include <linux/miscdevice.h>
#include <linux/poll.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <waitq/explore.h>

struct module __this_module = { .name = "the module" };

struct node {
	const char *name;
	const struct file_operations *operations;
	void *data; /* the miscdevice, the cdev or the entry */
	struct cdev *cdev;
	dev_t first;
	unsigned int count;
	struct sim_entry *entry;
};
static struct node nodes[8];
static unsigned int next_major = 240;

static int add_node(struct node node)
{
	unsigned int i;

	sim_point();
	sim_touch(nodes, true);
	for (i = 0; i < ARRAY_SIZE(nodes); ++i)
		if (!nodes[i].operations) {
			nodes[i] = node;
			return 0;
		}
	return -EBUSY;
}

static void remove_node(const void *data)
{
	unsigned int i;

	sim_point();
	sim_touch(nodes, true);
	for (i = 0; i < ARRAY_SIZE(nodes); ++i)
		if (nodes[i].operations && nodes[i].data == data) {
			nodes[i] = (struct node){ 0 };
			return;
		}
	sim_refuse("removes a device that was never registered");
}

int misc_register(struct miscdevice *device)
{
	return add_node(
		(struct node){ device->name, device->fops, device, NULL, MKDEV(10, 100), 1 });
}

void misc_deregister(struct miscdevice *device)
{
	remove_node(device);
}

int register_chrdev(unsigned int major, const char *name, const struct file_operations *operations)
{
	unsigned int chosen = major ?: next_major++;
	int error = add_node(
		(struct node){ name, operations, (void *)name, NULL, MKDEV(chosen, 0), 256 });

	return error ?: major ? 0 : (int)chosen;
}

void unregister_chrdev(unsigned int major, const char *name)
{
	remove_node(name);
}

int alloc_chrdev_region(dev_t *first, unsigned int minor, unsigned int count, const char *name)
{
	*first = MKDEV(next_major++, minor);
	return 0;
}

int register_chrdev_region(dev_t first, unsigned int count, const char *name)
{
	return 0;
}

void unregister_chrdev_region(dev_t first, unsigned int count)
{
}

void cdev_init(struct cdev *cdev, const struct file_operations *operations)
{
	*cdev = (struct cdev){ .ops = operations };
}

struct cdev *cdev_alloc(void)
{
	return kzalloc(sizeof(struct cdev), GFP_KERNEL);
}

int cdev_add(struct cdev *cdev, dev_t dev, unsigned int count)
{
	cdev->dev = dev;
	cdev->count = count;
	return add_node((struct node){ NULL, cdev->ops, cdev, cdev, dev, count });
}

void cdev_del(struct cdev *cdev)
{
	remove_node(cdev);
}

struct class *__class_create(const char *name)
{
	static struct class class;

	class.name = name;
	return &class;
}

void class_destroy(struct class *class)
{
}

struct device *device_create(struct class *class, struct device *parent, dev_t dev, void *data,
			     const char *format, ...)
{
	static struct device device;

	device.devt = dev;
	device.driver_data = data;
	return &device;
}

void device_destroy(struct class *class, dev_t dev)
{
}

static struct file files[16];
static unsigned int file_count;

/* ---- entries of /proc and debugfs ---- */

struct sim_entry {
	const char *name;
	struct sim_entry *directory;
	struct file_operations operations;
	void *data;
	int (*show)(struct seq_file *, void *);
	const struct seq_operations *sequence;
	unsigned int state_size;
	bool is_directory, is_proc, gone;
	unsigned int users; /* who is in an operation of its */
};
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
	if (add_node((struct node){ entry->name, &entry->operations, entry, NULL, 0, 1, entry }))
		sim_give_up("more devices and entries than the simulation has room for");
	return entry;
}

static void *add_directory(const char *name, void *directory, bool is_proc)
{
	struct sim_entry *entry = new_entry(name, directory, is_proc);

	entry->is_directory = true;
	return entry;
}

/* False: it was removed. An entry's removal waits for those that are in an operation. */
static bool enter(struct file *file)
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

static void leave(struct file *file)
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

static void release_entry(struct file *file)
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
	leave(file);
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
		remove_node(entry);
	sim_point();
	sim_touch(entry, true);
	entry->gone = true;
	sim_wait_until(is_unused, entry, entry, function);
	/* Files of /proc do not hold the module: it is their last chance. */
	for (i = 0; i < file_count && entry->is_proc; ++i)
		if (files[i].entry == entry)
			release_entry(&files[i]);
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

/* ---- files ---- */

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
	sim_touch(nodes, false);
	for (i = 0; i < ARRAY_SIZE(nodes) && !node; ++i)
		if (nodes[i].operations &&
		    (!name || (nodes[i].name && !strcmp(nodes[i].name, name))))
			node = &nodes[i];
	if (!node && sim_is_boot())
		sim_give_up("opens %s, and the driver has registered no such device",
			    name ?: "a device");
	if (!node)
		return ERR_PTR(-ENODEV);
	if (!try_module_get(node->operations->owner))
		return ERR_PTR(-ENODEV);
	/* Not of the driver's memory: it is not the driver that must free it. */
	if (file_count == ARRAY_SIZE(files))
		sim_give_up("opens more files than the simulation has room for");
	file = &files[file_count++];
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
	if (enter(file)) {
		if (file->f_op->open)
			error = file->f_op->open(file->f_inode, file);
		file->is_open = !error;
		leave(file);
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
	if (!enter(file))
		return -EIO;
	result = file->f_op->read(file, to, size, &file->f_pos);
	leave(file);
	return result;
}

long explore_write(struct file *file, const void *from, unsigned long size)
{
	long result;

	if (IS_ERR(file))
		return PTR_ERR(file);
	if (!file->f_op->write)
		return -EINVAL;
	if (!enter(file))
		return -EIO;
	result = file->f_op->write(file, from, size, &file->f_pos);
	leave(file);
	return result;
}

long explore_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	long result;

	if (IS_ERR(file))
		return PTR_ERR(file);
	if (!file->f_op->unlocked_ioctl)
		return -ENOTTY;
	if (!enter(file))
		return -EIO;
	result = file->f_op->unlocked_ioctl(file, command, argument);
	leave(file);
	return result;
}

long explore_close(struct file *file)
{
	struct module *owner;

	if (IS_ERR(file))
		return PTR_ERR(file);
	owner = file->f_op->owner;
	if (file->entry) {
		release_entry(file);
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

/* ---- SIGIO ---- */

static DEFINE_SPINLOCK(fasync_lock);
static struct fasync_struct fasyncs[ARRAY_SIZE(files)]; /* free: no file */

static int fasync_add(int fd, struct file *file, struct fasync_struct **list)
{
	struct fasync_struct *of, *added = NULL;
	unsigned int i;

	for (of = READ_ONCE(*list); of; of = of->fa_next)
		if (of->fa_file == file) {
			of->fa_fd = fd;
			return 0;
		}
	for (i = 0; i < ARRAY_SIZE(fasyncs) && !added; ++i)
		if (!fasyncs[i].fa_file)
			added = &fasyncs[i];
	if (!added)
		sim_give_up("more files want SIGIO than the simulation has room for");
	*added = (struct fasync_struct){ file, *list, fd };
	file->f_flags |= FASYNC;
	WRITE_ONCE(*list, added);
	return 1;
}

static int fasync_remove(struct file *file, struct fasync_struct **list)
{
	struct fasync_struct *of = READ_ONCE(*list), *before = NULL;

	while (of && of->fa_file != file) {
		before = of;
		of = of->fa_next;
	}
	if (!of)
		return 0;
	of->fa_file = NULL;
	file->f_flags &= ~FASYNC;
	if (before)
		before->fa_next = of->fa_next;
	else
		WRITE_ONCE(*list, of->fa_next);
	return 1;
}

int fasync_helper(int fd, struct file *file, int on, struct fasync_struct **list)
{
	unsigned long flags;
	int result;

	if (on)
		sim_might_sleep("fasync_helper()");
	spin_lock_irqsave(&fasync_lock, flags);
	sim_touch(&file->f_flags, true);
	result = on ? fasync_add(fd, file, list) : fasync_remove(file, list);
	spin_unlock_irqrestore(&fasync_lock, flags);
	return result;
}

void kill_fasync(struct fasync_struct **list, int signal, int band)
{
	struct fasync_struct *of;
	unsigned long flags;
	unsigned int count = 0;

	/* No lock where nobody is in the list: no barrier for the caller either. */
	if (!READ_ONCE(*list))
		return;
	spin_lock_irqsave(&fasync_lock, flags);
	for (of = READ_ONCE(*list); of; of = of->fa_next)
		++count;
	spin_unlock_irqrestore(&fasync_lock, flags);
	sim_tell("sends SIGIO to %u file%s", count, count == 1 ? "" : "s");
}

long explore_fasync(struct file *file, bool on)
{
	long result;

	if (IS_ERR(file))
		return PTR_ERR(file);
	if (!file->f_op->fasync)
		return -ENOTTY;
	sim_touch(&file->f_flags, false);
	if (on == !!(file->f_flags & FASYNC))
		return 0;
	sim_enter_module();
	result = file->f_op->fasync(3, file, on);
	sim_leave_module();
	return min(result, 0L);
}

/* ---- poll() ---- */

struct poll_wait_of {
	poll_table table;
	struct task_struct *task;
	unsigned int events, count;
	bool triggered;
	struct {
		wait_queue_entry_t entry;
		wait_queue_head_t *queue;
	} of[4];
};

static int poll_wake(wait_queue_entry_t *entry, unsigned mode, int sync, void *key)
{
	struct poll_wait_of *wait = entry->private;

	if (key && !((unsigned int)(unsigned long)key & wait->events))
		return 0;
	WRITE_ONCE(wait->triggered, true);
	return sim_wake(wait->task, mode);
}

static void poll_link(struct file *file, wait_queue_head_t *queue, poll_table *table)
{
	struct poll_wait_of *wait = container_of(table, struct poll_wait_of, table);

	if (wait->count == ARRAY_SIZE(wait->of))
		sim_give_up("polls more wait queues than the simulation has room for");
	wait->of[wait->count].queue = queue;
	init_waitqueue_func_entry(&wait->of[wait->count].entry, poll_wake);
	wait->of[wait->count].entry.private = wait;
	add_wait_queue(queue, &wait->of[wait->count++].entry);
}

static unsigned int look(struct file *file, poll_table *table)
{
	unsigned int ready;

	if (!enter(file))
		return EPOLLERR | EPOLLHUP;
	ready = file->f_op->poll(file, table);
	leave(file);
	return ready;
}

unsigned int explore_look(struct file *file)
{
	if (IS_ERR(file))
		return EPOLLERR;
	return file->f_op->poll ? look(file, NULL) : EPOLLIN | EPOLLOUT;
}

unsigned int explore_poll(struct file *file, unsigned int events)
{
	struct poll_wait_of wait = { .table = { poll_link, events | EPOLLERR | EPOLLHUP },
				     .task = current,
				     .events = events | EPOLLERR | EPOLLHUP };
	poll_table *table = &wait.table;
	unsigned int ready, i;

	if (IS_ERR(file))
		return EPOLLERR;
	if (!file->f_op->poll)
		return events;
	for (;;) {
		ready = look(file, table) & wait.events;
		table = NULL;
		if (ready || signal_pending(current))
			break;
		set_current_state(TASK_INTERRUPTIBLE);
		if (!READ_ONCE(wait.triggered))
			schedule();
		__set_current_state(TASK_RUNNING);
		smp_store_mb(wait.triggered, false);
	}
	for (i = 0; i < wait.count; ++i)
		remove_wait_queue(wait.of[i].queue, &wait.of[i].entry);
	return ready;
}

bool explore_has(const char *operation)
{
	const struct file_operations *operations = nodes[0].operations;

	if (!operations)
		return false;
	return !strcmp(operation, "read") ? !!operations->read : !!operations->write;
}

void explore_unload(void)
{
	sim_unload(&THIS_MODULE->users, &THIS_MODULE->going);
}
