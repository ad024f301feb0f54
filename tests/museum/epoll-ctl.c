// SPDX-License-Identifier: GPL-2.0
/*
 * epoll_ctl() looks for waiters under a lock that they do not take
 * found: a wake-up is lost
 * commit: 1b53734bd0b2 epoll: fix possible lost wakeup on epoll_ctl() path
 * broken by: a218cc491420 epoll: use rwlock in order to reduce ep_poll_callback() contention
 *
 * epoll_ctl() adds a file that is ready already, and wakes if somebody waits. It got a new lock,
 * while a waiter still linked itself under the lock of the queue. Without a common lock nothing
 * orders the store to the list of ready files before the look at the queue: the store waits in
 * the processor's buffer, the look finds an empty queue, the waiter links itself and finds an
 * empty list. The waiter slept for ever. Since the mending it links itself under epoll's lock.
 */
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <waitq/explore.h>

struct epoll {
	spinlock_t lock;
	unsigned int ready; /* changed under the lock */
	wait_queue_head_t queue;
};

static struct epoll epoll = {
	.lock = __SPIN_LOCK_UNLOCKED(epoll.lock),
	.queue = __WAIT_QUEUE_HEAD_INITIALIZER(epoll.queue),
};

#ifdef BROKEN
#define waiters_lock queue.lock
#else
#define waiters_lock lock
#endif

static void epoll_wait(struct epoll *of)
{
	DECLARE_WAITQUEUE(entry, current);

	spin_lock_irq(&of->waiters_lock);
	__add_wait_queue_exclusive(&of->queue, &entry);
	spin_unlock_irq(&of->waiters_lock);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (READ_ONCE(of->ready))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	spin_lock_irq(&of->waiters_lock);
	__remove_wait_queue(&of->queue, &entry);
	spin_unlock_irq(&of->waiters_lock);
}

static void epoll_ctl_add_ready_file(struct epoll *to)
{
	spin_lock_irq(&to->lock);
	WRITE_ONCE(to->ready, to->ready + 1);
	if (waitqueue_active(&to->queue))
		wake_up(&to->queue);
	spin_unlock_irq(&to->lock);
}

EXPLORE(a_waiter_and_epoll_ctl)
{
	THREAD(waiter)
	{
		epoll_wait(&epoll);
	}
	THREAD(adder)
	{
		epoll_ctl_add_ready_file(&epoll);
	}
}
