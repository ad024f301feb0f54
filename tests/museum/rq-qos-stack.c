// SPDX-License-Identifier: GPL-2.0
/*
 * A wake function unlinks the waiter, and only then reads from it
 * found: use of a dead stack
 * commit: e972b08b91ef blk-rq-qos: fix crash on rq_qos_wait vs. rq_qos_wake_function race
 *
 * A block device lets so many requests in and no more. The completion of one gives its place to
 * the first waiter: it stores that the waiter has it, unlinks the waiter's entry and wakes the
 * task. The entry stands on the waiter's stack. A waiter that sees it has its place leaves, and
 * finish_wait() takes no lock for an entry that is unlinked already; so its stack is gone when
 * the wake function reads the task from it. The kernel crashed. Since the mending the task is
 * woken first, and the last thing is the unlinking: until then finish_wait() waits for the
 * queue's lock.
 */
#include <linux/atomic.h>
#include <linux/sched.h>
#include <linux/wait.h>
#include <waitq/explore.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static atomic_t inflight = ATOMIC_INIT(1); /* of at most 1 */

struct throttled {
	wait_queue_entry_t entry;
	struct task_struct *task;
	bool has_place;
};

static int throttled_wake(wait_queue_entry_t *entry, unsigned int mode, int sync, void *key)
{
	struct throttled *waiter = container_of(entry, struct throttled, entry);

	if (!atomic_add_unless(&inflight, 1, 1))
		return -1; /* ends the wake-up: there is no place */
	WRITE_ONCE(waiter->has_place, true);
#ifdef BROKEN
	list_del_init(&entry->entry);
	wake_up_process(READ_ONCE(waiter->task));
#else
	wake_up_process(READ_ONCE(waiter->task));
	list_del_init_careful(&entry->entry);
#endif
	return 1;
}

/* Inlined, it would leave its frame only where the caller ends. */
static noinline void throttle(void)
{
	struct throttled waiter = {
		.entry = { .func = throttled_wake },
		.task = current,
	};

	INIT_LIST_HEAD(&waiter.entry.entry);
	prepare_to_wait_exclusive(&queue, &waiter.entry, TASK_UNINTERRUPTIBLE);
	while (!READ_ONCE(waiter.has_place)) {
		if (atomic_add_unless(&inflight, 1, 1)) {
			finish_wait(&queue, &waiter.entry);
			/* Both may have taken one for this task. */
			if (READ_ONCE(waiter.has_place))
				atomic_dec(&inflight);
			return;
		}
		schedule();
		set_current_state(TASK_UNINTERRUPTIBLE);
	}
	finish_wait(&queue, &waiter.entry);
}

static void complete_request(void)
{
	atomic_dec(&inflight);
	smp_mb__after_atomic();
	wake_up(&queue);
}

EXPLORE(one_waiter_and_a_completion)
{
	THREAD(writer)
	{
		throttle();
	}
	THREAD(completion)
	{
		complete_request();
	}
}
