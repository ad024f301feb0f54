// SPDX-License-Identifier: GPL-2.0
/*
 * A wait entry is put in one queue and removed with the lock of another: the list is changed while
 * a wake-up walks it.
 * found: use of a dead stack
 */
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(readers);
static DECLARE_WAIT_QUEUE_HEAD(writers);
static bool ready;

static void wait_for_it(void)
{
	DECLARE_WAITQUEUE(entry, current);

	add_wait_queue(&readers, &entry);
	set_current_state(TASK_UNINTERRUPTIBLE);
	while (!READ_ONCE(ready)) {
		schedule();
		set_current_state(TASK_UNINTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
#ifdef BROKEN
	remove_wait_queue(&writers, &entry);
#else
	remove_wait_queue(&readers, &entry);
#endif
}

EXPLORE(two_waiters_and_the_end)
{
	THREAD(first)
	{
		wait_for_it();
	}
	THREAD(second)
	{
		wait_for_it();
	}
	THREAD(waker)
	{
		WRITE_ONCE(ready, true);
		wake_up_all(&readers);
	}
}
