// SPDX-License-Identifier: GPL-2.0
/* main.c - load and unload of waitq_lab.ko: parameters, queues, nodes. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>

#include "../../uapi/waitq_lab.h"
#include "../lab.h"
#include "../nodes.h"
#include "kernel.h"

static unsigned int queues = 4;
module_param(queues, uint, 0444);
MODULE_PARM_DESC(queues, "number of devices /dev/waitq_labN: 1 to 256 (default 4)");

static bool gate;
module_param(gate, bool, 0444);
MODULE_PARM_DESC(gate, "the load sleeps until /sys/class/waitq_lab/gate is written (default N)");

static bool threads;
module_param(threads, bool, 0444);
MODULE_PARM_DESC(
	threads,
	"two kernel threads wait in /dev/waitq_lab0, a third wakes them each second (default N)");

/* Written by load and unload only; no file is open during either. */
static void *queue_table[LAB_QUEUES_MAX];

struct lab_queue *lab_queue_of(unsigned int index)
{
	return index < queues ? queue_table[index] : NULL;
}

static struct nodes nodes = {
	.name = "waitq_lab",
	.format = "waitq_lab%u",
	.mode = 0600,
	.fops = &lab_fops,
	.groups = lab_attribute_groups,
};

static void destroy_queues(void)
{
	unsigned int i;

	for (i = 0; i < queues; i++)
		lab_queue_destroy(queue_table[i]);
}

static int create_queues(void)
{
	unsigned int i;

	for (i = 0; i < queues; i++) {
		queue_table[i] = lab_queue_create();
		if (!queue_table[i]) {
			pr_err("load refused: no memory for queue %u of %u\n", i, queues);
			destroy_queues();
			return -ENOMEM;
		}
	}
	return 0;
}

/*
 * Steps that may fail come before the nodes' numbers are in use (the last step of nodes_add()):
 * from then on a file can be open, even while this function runs.
 */
static int __init lab_init(void)
{
	int error;

	if (queues < 1 || queues > LAB_QUEUES_MAX) {
		pr_err("load refused: parameter queues=%u is out of range: 1 to %u\n", queues,
		       LAB_QUEUES_MAX);
		return -EINVAL;
	}
	lab_core_init();
	error = create_queues();
	if (error)
		return error;
	nodes.count = queues;
	error = nodes_register(&nodes);
	if (error)
		goto no_nodes;
	error = gate ? lab_gate_wait(&nodes.class) : 0;
	if (error)
		goto not_added;
	error = threads ? lab_threads_start(queue_table[0]) : 0;
	if (error)
		goto not_added;
	error = nodes_add(&nodes, queue_table);
	if (error)
		goto no_threads;
	lab_debugfs_create(queue_table, queues);
	return 0;

no_threads:
	lab_threads_stop();
not_added:
	nodes_unregister(&nodes);
no_nodes:
	destroy_queues();
	/* -ERESTARTSYS is a signal or a freezer at the gate, which refuses nothing. */
	if (error != -ERESTARTSYS)
		pr_err("load refused: error %d\n", error);
	return error;
}

static void __exit lab_exit(void)
{
	nodes_remove(&nodes);
	lab_threads_stop();
	lab_debugfs_remove();
	nodes_unregister(&nodes);
	destroy_queues();
}

module_init(lab_init);
module_exit(lab_exit);
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
MODULE_DESCRIPTION("The waits and wake-ups of include/linux/wait.h, for tests");
MODULE_AUTHOR("the waitq authors");
