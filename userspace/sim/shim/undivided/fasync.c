// SPDX-License-Identifier: GPL-2.0
/* fasync.c - the files whose owners are sent SIGIO. */
#include <linux/poll.h>
#include <linux/spinlock.h>
#include <waitq/explore.h>

#include "files.h"

static DEFINE_SPINLOCK(fasync_lock);
static struct fasync_struct fasyncs[ARRAY_SIZE(sim_files)]; /* free: no file */

static int fasync_add(int fd, struct file *file, struct fasync_struct **list)
{
	struct fasync_struct *of, *added = NULL;
	unsigned int i;

	for (of = READ_ONCE(*list); of; of = of->fa_next)
		if (of->fa_file == file) {
			of->fa_fd = fd;
			return 0;
		}
	for (i = 0; i < ARRAY_SIZE(fasyncs) && !added; ++i)
		if (!fasyncs[i].fa_file)
			added = &fasyncs[i];
	if (!added)
		sim_give_up("more files want SIGIO than the simulation has room for");
	*added = (struct fasync_struct){ file, *list, fd };
	file->f_flags |= FASYNC;
	WRITE_ONCE(*list, added);
	return 1;
}

static int fasync_remove(struct file *file, struct fasync_struct **list)
{
	struct fasync_struct *of = READ_ONCE(*list), *before = NULL;

	while (of && of->fa_file != file) {
		before = of;
		of = of->fa_next;
	}
	if (!of)
		return 0;
	of->fa_file = NULL;
	file->f_flags &= ~FASYNC;
	if (before)
		before->fa_next = of->fa_next;
	else
		WRITE_ONCE(*list, of->fa_next);
	return 1;
}

int fasync_helper(int fd, struct file *file, int on, struct fasync_struct **list)
{
	unsigned long flags;
	int result;

	if (on)
		sim_might_sleep("fasync_helper()");
	spin_lock_irqsave(&fasync_lock, flags);
	sim_touch(&file->f_flags, true);
	result = on ? fasync_add(fd, file, list) : fasync_remove(file, list);
	spin_unlock_irqrestore(&fasync_lock, flags);
	return result;
}

void kill_fasync(struct fasync_struct **list, int signal, int band)
{
	struct fasync_struct *of;
	unsigned long flags;
	unsigned int count = 0;

	/* No lock where nobody is in the list: no barrier for the caller either. */
	if (!READ_ONCE(*list))
		return;
	spin_lock_irqsave(&fasync_lock, flags);
	for (of = READ_ONCE(*list); of; of = of->fa_next)
		++count;
	spin_unlock_irqrestore(&fasync_lock, flags);
	sim_tell("sends SIGIO to %u file%s", count, count == 1 ? "" : "s");
}

long explore_fasync(struct file *file, bool on)
{
	long result;

	if (IS_ERR(file))
		return PTR_ERR(file);
	if (!file->f_op->fasync)
		return -ENOTTY;
	sim_touch(&file->f_flags, false);
	if (on == !!(file->f_flags & FASYNC))
		return 0;
	sim_enter_module();
	result = file->f_op->fasync(3, file, on);
	sim_leave_module();
	return min(result, 0L);
}
