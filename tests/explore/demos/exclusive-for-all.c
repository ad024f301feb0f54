// SPDX-License-Identifier: GPL-2.0
/*
 * The end concerns all that wait, and a wake-up for one is made of it.
 * found: a wake-up is lost
 */
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static bool closed;

EXPLORE(two_waiters_and_the_end)
{
	THREAD(waiter_a)
	{
		wait_event_interruptible_exclusive(queue, READ_ONCE(closed));
	}
	THREAD(waiter_b)
	{
		wait_event_interruptible_exclusive(queue, READ_ONCE(closed));
	}
	THREAD(end)
	{
		WRITE_ONCE(closed, true);
#ifdef BROKEN
		wake_up_interruptible(&queue);
#else
		wake_up_interruptible_all(&queue);
#endif
	}
}
