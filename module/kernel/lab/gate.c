// SPDX-License-Identifier: GPL-2.0
/*
 * gate.c - the load that waits: with the parameter gate=1, insmod itself sleeps in the module's
 * init until a task writes to /sys/class/waitq_lab/gate, or a signal comes.
 *
 * A freezer must not end the load. Those of suspend and of cgroup v1 leave a freezable sleeper
 * alone. That of cgroup v2 wakes it as a signal does: then the system call fails with -ERESTARTSYS,
 * the task is frozen on its way out, and the call begins anew when it is thawed.
 *
 * A file of sysfs and not the device: a load that fails must not have left a file open, and sysfs
 * waits for its readers and writers when it removes a file, whereas a device's would keep the
 * module's code in use.
 */
#include <linux/device.h>
#include <linux/freezer.h>
#include <linux/wait.h>

#include "../compat.h"
#include "../lab.h"
#include "kernel.h"

static DECLARE_WAIT_QUEUE_HEAD(gate_queue);
static bool gate_open;

static ssize_t gate_store(compat_class_const struct class *class,
			  compat_class_const struct class_attribute *attribute, const char *text,
			  size_t size)
{
	WRITE_ONCE(gate_open, true);
	wake_up(&gate_queue);
	return size;
}
static CLASS_ATTR_WO(gate);

int lab_gate_wait(struct class *class)
{
	int error = class_create_file(class, &class_attr_gate);

	if (error)
		return error;
	error = wait_event_freezable(gate_queue, READ_ONCE(gate_open));
	class_remove_file(class, &class_attr_gate);
	return error;
}
