// SPDX-License-Identifier: GPL-2.0
/*
 * The waker stores the condition, and looks with waitqueue_active() for somebody to wake. No
 * barrier is between the two: the waiter can still miss the store when the waker misses the waiter.
 * found: a wake-up is lost
 */
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static bool ready;

static void finish(void)
{
	WRITE_ONCE(ready, true);
#ifdef BROKEN
	if (waitqueue_active(&queue))
#else
	if (wq_has_sleeper(&queue))
#endif
		wake_up(&queue);
}

EXPLORE(one_waiter_and_the_end)
{
	THREAD(waiter)
	{
		wait_event(queue, READ_ONCE(ready));
	}
	THREAD(waker)
	{
		finish();
	}
}
