// SPDX-License-Identifier: GPL-2.0
/*
 * A task marks itself as asleep with __set_current_state(), which has no barrier: it may test the
 * flag before the waker can see that it sleeps.
 * found: a wake-up is lost
 */
#include <linux/sched.h>
#include <waitq/explore.h>

static struct task_struct *sleeper;
static bool ready;

static void wait_for_it(void)
{
	for (;;) {
#ifdef BROKEN
		__set_current_state(TASK_UNINTERRUPTIBLE);
#else
		set_current_state(TASK_UNINTERRUPTIBLE);
#endif
		if (READ_ONCE(ready))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

EXPLORE(a_sleeper_and_a_waker)
{
	THREAD(waiter)
	{
		WRITE_ONCE(sleeper, current);
		wait_for_it();
	}
	THREAD(waker)
	{
		struct task_struct *task;

		WRITE_ONCE(ready, true);
		smp_mb(); /* with the one of set_current_state() */
		task = READ_ONCE(sleeper);
		if (task)
			wake_up_process(task);
	}
}
