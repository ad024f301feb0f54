// SPDX-License-Identifier: GPL-2.0
/*
 * A watcher is linked behind a worker, and sees nothing of the work
 * found: a wake-up is lost
 * commit: none known to us: neither id nor title of the fix was found again
 *
 * add_wait_queue() links at the head, where wake_up() begins: plain entries are woken all, and
 * then one exclusive one. A clean-up let it link at the tail. wake_up() now met the exclusive
 * worker first, had woken the one it may, and stopped: a plain waiter behind it, which must hear
 * of each event, slept on. The mended function links at the head again.
 */
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(events);
static int arrived;

static void link_plain(struct wait_queue_entry *wait)
{
	unsigned long flags;

	spin_lock_irqsave(&events.lock, flags);
#ifdef BROKEN
	__add_wait_queue_entry_tail(&events, wait);
#else
	__add_wait_queue(&events, wait);
#endif
	spin_unlock_irqrestore(&events.lock, flags);
}

static void watch_one(void)
{
	DECLARE_WAITQUEUE(wait, current);

	link_plain(&wait);
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (READ_ONCE(arrived))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	remove_wait_queue(&events, &wait);
}

static void work_on_one(void)
{
	DEFINE_WAIT(wait);

	for (;;) {
		prepare_to_wait_exclusive(&events, &wait, TASK_UNINTERRUPTIBLE);
		if (READ_ONCE(arrived))
			break;
		schedule();
	}
	finish_wait(&events, &wait);
}

EXPLORE(a_worker_and_a_watcher)
{
	THREAD(worker)
	{
		work_on_one();
	}
	THREAD(watcher)
	{
		watch_one();
	}
	THREAD(source)
	{
		WRITE_ONCE(arrived, 1);
		wake_up(&events);
	}
}
