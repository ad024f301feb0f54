// SPDX-License-Identifier: GPL-2.0
/*
 * A killed waiter for a page's lock takes the wake-up with it
 * found: a wake-up is lost
 * commit: 777c6c5f1f6e wait: prevent exclusive waiter starvation
 *
 * A page's lock is a bit, and its waiters are exclusive: an unlock wakes one, which takes the
 * lock and wakes the next when it unlocks. A signal may kill the first waiter at the moment when
 * the unlock wakes it. It leaves without the lock, so it never unlocks, and the second waiter
 * sleeps for ever in front of a free page. Since the mending a waiter that leaves looks, under
 * the queue's lock, whether a wake-up has already unlinked it; it then passes that wake-up on.
 */
#include <linux/bitops.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>
#include <waitq/explore.h>

enum { PAGE_LOCKED };

struct page {
	unsigned long flags;
	wait_queue_head_t queue;
};

static struct page page = {
	.flags = BIT(PAGE_LOCKED), /* by the thread "holder" */
	.queue = __WAIT_QUEUE_HEAD_INITIALIZER(page.queue),
};

static void page_unlock(struct page *of)
{
	clear_bit_unlock(PAGE_LOCKED, &of->flags);
	wake_up(&of->queue);
}

static void page_leave(struct page *of, wait_queue_entry_t *entry)
{
#ifdef BROKEN
	finish_wait(&of->queue, entry);
#else
	__set_current_state(TASK_RUNNING);
	spin_lock_irq(&of->queue.lock);
	/* Only a wake-up unlinks an entry: this one was for the lock. */
	if (list_empty(&entry->entry))
		wake_up_locked(&of->queue);
	else
		list_del_init(&entry->entry);
	spin_unlock_irq(&of->queue.lock);
#endif
}

static int page_lock_killable(struct page *of)
{
	DEFINE_WAIT(entry);

	for (;;) {
		prepare_to_wait_exclusive(&of->queue, &entry, TASK_KILLABLE);
		if (test_bit(PAGE_LOCKED, &of->flags)) {
			schedule();
			if (fatal_signal_pending(current)) {
				page_leave(of, &entry);
				return -EINTR;
			}
		}
		if (!test_and_set_bit_lock(PAGE_LOCKED, &of->flags))
			break;
	}
	finish_wait(&of->queue, &entry);
	return 0;
}

EXPLORE(two_waiters_and_a_kill)
{
	THREAD(holder)
	{
		page_unlock(&page);
	}
	THREAD(victim)
	{
		if (!page_lock_killable(&page))
			page_unlock(&page);
	}
	THREAD(second)
	{
		if (!page_lock_killable(&page))
			page_unlock(&page);
	}
	KILL(victim);
}
