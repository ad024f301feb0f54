// SPDX-License-Identifier: GPL-2.0
/*
 * A terminal that has input, and a reader that sleeps
 * found: a wake-up is lost
 * commit: none known to us: the id was not found again, the title stands below
 *
 * The line discipline of a terminal moved the head of its buffer, and woke the readers only if
 * waitqueue_active() said that there were any. The processor may look at the queue before others
 * see the new head: the reader links itself, finds the buffer empty and sleeps, while the producer
 * finds the queue empty and wakes nobody. The reader slept, with its input there, until more came.
 * "tty: fix stall caused by missing memory barrier in drivers/tty/n_tty.c" mended it; here the
 * wake-up is made without the look, and the lock of the queue orders the two.
 */
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(read_wait);
static char buffer[4];
static unsigned int head; /* moved by the producer alone */
static unsigned int tail; /* moved by the reader alone */

static void receive(char key)
{
	buffer[head % 4] = key;
	smp_store_release(&head, head + 1);
#ifdef BROKEN
	if (waitqueue_active(&read_wait))
#endif
		wake_up_interruptible_poll(&read_wait, EPOLLIN);
}

static bool take_key(char *key)
{
	if (smp_load_acquire(&head) == tail)
		return false;
	*key = buffer[tail % 4];
	tail++;
	return true;
}

EXPLORE(a_key_is_pressed)
{
	THREAD(reader)
	{
		char key = 0;

		wait_event_interruptible(read_wait, take_key(&key));
		ASSERT(key == 'x');
	}
	THREAD(terminal)
	{
		receive('x');
	}
}
