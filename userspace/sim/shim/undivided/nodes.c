// SPDX-License-Identifier: GPL-2.0
/* nodes.c - the devices that a driver registers. */
#include <linux/miscdevice.h>
#include <linux/slab.h>

#include "files.h"

struct module __this_module = { .name = "the module" };

struct node sim_nodes[8];
static unsigned int next_major = 240;

int sim_add_node(struct node node)
{
	unsigned int i;

	sim_point();
	sim_touch(sim_nodes, true);
	for (i = 0; i < ARRAY_SIZE(sim_nodes); ++i)
		if (!sim_nodes[i].operations) {
			sim_nodes[i] = node;
			return 0;
		}
	return -EBUSY;
}

void sim_remove_node(const void *data)
{
	unsigned int i;

	sim_point();
	sim_touch(sim_nodes, true);
	for (i = 0; i < ARRAY_SIZE(sim_nodes); ++i)
		if (sim_nodes[i].operations && sim_nodes[i].data == data) {
			sim_nodes[i] = (struct node){ 0 };
			return;
		}
	sim_refuse("removes a device that was never registered");
}

int misc_register(struct miscdevice *device)
{
	return sim_add_node(
		(struct node){ device->name, device->fops, device, NULL, MKDEV(10, 100), 1 });
}

void misc_deregister(struct miscdevice *device)
{
	sim_remove_node(device);
}

int register_chrdev(unsigned int major, const char *name, const struct file_operations *operations)
{
	unsigned int chosen = major ?: next_major++;
	int error = sim_add_node(
		(struct node){ name, operations, (void *)name, NULL, MKDEV(chosen, 0), 256 });

	return error ?: major ? 0 : (int)chosen;
}

void unregister_chrdev(unsigned int major, const char *name)
{
	sim_remove_node(name);
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
	return sim_add_node((struct node){ NULL, cdev->ops, cdev, cdev, dev, count });
}

void cdev_del(struct cdev *cdev)
{
	sim_remove_node(cdev);
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
