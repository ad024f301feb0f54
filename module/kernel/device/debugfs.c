// SPDX-License-Identifier: GPL-2.0
/* debugfs.c - /sys/kernel/debug/waitq/waitqN/waiters: the entries of the wait queues, a line each.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/seq_file.h>

#include "../../uapi/waitq.h"
#include "../device.h"
#include "../listing.h"
#include "kernel.h"

static const char *const place_names[] = {
#define WAITQ_X(value, id, name, text) [value] = #name,
	WAITQ_PLACES(WAITQ_X)
#undef WAITQ_X
};

static long fill(void *queue, void *entries, unsigned int room, unsigned long long *linked)
{
	return waitq_list_waiters(queue, entries, room, linked);
}

static void show_heading(struct seq_file *file)
{
	seq_printf(file, "%-13s %7s %c %c %-15s %20s %-30s %s\n", "queue", "pid", 'x', 's', "comm",
		   "threshold", "function", "for");
}

static void show_entry(struct seq_file *file, const void *entry, long long now_ns)
{
	const struct waitq_waiter *waiter = entry;

	seq_printf(file, "%-13s %7u %c %c %-15s %20llu %-30s ", place_names[waiter->place],
		   waiter->pid, waiter->flags & WAITQ_WAITER_EXCLUSIVE ? 'x' : '-',
		   waiter->state ?: '-', waiter->comm[0] ? waiter->comm : "-", waiter->threshold,
		   waiter->function);
	if (waiter->since_ns)
		seq_printf(file, "%lld ms\n",
			   div_s64(now_ns + kapi_timens_offset_ns() - waiter->since_ns,
				   NSEC_PER_MSEC));
	else
		seq_puts(file, "-\n");
}

static const struct listing listing = {
	.name = "waitq",
	.size = sizeof(struct waitq_waiter),
	.room = WAITQ_WAITERS_MAX,
	.fill = fill,
	.show_heading = show_heading,
	.show_entry = show_entry,
};

void waitq_debugfs_create(void *const *queues, unsigned int count)
{
	listing_create(&listing, queues, count);
}

void waitq_debugfs_remove(void)
{
	listing_remove();
}
