// SPDX-License-Identifier: GPL-2.0
/*
 * A condition is tested with if, and not in a loop: of two that are woken one takes the event, the
 * other believes that it has one too.
 * found: ASSERT(taken == 1) fails
 */
#include <linux/sched.h>
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static DEFINE_SPINLOCK(lock);
static int events, taken;

static bool take(void)
{
	bool there;

	spin_lock(&lock);
	there = events > 0;
	if (there) {
		--events;
		++taken;
	}
	spin_unlock(&lock);
	return there;
}

static void wait_for_event(void)
{
#ifdef BROKEN
	DEFINE_WAIT(wait);

	prepare_to_wait(&queue, &wait, TASK_UNINTERRUPTIBLE);
	if (!READ_ONCE(events))
		schedule();
	finish_wait(&queue, &wait);
	if (!take()) {
		spin_lock(&lock);
		++taken; /* it goes on as if it had one */
		spin_unlock(&lock);
	}
#else
	wait_event(queue, take());
#endif
}

EXPLORE(two_waiters_one_event)
{
	THREAD(waiter_a)
	{
		wait_for_event();
	}
	THREAD(waiter_b)
	{
		wait_for_event();
	}
	THREAD(poster)
	{
		spin_lock(&lock);
		++events;
		spin_unlock(&lock);
		wake_up_all(&queue);
	}
	AFTER
	{
		ASSERT(taken == 1);
	}
}
