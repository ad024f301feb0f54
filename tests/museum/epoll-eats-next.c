// SPDX-License-Identifier: GPL-2.0
/*
 * An epoll waiter stays linked after its wake-up and eats the next one
 * found: a wake-up is lost
 * commit: 412895f03cbf epoll: atomically remove wait entry on wake up
 * broken by: 339ddb53d373 fs/epoll: remove unnecessary wakeups of nested epoll
 *
 * Two tasks wait for events of one epoll file, and each takes one event. An event wakes one of
 * them, but its entry stays in the queue until the task itself unlinks it. Before that the task
 * marks itself as asleep once more, for the test of its loop, and so the wake-up of a second
 * event hits it again. It takes one event and returns; the other task sleeps for ever beside the
 * second. (Before the first change, the task that had taken an event woke the next one, which
 * hid that.) Since the mending the wake-up unlinks the entry, and the next one goes to the next
 * waiter.
 */
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <waitq/explore.h>

struct epoll {
	spinlock_t lock; /* of all that follows */
	unsigned int ready;
	wait_queue_head_t queue;
};

static struct epoll epoll = {
	.lock = __SPIN_LOCK_UNLOCKED(epoll.lock),
	.queue = __WAIT_QUEUE_HEAD_INITIALIZER(epoll.queue),
};

static bool epoll_take(struct epoll *from)
{
	bool got;

	spin_lock_irq(&from->lock);
	got = from->ready;
	if (got)
		WRITE_ONCE(from->ready, from->ready - 1);
	spin_unlock_irq(&from->lock);
	return got;
}

static void epoll_link(struct epoll *to, wait_queue_entry_t *entry)
{
	spin_lock_irq(&to->lock);
	__add_wait_queue_exclusive(&to->queue, entry);
	spin_unlock_irq(&to->lock);
}

static void epoll_wait(struct epoll *of)
{
	while (!epoll_take(of)) {
#ifdef BROKEN
		DECLARE_WAITQUEUE(entry, current);
#else
		DEFINE_WAIT(entry); /* a wake-up unlinks it */
#endif
		epoll_link(of, &entry);
#ifdef BROKEN
		for (;;) {
			set_current_state(TASK_INTERRUPTIBLE);
			if (READ_ONCE(of->ready))
				break;
			schedule();
		}
#else
		set_current_state(TASK_INTERRUPTIBLE);
		if (!READ_ONCE(of->ready))
			schedule();
#endif
		__set_current_state(TASK_RUNNING);
		spin_lock_irq(&of->lock);
		list_del_init(&entry.entry);
		spin_unlock_irq(&of->lock);
	}
}

static void epoll_event(struct epoll *of)
{
	unsigned long flags;

	spin_lock_irqsave(&of->lock, flags);
	WRITE_ONCE(of->ready, of->ready + 1);
	if (waitqueue_active(&of->queue))
		wake_up(&of->queue);
	spin_unlock_irqrestore(&of->lock, flags);
}

EXPLORE(two_waiters_two_events)
{
	THREAD(waiter_a)
	{
		epoll_wait(&epoll);
	}
	THREAD(waiter_b)
	{
		epoll_wait(&epoll);
	}
	THREAD(events)
	{
		epoll_event(&epoll);
		epoll_event(&epoll);
	}
}
