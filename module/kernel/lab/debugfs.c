// SPDX-License-Identifier: GPL-2.0
/* debugfs.c - /sys/kernel/debug/waitq_lab/waitq_labN/waiters: the entries, a line each. */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/seq_file.h>

#include "../../uapi/waitq_lab.h"
#include "../lab.h"
#include "../listing.h"
#include "kernel.h"

static const char *const place_names[] = {
#define LAB_X(value, id, name, text) [value] = #name,
	LAB_PLACES(LAB_X)
#undef LAB_X
};

static const char *const kind_names[] = {
#define LAB_X(value, id, name, ...) [value] = #name,
	LAB_WAIT_KINDS(LAB_X)
#undef LAB_X
};

static long fill(void *queue, void *entries, unsigned int room, unsigned long long *linked)
{
	return lab_list_waiters(queue, entries, room, linked);
}

static void show_heading(struct seq_file *file)
{
	seq_printf(file, "%-8s %6s %-3s %c %-15s %-30s %-32s %s\n", "queue", "pid", "xpw", 's',
		   "comm", "function", "kind", "for");
}

static void show_entry(struct seq_file *file, const void *entry, long long now_ns)
{
	const struct lab_waiter *waiter = entry;
	const bool known = waiter->flags & LAB_WAITER_KNOWN;

	seq_printf(file, "%-8s %6u %c%c%c %c %-15s %-30s %-32s ", place_names[waiter->place],
		   waiter->pid, waiter->flags & LAB_WAITER_EXCLUSIVE ? 'x' : '-',
		   waiter->flags & LAB_WAITER_PRIORITY ? 'p' : '-',
		   waiter->flags & LAB_WAITER_WOKEN ? 'w' : '-', waiter->state,
		   waiter->comm[0] ? waiter->comm : "-", waiter->function,
		   known ? kind_names[waiter->kind] : "-");
	if (known)
		seq_printf(file, "%lld ms\n", div_s64(now_ns - waiter->since_ns, NSEC_PER_MSEC));
	else
		seq_puts(file, "-\n");
}

static const struct listing listing = {
	.name = "waitq_lab",
	.size = sizeof(struct lab_waiter),
	.room = LAB_WAITERS_MAX,
	.fill = fill,
	.show_heading = show_heading,
	.show_entry = show_entry,
};

void lab_debugfs_create(void *const *queues, unsigned int count)
{
	listing_create(&listing, queues, count);
}

void lab_debugfs_remove(void)
{
	listing_remove();
}
