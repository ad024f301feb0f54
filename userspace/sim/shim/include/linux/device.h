/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_DEVICE_H
#define _LINUX_DEVICE_H
#include <linux/err.h>
#include <linux/kdev_t.h>
#include <linux/slab.h>
struct device {
	void *driver_data;
	dev_t devt;
};
struct class {
	const char *name;
};
/* The second argument went in 6.4. */
#define class_create_1(name) __class_create(name)
#define class_create_2(owner, name) __class_create(name)
#define class_create_of(a, b, which, ...) which
#define class_create(...) class_create_of(__VA_ARGS__, class_create_2, class_create_1)(__VA_ARGS__)
struct class *__class_create(const char *name);
void class_destroy(struct class *class);
struct device *device_create(struct class *class, struct device *parent, dev_t dev, void *data,
			     const char *format, ...);
void device_destroy(struct class *class, dev_t dev);
#define dev_get_drvdata(device) ((device)->driver_data)
#define dev_set_drvdata(device, data) ((void)((device)->driver_data = (data)))
#endif
