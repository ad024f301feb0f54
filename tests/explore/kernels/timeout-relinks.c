// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's own: until 84654c7f4730 (6.15), ___wait_event() went through prepare_to_wait_event()
 * once more after its sleep, also when its time was over. An exclusive waiter that leaves so is
 * marked as asleep once more, and eats the wake-up that another one needs. found before 6.15: a
 * wake-up is lost
 */
#include <linux/atomic.h>
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static atomic_t events;

static bool take(void)
{
	return atomic_add_unless(&events, -1, 0);
}

EXPLORE(a_timeout_and_a_wake_up)
{
	THREAD(with_timeout)
	{
		long __ret = 1;

		if (!___wait_cond_timeout(take()))
			___wait_event(queue, ___wait_cond_timeout(take()), TASK_UNINTERRUPTIBLE, 1,
				      1L, __ret = schedule_timeout(__ret));
	}
	THREAD(without)
	{
		if (!take())
			___wait_event(queue, take(), TASK_UNINTERRUPTIBLE, 1, 0, schedule());
	}
	THREAD(waker)
	{
		atomic_inc(&events);
		wake_up(&queue);
	}
}
