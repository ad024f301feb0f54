// SPDX-License-Identifier: GPL-2.0
/*
 * A flag that counts for one event is cleared after it was served: an event that came meanwhile is
 * cleared with it.
 * found: ASSERT(served == 2 || events) fails
 */
#include <linux/atomic.h>
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static int events, served;

static void serve(void)
{
	wait_event(queue, READ_ONCE(events));
#ifdef BROKEN
	served += READ_ONCE(events);
	WRITE_ONCE(events, 0);
#else
	served += xchg(&events, 0);
#endif
}

static void post(void)
{
	int old = READ_ONCE(events);

	while (cmpxchg(&events, old, old + 1) != old)
		old = READ_ONCE(events);
	wake_up(&queue);
}

EXPLORE(two_events)
{
	THREAD(server)
	{
		serve();
	}
	THREAD(poster)
	{
		post();
		post();
	}
	AFTER
	{
		ASSERT(served == 2 || events);
	}
}
