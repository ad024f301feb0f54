// SPDX-License-Identifier: GPL-2.0
/*
 * A killed waiter fails to take a page lock, and keeps the wake-up
 * found: a wake-up is lost
 * commit: 2a9127fcf229 mm: rewrite wait_on_page_bit_common() logic
 *
 * A task that waited for a page lock tried to take it, and left if that failed and the task was to
 * die. That looks right: the task that has the lock will unlock the page and wake the next. But it
 * may do so while the one that leaves is still linked and marked as asleep: that one is given the
 * wake-up, the page is free, and the next waiter sleeps for ever. Since the rewrite the unlocking
 * task takes the lock for the waiter, and a waiter that leaves learns under the lock of the queue
 * whether it was given the page.
 */
#include <linux/bitops.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(page_queue);
static unsigned long page_flags; /* bit 0: locked */

static void unlock_page(void)
{
	clear_bit_unlock(0, &page_flags);
	smp_mb__after_atomic();
	wake_up(&page_queue);
}

#ifdef BROKEN
static bool lock_page_killable(void)
{
	bool locked = false;
	DEFINE_WAIT(wait);

	while (!locked) {
		prepare_to_wait_exclusive(&page_queue, &wait, TASK_KILLABLE);
		if (test_bit(0, &page_flags))
			schedule();
		locked = !test_and_set_bit_lock(0, &page_flags);
		if (fatal_signal_pending(current))
			break;
	}
	finish_wait(&page_queue, &wait);
	return locked;
}
#else
/*
 * Runs in the waker, under the lock of the queue; the waiter takes that lock before it leaves.
 * Negative: the page is locked again, wake nobody.
 */
static int take_page_for(struct wait_queue_entry *wait, unsigned int mode, int flags, void *key)
{
	if (test_and_set_bit_lock(0, &page_flags))
		return -1;
	list_del_init_careful(&wait->entry); /* before the wake-up: the waiter looks at it */
	default_wake_function(wait, mode, flags, key);
	return 1;
}

static bool lock_page_killable(void)
{
	DEFINE_WAIT_FUNC(wait, take_page_for);
	bool given;

	spin_lock_irq(&page_queue.lock);
	given = !test_and_set_bit_lock(0, &page_flags);
	if (!given) {
		wait.flags |= WQ_FLAG_EXCLUSIVE;
		__add_wait_queue_entry_tail(&page_queue, &wait);
	}
	spin_unlock_irq(&page_queue.lock);
	if (given)
		return true;
	for (;;) {
		set_current_state(TASK_KILLABLE);
		if (list_empty_careful(&wait.entry) || fatal_signal_pending(current))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	spin_lock_irq(&page_queue.lock);
	given = list_empty(&wait.entry);
	list_del_init(&wait.entry);
	spin_unlock_irq(&page_queue.lock);
	return given;
}
#endif

EXPLORE(a_page_is_locked_meanwhile)
{
	THREAD(victim)
	{
		if (lock_page_killable())
			unlock_page();
	}
	KILL(victim);
	THREAD(other)
	{
		lock_page_killable(); /* and keeps the page */
	}
	THREAD(fast)
	{
		if (!test_and_set_bit_lock(0, &page_flags))
			unlock_page();
	}
}
