// SPDX-License-Identifier: GPL-2.0
/*
 * A wait that a signal ends returns without finish_wait(): its entry stays, on a dead stack.
 * found: an entry is left linked
 */
#include <linux/sched/signal.h>
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static bool ready;

static int wait_until_ready(void)
{
	DEFINE_WAIT(wait);

	for (;;) {
		prepare_to_wait(&queue, &wait, TASK_INTERRUPTIBLE);
		if (READ_ONCE(ready))
			break;
		if (signal_pending(current)) {
#ifdef BROKEN
			__set_current_state(TASK_RUNNING);
#else
			finish_wait(&queue, &wait);
#endif
			return -ERESTARTSYS;
		}
		schedule();
	}
	finish_wait(&queue, &wait);
	return 0;
}

EXPLORE(a_signal_ends_the_wait)
{
	THREAD(waiter)
	{
		wait_until_ready();
	}
	THREAD(waker)
	{
		WRITE_ONCE(ready, true);
		wake_up_interruptible(&queue);
	}
	SIGNAL(waiter);
}
