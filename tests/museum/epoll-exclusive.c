// SPDX-License-Identifier: GPL-2.0
/*
 * An exclusive wake-up is spent on a waiter for another event
 * found: a wake-up is lost
 * commit: b6a515c8a0f6 epoll: restrict EPOLLEXCLUSIVE to POLLIN and POLLOUT
 * broken by: df0108c5da56 epoll: add EPOLLEXCLUSIVE flag
 *
 * With EPOLLEXCLUSIVE an event wakes one idle waiter and not all. One wake-up may carry several
 * events, and the waiters may want different ones: the first whose set had any event in common
 * with the wake-up counted as the one, and a waiter for the other event behind it slept on. Only
 * EPOLLIN and EPOLLOUT are allowed now, and a waiter counts as the one only if the wake-up carries
 * the one of the two that it wants and not the other.
 */
#include <linux/poll.h>
#include <linux/wait.h>
#include <waitq/explore.h>

struct waiter {
	struct wait_queue_entry wait;
	struct task_struct *task;
	__poll_t wanted;
};

static DECLARE_WAIT_QUEUE_HEAD(pipe_queue);
static __poll_t ready;

static int wake_waiter(struct wait_queue_entry *wait, unsigned int mode, int flags, void *key)
{
	struct waiter *waiter = container_of(wait, struct waiter, wait);
	__poll_t events = key_to_poll(key);

	if (!(events & waiter->wanted))
		return 0;
	wake_up_process(waiter->task);
#ifdef BROKEN
	return 1;
#else
	return (events & (EPOLLIN | EPOLLOUT)) == waiter->wanted;
#endif
}

static void wait_for_event(__poll_t wanted)
{
	struct waiter waiter = { .task = current, .wanted = wanted };

	init_waitqueue_func_entry(&waiter.wait, wake_waiter);
	add_wait_queue_exclusive(&pipe_queue, &waiter.wait);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (READ_ONCE(ready) & wanted)
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	remove_wait_queue(&pipe_queue, &waiter.wait);
}

EXPLORE(a_pipe_becomes_readable_and_writable)
{
	THREAD(waits_to_read)
	{
		wait_for_event(EPOLLIN);
	}
	THREAD(waits_to_write)
	{
		wait_for_event(EPOLLOUT);
	}
	THREAD(pipe)
	{
		WRITE_ONCE(ready, EPOLLIN | EPOLLOUT);
		wake_up_poll(&pipe_queue, EPOLLIN | EPOLLOUT);
	}
}
