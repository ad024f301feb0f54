// SPDX-License-Identifier: GPL-2.0
/*
 * An exclusive waiter for a variable is woken with all the others
 * found: ASSERT(wakes <= 1) fails
 * commit: cde651945027 sched/wait: fix ___wait_var_event(exclusive)
 *
 * The wait for a variable takes a flag that makes the waiter exclusive. The function that prepares
 * the wait entry was handed the flag and did not store it: each entry was a plain one, and a
 * wake-up for one woke all that waited for the variable. No caller was exclusive yet, so nothing
 * was slow. The fix stores the flag.
 */
#include <linux/wait.h>
#include <waitq/explore.h>

struct var_waiter {
	struct wait_queue_entry wait;
	int *variable;
};

static DECLARE_WAIT_QUEUE_HEAD(hashed_queue); /* of many variables */
static int tokens;
static int wakes; /* under the lock of the queue */

static int wake_waiter(struct wait_queue_entry *wait, unsigned int mode, int flags, void *key)
{
	struct var_waiter *waiter = container_of(wait, struct var_waiter, wait);

	if (waiter->variable != key || !autoremove_wake_function(wait, mode, flags, key))
		return 0;
	wakes++;
	return 1;
}

static void prepare_entry(struct var_waiter *waiter, int *variable, unsigned int flags)
{
	init_waitqueue_func_entry(&waiter->wait, wake_waiter);
	waiter->wait.private = current;
#ifndef BROKEN
	waiter->wait.flags = flags;
#endif
	waiter->variable = variable;
	INIT_LIST_HEAD(&waiter->wait.entry);
}

static void take_token(void)
{
	struct var_waiter waiter;

	prepare_entry(&waiter, &tokens, WQ_FLAG_EXCLUSIVE);
	for (;;) {
		prepare_to_wait_event(&hashed_queue, &waiter.wait, TASK_UNINTERRUPTIBLE);
		if (READ_ONCE(tokens))
			break;
		schedule();
	}
	finish_wait(&hashed_queue, &waiter.wait);
}

EXPLORE(two_waiters_and_one_wake_up)
{
	THREAD(waiter_a)
	{
		take_token();
	}
	THREAD(waiter_b)
	{
		take_token();
	}
	THREAD(giver)
	{
		/* For a token that is taken meanwhile. */
		__wake_up(&hashed_queue, TASK_NORMAL, 1, &tokens);
		spin_lock_irq(&hashed_queue.lock);
		ASSERT(wakes <= 1);
		spin_unlock_irq(&hashed_queue.lock);
		WRITE_ONCE(tokens, 2);
		__wake_up(&hashed_queue, TASK_NORMAL, 0, &tokens); /* all */
	}
}
