// SPDX-License-Identifier: GPL-2.0
/*
 * Every event walks past the entries of epoll waiters that were killed
 * found: ASSERT(READ_ONCE(looked) <= 1) fails
 * commit: a16ceb139610 epoll: autoremove wakers even more aggressively
 *
 * A wake-up unlinks an epoll waiter, so that the next event goes to the next waiter; but it did
 * so only if the wake-up succeeded. The threads of a killed process are awake already and wait
 * for the processor, their entries still linked. Each event then tried to wake every one of
 * them, in vain and with the queue's lock held, which the dying threads need to unlink
 * themselves: with many threads and many packets the kernel reported hard lockups. Since the
 * mending a wake-up unlinks every entry that it has looked at; a waiter that is awake never uses
 * its entry again.
 */
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static bool ready;
static unsigned int looked; /* wake-ups that came by the waiter's entry, under the queue's lock */

static int epoll_wake(wait_queue_entry_t *entry, unsigned int mode, int sync, void *key)
{
	int woken;

	WRITE_ONCE(looked, looked + 1);
	woken = default_wake_function(entry, mode, sync, key);
#ifdef BROKEN
	if (woken)
#endif
		list_del_init_careful(&entry->entry);
	return woken;
}

static int epoll_wait(void)
{
	DEFINE_WAIT_FUNC(entry, epoll_wake);
	bool sleeps;

	spin_lock_irq(&queue.lock);
	__set_current_state(TASK_INTERRUPTIBLE);
	sleeps = !READ_ONCE(ready) && !signal_pending(current);
	if (sleeps)
		__add_wait_queue_exclusive(&queue, &entry);
	spin_unlock_irq(&queue.lock);
	if (sleeps)
		schedule();
	finish_wait(&queue, &entry);
	return READ_ONCE(ready) ? 0 : -EINTR;
}

static void epoll_event(void)
{
	WRITE_ONCE(ready, true);
	wake_up(&queue);
}

EXPLORE(a_killed_waiter_and_two_events)
{
	THREAD(waiter)
	{
		epoll_wait();
	}
	THREAD(packets)
	{
		epoll_event();
		epoll_event();
		ASSERT(READ_ONCE(looked) <= 1);
	}
	KILL(waiter);
}
