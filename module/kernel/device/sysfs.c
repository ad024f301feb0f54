// SPDX-License-Identifier: GPL-2.0
/*
 * sysfs.c - /sys/class/waitq/waitqN/: one file for each figure of WAITQ_FIGURES. Only root reads
 * them: the figures tell when others type, send and wait, and the node is not open to everybody.
 */
#include <linux/device.h>
#include <linux/stddef.h>
#include <linux/sysfs.h>

#include "../../uapi/waitq.h"
#include "../device.h"
#include "kernel.h"

struct figure {
	struct device_attribute attribute;
	size_t offset;
};

static ssize_t figure_show(struct device *device, struct device_attribute *attribute, char *page)
{
	const struct figure *figure = container_of(attribute, struct figure, attribute);
	struct waitq_info info;

	waitq_queue_info(dev_get_drvdata(device), &info);
	return sysfs_emit(page, "%llu\n", *(const u64 *)((const char *)&info + figure->offset));
}

#define WAITQ_X(name, text)                                         \
	static struct figure figure_##name = {                      \
		.attribute = __ATTR(name, 0440, figure_show, NULL), \
		.offset = offsetof(struct waitq_info, name),        \
	};
WAITQ_FIGURES(WAITQ_X)
#undef WAITQ_X

static struct attribute *waitq_attrs[] = {
#define WAITQ_X(name, text) &figure_##name.attribute.attr,
	WAITQ_FIGURES(WAITQ_X)
#undef WAITQ_X
		NULL
};

static const struct attribute_group waitq_group = { .attrs = waitq_attrs };
const struct attribute_group *waitq_attribute_groups[] = { &waitq_group, NULL };
