// SPDX-License-Identifier: GPL-2.0
/*
 * A reader sleeps with the mutex that the writer needs to wake it.
 * found: deadlock
 */
#include <linux/mutex.h>
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static DEFINE_MUTEX(mutex);
static int bytes;

static void read_one(void)
{
	mutex_lock(&mutex);
	while (!bytes) {
#ifdef BROKEN
		wait_event(queue, bytes);
#else
		mutex_unlock(&mutex);
		wait_event(queue, READ_ONCE(bytes));
		mutex_lock(&mutex);
#endif
	}
	WRITE_ONCE(bytes, bytes - 1);
	mutex_unlock(&mutex);
}

EXPLORE(a_reader_and_a_writer)
{
	THREAD(reader)
	{
		read_one();
	}
	THREAD(writer)
	{
		mutex_lock(&mutex);
		WRITE_ONCE(bytes, bytes + 1);
		mutex_unlock(&mutex);
		wake_up(&queue);
	}
}
