// SPDX-License-Identifier: GPL-2.0
/*
 * A task that is about to sleep takes a mutex, which may sleep too: its state is lost.
 * found: an inner sleep
 */
#include <linux/mutex.h>
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static DEFINE_MUTEX(mutex);
static bool ready;

static bool is_ready(void)
{
	bool is;

	mutex_lock(&mutex);
	is = ready;
	mutex_unlock(&mutex);
	return is;
}

EXPLORE(a_condition_that_sleeps)
{
	THREAD(waiter)
	{
#ifdef BROKEN
		wait_event(queue, is_ready());
#else
		DEFINE_WAIT_FUNC(wait, woken_wake_function);

		add_wait_queue(&queue, &wait);
		while (!is_ready())
			wait_woken(&wait, TASK_UNINTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
		remove_wait_queue(&queue, &wait);
#endif
	}
	THREAD(waker)
	{
		mutex_lock(&mutex);
		ready = true;
		mutex_unlock(&mutex);
		wake_up(&queue);
	}
}
