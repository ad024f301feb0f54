// SPDX-License-Identifier: GPL-2.0
/* files.c - nodes of drivers and files of processes, and poll(), on a wait queue of the kernel's.
 */
#include <linux/cdev.h>
#include <linux/miscdevice.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <waitq/explore.h>

struct module __this_module = { .name = "the module" };

struct node {
	const char *name;
	const struct file_operations *operations;
	void *data; /* the miscdevice or the cdev */
	struct cdev *cdev;
	dev_t first;
	unsigned int count;
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

/* ---- files ---- */

static struct file files[16];
static unsigned int file_count;

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
		sim_refuse("opens %s, and the driver has registered no such device",
			   name ?: "a device");
	if (!node)
		return ERR_PTR(-ENODEV);
	if (!try_module_get(node->operations->owner))
		return ERR_PTR(-ENODEV);
	/* Not of the driver's memory: it is not the driver that must free it. */
	if (file_count == ARRAY_SIZE(files))
		sim_refuse("opens more files than the simulation has room for");
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
	sim_enter_module();
	if (file->f_op->open)
		error = file->f_op->open(file->f_inode, file);
	sim_leave_module();
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
	sim_enter_module();
	result = file->f_op->read(file, to, size, &file->f_pos);
	sim_leave_module();
	return result;
}

long explore_write(struct file *file, const void *from, unsigned long size)
{
	long result;

	if (IS_ERR(file))
		return PTR_ERR(file);
	if (!file->f_op->write)
		return -EINVAL;
	sim_enter_module();
	result = file->f_op->write(file, from, size, &file->f_pos);
	sim_leave_module();
	return result;
}

long explore_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	long result;

	if (IS_ERR(file))
		return PTR_ERR(file);
	if (!file->f_op->unlocked_ioctl)
		return -ENOTTY;
	sim_enter_module();
	result = file->f_op->unlocked_ioctl(file, command, argument);
	sim_leave_module();
	return result;
}

long explore_close(struct file *file)
{
	struct module *owner;

	if (IS_ERR(file))
		return PTR_ERR(file);
	owner = file->f_op->owner;
	sim_enter_module();
	if (file->f_op->release)
		file->f_op->release(file->f_inode, file);
	sim_leave_module();
	sim_point();
	sim_touch(&THIS_MODULE->users, true);
	module_put(owner);
	return 0;
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
		sim_refuse("polls more wait queues than the simulation has room for");
	wait->of[wait->count].queue = queue;
	init_waitqueue_func_entry(&wait->of[wait->count].entry, poll_wake);
	wait->of[wait->count].entry.private = wait;
	add_wait_queue(queue, &wait->of[wait->count++].entry);
}

static unsigned int look(struct file *file, poll_table *table)
{
	unsigned int ready;

	sim_enter_module();
	ready = file->f_op->poll(file, table);
	sim_leave_module();
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
