/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_MISCDEVICE_H
#define _LINUX_MISCDEVICE_H
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/module.h>
#define MISC_DYNAMIC_MINOR 255
struct miscdevice {
	int minor;
	const char *name;
	const struct file_operations *fops;
	struct device *parent, *this_device;
	const char *nodename;
	umode_t mode;
};
int misc_register(struct miscdevice *device);
void misc_deregister(struct miscdevice *device);
#define module_misc_device(device)               \
	static int __misc_init(void)             \
	{                                        \
		return misc_register(&(device)); \
	}                                        \
	static void __misc_exit(void)            \
	{                                        \
		misc_deregister(&(device));      \
	}                                        \
	module_init(__misc_init);                \
	module_exit(__misc_exit)
#endif
