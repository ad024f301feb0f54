// SPDX-License-Identifier: GPL-2.0
/*
 * A task is published before its state says that it sleeps: a wake-up in between finds it running.
 * found: a wake-up is lost
 */
#include <linux/sched.h>
#include <waitq/explore.h>

static struct task_struct *sleeper;
static bool done;

EXPLORE(a_sleeper_and_a_waker)
{
	THREAD(waiter)
	{
#ifdef BROKEN
		WRITE_ONCE(sleeper, current);
		if (!READ_ONCE(done)) {
			set_current_state(TASK_UNINTERRUPTIBLE);
			schedule();
		}
#else
		WRITE_ONCE(sleeper, current);
		for (;;) {
			set_current_state(TASK_UNINTERRUPTIBLE);
			if (READ_ONCE(done))
				break;
			schedule();
		}
		__set_current_state(TASK_RUNNING);
#endif
	}
	THREAD(waker)
	{
		struct task_struct *task;

		WRITE_ONCE(done, true);
		smp_mb();
		task = READ_ONCE(sleeper);
		if (task)
			wake_up_process(task);
	}
}
