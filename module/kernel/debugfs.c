// SPDX-License-Identifier: GPL-2.0
/* debugfs.c - /sys/kernel/debug/waitq/waitqN/waiters: who is linked, a line each. Root's only. */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/timekeeping.h>

#include "../uapi/waitq.h"
#include "boundary.h"
#include "kernel.h"

static struct dentry *root;

static const char *const place_names[] = {
#define WAITQ_X(value, id, name, text) [value] = #name,
	WAITQ_PLACES(WAITQ_X)
#undef WAITQ_X
};

static const char *const kind_names[] = {
#define WAITQ_X(value, id, name, ...) [value] = #name,
	WAITQ_WAIT_KINDS(WAITQ_X)
#undef WAITQ_X
};

static void show(void *context, const struct waitq_waiter *waiter)
{
	struct seq_file *file = context;
	const bool known = waiter->flags & WAITQ_WAITER_KNOWN;

	seq_printf(file, "%-8s %6u %c%c%c %c %-15s %-30s %-32s ", place_names[waiter->place],
		   waiter->pid, waiter->flags & WAITQ_WAITER_EXCLUSIVE ? 'x' : '-',
		   waiter->flags & WAITQ_WAITER_PRIORITY ? 'p' : '-',
		   waiter->flags & WAITQ_WAITER_WOKEN ? 'w' : '-', waiter->state,
		   waiter->comm[0] ? waiter->comm : "-", waiter->function,
		   known ? kind_names[waiter->kind] : "-");
	if (known)
		seq_printf(file, "%lld ms\n",
			   div_s64(ktime_get_ns() - waiter->since_ns, NSEC_PER_MSEC));
	else
		seq_puts(file, "-\n");
}

static int waiters_show(struct seq_file *file, void *unused)
{
	seq_printf(file, "%-8s %6s %-3s %c %-15s %-30s %-32s %s\n", "queue", "pid", "xpw", 's',
		   "comm", "function", "kind", "for");
	return waitq_show_waiters(file->private, show, file);
}
DEFINE_SHOW_ATTRIBUTE(waiters);

void waitq_debugfs_init(void)
{
	root = debugfs_create_dir("waitq", NULL);
}

void waitq_debugfs_add(unsigned int index, struct waitq_queue *queue)
{
	char name[16];

	snprintf(name, sizeof(name), "waitq%u", index);
	debugfs_create_file("waiters", 0400, debugfs_create_dir(name, root), queue, &waiters_fops);
}

void waitq_debugfs_exit(void)
{
	debugfs_remove_recursive(root);
}
