// SPDX-License-Identifier: GPL-2.0
/*
 * A wait that a signal ends is begun again at once: the signal still pends, the task never sleeps.
 * found: the execution does not end
 */
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static bool ready;

EXPLORE(a_signal_comes)
{
	THREAD(waiter)
	{
#ifdef BROKEN
		while (wait_event_interruptible(queue, READ_ONCE(ready)))
			;
#else
		wait_event_interruptible(queue, READ_ONCE(ready));
#endif
	}
	SIGNAL(waiter);
}
