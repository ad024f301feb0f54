// SPDX-License-Identifier: GPL-2.0
/*
 * A killed task takes the wake-up of a page lock with it
 * found: a wake-up is lost
 * commit: a8b169afbf06 Avoid page waitqueue race leaving possible page locker waiting
 * broken by: 62906027091f mm: add PageWaiters indicating tasks are waiting for a page bit
 *
 * The unlock of a page wakes one exclusive waiter, which must take the lock and wake the next one
 * when it unlocks in turn. The wait looked for a fatal signal before it tried the lock: a task
 * that was woken and killed left with the only wake-up, the page was free, and the next waiter
 * slept for ever. The mended wait tries the lock first, and takes it even if the task is to die:
 * its own unlock wakes the next.
 */
#include <linux/bitops.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(page_queue);
static unsigned long page_flags = 1; /* bit 0: locked, by the task that will unlock it */

static void unlock_page(void)
{
	clear_bit_unlock(0, &page_flags);
	smp_mb__after_atomic();
	wake_up(&page_queue);
}

static bool lock_page_killable(void)
{
	bool locked = false;
	DEFINE_WAIT(wait);

	while (!locked) {
		prepare_to_wait_exclusive(&page_queue, &wait, TASK_KILLABLE);
		if (test_bit(0, &page_flags))
			schedule();
#ifdef BROKEN
		if (fatal_signal_pending(current))
			break;
		locked = !test_and_set_bit_lock(0, &page_flags);
#else
		locked = !test_and_set_bit_lock(0, &page_flags);
		if (fatal_signal_pending(current))
			break;
#endif
	}
	finish_wait(&page_queue, &wait);
	return locked;
}

EXPLORE(one_of_two_waiters_is_killed)
{
	THREAD(victim)
	{
		if (lock_page_killable())
			unlock_page();
	}
	THREAD(other)
	{
		lock_page_killable(); /* and keeps the page */
	}
	THREAD(holder)
	{
		unlock_page();
	}
	KILL(victim);
}
