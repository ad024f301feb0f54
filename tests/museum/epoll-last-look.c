// SPDX-License-Identifier: GPL-2.0
/*
 * epoll looks for events while another task has them in its hands
 * found: a wake-up is lost
 * commit: 65759097d804 epoll: call final ep_events_available() check under the lock
 * broken by: 339ddb53d373 fs/epoll: remove unnecessary wakeups of nested epoll
 *
 * A task that collects events takes the whole list of them, lets go of the lock, delivers one,
 * and puts the rest back; a flag says so meanwhile. Flag and list change one after the other. A
 * second task looked at both without the lock and saw neither. It slept for ever beside a
 * pending event, because the first task, since an earlier change, wakes nobody when it puts the
 * rest back. Since the mending the last look before the sleep, and the link, are under the lock.
 */
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <waitq/explore.h>

struct epoll {
	struct mutex collecting;
	spinlock_t lock; /* of all that follows */
	unsigned int ready;
	bool scanning; /* `ready` is elsewhere */
	wait_queue_head_t queue;
};

static struct epoll epoll = {
	.collecting = __MUTEX_INITIALIZER(epoll.collecting),
	.lock = __SPIN_LOCK_UNLOCKED(epoll.lock),
	.ready = 2,
	.queue = __WAIT_QUEUE_HEAD_INITIALIZER(epoll.queue),
};

static bool epoll_has_events(const struct epoll *of)
{
	return READ_ONCE(of->ready) || READ_ONCE(of->scanning);
}

/* Delivers one event, if there is one. */
static bool epoll_collect(struct epoll *from)
{
	unsigned int taken, left;

	mutex_lock(&from->collecting);
	spin_lock_irq(&from->lock);
	taken = from->ready;
	WRITE_ONCE(from->ready, 0);
	WRITE_ONCE(from->scanning, true);
	spin_unlock_irq(&from->lock);

	left = taken ? taken - 1 : 0; /* here one is copied to the user */

	spin_lock_irq(&from->lock);
	WRITE_ONCE(from->scanning, false);
	WRITE_ONCE(from->ready, from->ready + left);
	spin_unlock_irq(&from->lock);
	mutex_unlock(&from->collecting);
	return taken;
}

static void epoll_wait(struct epoll *of)
{
	while (!epoll_has_events(of) || !epoll_collect(of)) {
		DEFINE_WAIT(entry);
		bool sleeps;

		spin_lock_irq(&of->lock);
#ifdef BROKEN
		__add_wait_queue_exclusive(&of->queue, &entry);
		spin_unlock_irq(&of->lock);
		set_current_state(TASK_INTERRUPTIBLE);
		sleeps = !epoll_has_events(of);
#else
		__set_current_state(TASK_INTERRUPTIBLE);
		sleeps = !epoll_has_events(of);
		if (sleeps)
			__add_wait_queue_exclusive(&of->queue, &entry);
		spin_unlock_irq(&of->lock);
#endif
		if (sleeps)
			schedule();
		finish_wait(&of->queue, &entry);
	}
}

EXPLORE(two_tasks_two_events)
{
	THREAD(first)
	{
		epoll_wait(&epoll);
	}
	THREAD(second)
	{
		epoll_wait(&epoll);
	}
}
