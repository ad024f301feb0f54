// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel thread that is told to stop between its test and its sleep
 * found: deadlock
 * commit: cb6538e740d7 sched/wait: Fix a kthread race with wait_woken()
 *
 * A kernel thread loops on kthread_should_stop() and wait_woken(). The latter sleeps unless a wake
 * function has left its flag in the wait entry. kthread_stop() wakes the task itself and goes
 * through no wait queue, so it leaves no flag: a stop after the test and before the task is marked
 * as asleep is lost, the thread sleeps for ever, and so does the caller of kthread_stop().
 * wait_woken() was taught to look for a pending stop as well, once the task is marked.
 */
#include <linux/kthread.h>
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(packets);

static bool told_to_stop(void)
{
#ifdef BROKEN
	return false;
#else
	return (current->flags & PF_KTHREAD) && kthread_should_stop();
#endif
}

/* Sleeps unless a wake-up came since the last call. */
static void wait_for_flag(struct wait_queue_entry *wait)
{
	set_current_state(TASK_INTERRUPTIBLE);
	if (!(READ_ONCE(wait->flags) & WQ_FLAG_WOKEN) && !told_to_stop())
		schedule();
	__set_current_state(TASK_RUNNING);
	smp_store_mb(wait->flags, wait->flags & ~WQ_FLAG_WOKEN);
}

static int serve(void *unused)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);

	add_wait_queue(&packets, &wait);
	while (!kthread_should_stop())
		wait_for_flag(&wait);
	remove_wait_queue(&packets, &wait);
	return 0;
}

EXPLORE(a_session_is_closed)
{
	THREAD(user)
	{
		struct task_struct *server = kthread_run(serve, NULL, "server");

		kthread_stop(server);
	}
}
