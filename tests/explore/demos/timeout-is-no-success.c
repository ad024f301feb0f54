// SPDX-License-Identifier: GPL-2.0
/*
 * The driver takes the result of wait_event_timeout() for an error number; but 0 says that the time
 * is over.
 * found: ASSERT(!succeeded || READ_ONCE(ready)) fails
 */
#include <linux/jiffies.h>
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static bool ready;

EXPLORE(a_wait_with_a_timeout)
{
	bool succeeded = false;

	THREAD(waiter)
	{
		long left = wait_event_timeout(queue, READ_ONCE(ready), 2);

#ifdef BROKEN
		succeeded = left >= 0;
#else
		succeeded = left > 0;
#endif
		ASSERT(!succeeded || READ_ONCE(ready));
	}
	THREAD(waker)
	{
		WRITE_ONCE(ready, true);
		wake_up(&queue);
	}
}
