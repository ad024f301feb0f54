// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel thread does not test kthread_should_stop() in its wait: who stops it waits for ever.
 * found: deadlock
 */
#include <linux/kthread.h>
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static int work;

static int serve(void *data)
{
	while (!kthread_should_stop()) {
#ifdef BROKEN
		wait_event(queue, READ_ONCE(work));
#else
		wait_event(queue, READ_ONCE(work) || kthread_should_stop());
#endif
		WRITE_ONCE(work, 0);
	}
	return 0;
}

EXPLORE(start_and_stop)
{
	THREAD(user)
	{
		struct task_struct *thread = kthread_run(serve, NULL, "server");

		kthread_stop(thread);
	}
}
