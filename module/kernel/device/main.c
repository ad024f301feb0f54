// SPDX-License-Identifier: GPL-2.0
/* main.c - load and unload of waitq.ko: parameters, queues, nodes. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>

#include "../../uapi/waitq.h"
#include "../device.h"
#include "../nodes.h"
#include "kernel.h"

static unsigned int queues = 4;
module_param(queues, uint, 0444);
MODULE_PARM_DESC(queues, "number of devices /dev/waitqN: 1 to 256 (default 4)");

static unsigned int capacity = 65536;
module_param(capacity, uint, 0444);
MODULE_PARM_DESC(capacity,
		 "bytes that a queue holds: a power of two, 64 to 1048576 (default 65536)");

/* Written by load and unload only; no file is open during either. */
static void *queue_table[WAITQ_QUEUES_MAX];

struct waitq_queue *waitq_queue_of(unsigned int index)
{
	return queue_table[index];
}

static struct nodes nodes = {
	.name = "waitq",
	.format = "waitq%u",
	.mode = 0660,
	.fops = &waitq_fops,
	.groups = waitq_attribute_groups,
};

static int check_parameters(void)
{
	u64 bytes, available;

	if (queues < 1 || queues > WAITQ_QUEUES_MAX) {
		pr_err("parameter queues=%u is out of range: 1 to %u\n", queues, WAITQ_QUEUES_MAX);
		return -EINVAL;
	}
	if (capacity < WAITQ_CAPACITY_MIN || capacity > WAITQ_CAPACITY_MAX ||
	    !is_power_of_2(capacity)) {
		pr_err("parameter capacity=%u is out of range: a power of two from %u to %u\n",
		       capacity, WAITQ_CAPACITY_MIN, WAITQ_CAPACITY_MAX);
		return -EINVAL;
	}
	/*
	 * The kernel kills no process for these allocations. But if they filled the memory, it
	 * would kill some for those of others, so half of the free memory stays free.
	 */
	bytes = (u64)queues * capacity;
	available = (u64)max(si_mem_available(), 0L) << PAGE_SHIFT;
	if (bytes > available / 2) {
		pr_err("parameters queues=%u capacity=%u ask for %llu bytes; half of the free "
		       "memory is %llu\n",
		       queues, capacity, bytes, available / 2);
		return -ENOMEM;
	}
	return 0;
}

static void destroy_queues(void)
{
	unsigned int i;

	for (i = 0; i < queues; i++)
		waitq_queue_destroy(queue_table[i]);
}

static int create_queues(void)
{
	unsigned int i;

	for (i = 0; i < queues; i++) {
		queue_table[i] = waitq_queue_create(capacity);
		if (!queue_table[i]) {
			pr_err("no memory for queue %u of %u with capacity %u\n", i, queues,
			       capacity);
			destroy_queues();
			return -ENOMEM;
		}
	}
	return 0;
}

static int __init waitq_init(void)
{
	int error = check_parameters();

	if (error)
		return error;
	waitq_core_init();
	error = create_queues();
	if (error)
		goto no_queues;
	nodes.count = queues;
	error = nodes_register(&nodes);
	if (error)
		goto no_nodes;
	error = nodes_add(&nodes, queue_table);
	if (error)
		goto not_added;
	waitq_debugfs_create(queue_table, queues);
	return 0;

not_added:
	nodes_unregister(&nodes);
no_nodes:
	destroy_queues();
no_queues:
	waitq_core_exit();
	pr_err("load failed: error %d\n", error);
	return error;
}

static void __exit waitq_exit(void)
{
	nodes_remove(&nodes);
	waitq_debugfs_remove();
	nodes_unregister(&nodes);
	destroy_queues();
	waitq_core_exit();
}

module_init(waitq_init);
module_exit(waitq_exit);
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
MODULE_DESCRIPTION("A named event counter and byte stream on the kernel's wait queues");
MODULE_AUTHOR("the waitq authors");
