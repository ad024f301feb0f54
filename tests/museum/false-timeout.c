// SPDX-License-Identifier: GPL-2.0
/*
 * The event came in time, and wait_event_timeout() said that it did not
 * found: ASSERT(left > 0 || !in_time) fails
 * commit: none known to us: the id was not found again, the title stands below
 *
 * The wait left its loop as soon as schedule_timeout() returned 0, and returned that 0. But an
 * event may come in time, and the waiter get the processor only after the timeout: the condition
 * was true, and the caller was told of a timeout that there was not. The fix is "wait: fix false
 * timeouts when using wait_event_timeout()": the condition is tested once more when the time is
 * over, and if it is true, the result is 1.
 */
#include <linux/jiffies.h>
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static bool answered;

static long wait_for_answer(long left)
{
	DEFINE_WAIT(wait);

	for (;;) {
		prepare_to_wait(&queue, &wait, TASK_UNINTERRUPTIBLE);
		if (READ_ONCE(answered))
			break;
		left = schedule_timeout(left);
		if (!left) {
#ifndef BROKEN
			if (READ_ONCE(answered))
				left = 1;
#endif
			break;
		}
	}
	finish_wait(&queue, &wait);
	return left;
}

EXPLORE(a_device_answers)
{
	unsigned long deadline = jiffies + 2;
	bool in_time = false;
	long left = -1;

	THREAD(driver)
	{
		left = wait_for_answer(2);
	}
	IRQ(device)
	{
		WRITE_ONCE(answered, true);
		smp_mb(); /* the clock is read when the answer is seen by all */
		in_time = time_before(READ_ONCE(jiffies), deadline);
		wake_up(&queue);
	}
	AFTER
	{
		ASSERT(left > 0 || !in_time);
	}
}
