// SPDX-License-Identifier: GPL-2.0
/*
 * An operation makes the condition true and wakes nobody: writers wait for room, a reset makes it.
 * found: a wake-up is lost
 */
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(room);
static DEFINE_SPINLOCK(lock);
static unsigned int used = 1;

static bool put(void)
{
	bool fits;

	spin_lock(&lock);
	fits = used < 1;
	used += fits;
	spin_unlock(&lock);
	return fits;
}

EXPLORE(a_writer_and_a_reset)
{
	THREAD(writer)
	{
		wait_event(room, put());
	}
	THREAD(reset)
	{
		spin_lock(&lock);
		used = 0;
		spin_unlock(&lock);
#ifndef BROKEN
		wake_up(&room);
#endif
	}
}
