/* SPDX-License-Identifier: GPL-2.0 */
/*
 * listing.h - the file "waiters" of each queue in debugfs. Root's only. The list is made once, when
 * the file is opened, and is bounded. The device and the lab both have this.
 */
#ifndef WAITQ_LISTING_H
#define WAITQ_LISTING_H

#include <linux/types.h>

struct seq_file;

struct listing {
	const char *name;  /* of the module's directory; each queue's has its number after it */
	size_t size;       /* of an entry */
	unsigned int room; /* entries at most */
	/* Fills in up to @room entries: as waitq_list_waiters() of device.h. */
	long (*fill)(void *queue, void *entries, unsigned int room, unsigned long long *linked);
	void (*show_heading)(struct seq_file *file);
	/* @now_ns: when the list was made. */
	void (*show_entry)(struct seq_file *file, const void *entry, long long now_ns);
};

/*
 * The directory, in it one for each of @queues, and in that the file. Without debugfs there is
 * nothing, and no error. May sleep. A module has one listing.
 */
void listing_create(const struct listing *listing, void *const *queues, unsigned int count);
/* May sleep. */
void listing_remove(void);

#endif
