// SPDX-License-Identifier: GPL-2.0
/*
 * A reader that is marked as asleep, and sleeps for something else
 * found: an inner sleep
 * commit: 61ada528dea0 sched/wait: Provide infrastructure to deal with nested blocking
 *
 * The reader of a list of notifications marked itself as asleep, and then took a mutex to look
 * into the list. The mutex may sleep too: it overwrites the state of the task, which is running
 * again when it has the mutex. The schedule() that follows does not sleep, and the loop burns the
 * processor. wait_woken() keeps the wake-up in a flag of the wait entry, so the task may sleep for
 * something else while it looks.
 */
#include <linux/mutex.h>
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(notifications);
static DEFINE_MUTEX(list_mutex);
static int listed; /* under list_mutex */

static bool take_one(void)
{
	bool is;

	mutex_lock(&list_mutex);
	is = listed > 0;
	if (is)
		listed--;
	mutex_unlock(&list_mutex);
	return is;
}

static void read_one(void)
{
#ifdef BROKEN
	DEFINE_WAIT(wait);

	for (;;) {
		prepare_to_wait(&notifications, &wait, TASK_INTERRUPTIBLE);
		if (take_one())
			break;
		schedule();
	}
	finish_wait(&notifications, &wait);
#else
	DEFINE_WAIT_FUNC(wait, woken_wake_function);

	add_wait_queue(&notifications, &wait);
	while (!take_one())
		wait_woken(&wait, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
	remove_wait_queue(&notifications, &wait);
#endif
}

EXPLORE(one_notification)
{
	THREAD(reader)
	{
		read_one();
	}
	THREAD(file_system)
	{
		mutex_lock(&list_mutex);
		listed++;
		mutex_unlock(&list_mutex);
		wake_up(&notifications);
	}
}
