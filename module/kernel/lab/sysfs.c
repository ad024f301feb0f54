// SPDX-License-Identifier: GPL-2.0
/*
 * sysfs.c - /sys/class/waitq_lab/waitq_labN/: one file for each figure of LAB_FIGURES. For root
 * alone, as the node is.
 */
#include <linux/device.h>
#include <linux/stddef.h>
#include <linux/sysfs.h>

#include "../../uapi/waitq_lab.h"
#include "../lab.h"
#include "kernel.h"

struct figure {
	struct device_attribute attribute;
	size_t offset;
};

static ssize_t figure_show(struct device *device, struct device_attribute *attribute, char *page)
{
	const struct figure *figure = container_of(attribute, struct figure, attribute);
	struct lab_info info;

	lab_queue_info(dev_get_drvdata(device), &info);
	return sysfs_emit(page, "%llu\n", *(const u64 *)((const char *)&info + figure->offset));
}

#define LAB_X(name, text)                                           \
	static struct figure figure_##name = {                      \
		.attribute = __ATTR(name, 0440, figure_show, NULL), \
		.offset = offsetof(struct lab_info, name),          \
	};
LAB_FIGURES(LAB_X)
#undef LAB_X

static struct attribute *lab_attrs[] = {
#define LAB_X(name, text) &figure_##name.attribute.attr,
	LAB_FIGURES(LAB_X)
#undef LAB_X
		NULL
};

static const struct attribute_group lab_group = { .attrs = lab_attrs };
const struct attribute_group *lab_attribute_groups[] = { &lab_group, NULL };
