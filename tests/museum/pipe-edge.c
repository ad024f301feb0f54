// SPDX-License-Identifier: GPL-2.0
/*
 * A write into a pipe that is not empty gives epoll no edge
 * found: ASSERT(returned(reader)) fails
 * commit: 3a34b13a88ca pipe: make pipe writes always wake up readers
 * broken by: 1b6b26ae7053 pipe: fix and clarify pipe write wakeup logic
 *
 * A sleeping reader needs a wake-up only when the pipe was empty, so a write into one that was
 * not empty stopped waking. Edge-triggered epoll hears of a pipe through the same wake-up, and
 * programs used a pipe as a bell: they count the events and leave the bytes where they are.
 * Their second event never came, and they slept for ever. Since the mending every write wakes.
 */
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <waitq/explore.h>

/* A pipe with one edge-triggered epoll behind it. */
static DECLARE_WAIT_QUEUE_HEAD(pipe_readers);
static DEFINE_SPINLOCK(pipe_lock);
static unsigned int bytes; /* under pipe_lock */
static DECLARE_WAIT_QUEUE_HEAD(epoll_waiters);
static wait_queue_entry_t epoll; /* in pipe_readers */
static bool edge;                /* an event that epoll_next() has not yet reported */

static DECLARE_WAIT_QUEUE_HEAD(answers);
static bool answered;

/* Stands in the pipe's queue, in the place of a sleeping task. */
static int epoll_hear(wait_queue_entry_t *entry, unsigned int mode, int sync, void *key)
{
	WRITE_ONCE(edge, true);
	wake_up(&epoll_waiters);
	return 0;
}

static void epoll_next(void)
{
	wait_event(epoll_waiters, READ_ONCE(edge));
	WRITE_ONCE(edge, false);
}

static void pipe_write_byte(void)
{
	bool was_empty;

	spin_lock(&pipe_lock);
	was_empty = bytes++ == 0;
	spin_unlock(&pipe_lock);
#ifdef BROKEN
	if (was_empty)
		wake_up_interruptible(&pipe_readers);
#else
	(void)was_empty;
	wake_up_interruptible(&pipe_readers);
#endif
}

EXPLORE(a_bell_that_rings_twice)
{
	init_waitqueue_func_entry(&epoll, epoll_hear);
	add_wait_queue(&pipe_readers, &epoll);

	THREAD(writer)
	{
		pipe_write_byte();
		/* The two rings are apart, so no event stands for both. */
		wait_event(answers, READ_ONCE(answered));
		pipe_write_byte();
	}
	THREAD(reader)
	{
		epoll_next();
		WRITE_ONCE(answered, true);
		wake_up(&answers);
		epoll_next();
	}
	AFTER
	{
		ASSERT(returned(reader));
	}
}
