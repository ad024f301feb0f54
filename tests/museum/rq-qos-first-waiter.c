// SPDX-License-Identifier: GPL-2.0
/*
 * Two waiters each believe that the other one is the first
 * found: ASSERT(nobody_sleeps()) fails
 * commit: 11c7aa0ddea8 rq-qos: fix missed wake-ups in rq_qos_throttle try two
 * broken by: 545fbd0775ba rq-qos: fix missed wake-ups in rq_qos_throttle
 *
 * A block device lets so many requests in and no more. For fairness a waiter takes no free place
 * by itself if others were in the queue before it: a completion hands the place to the first.
 * Each waiter linked itself and then asked whether it was alone. Two that link themselves at the
 * same time, after the last request was completed, both see a queue of two: neither tries, no
 * completion will come, and both sleep for ever. Since the mending the answer is found under the
 * queue's lock, before the link, and prepare_to_wait_exclusive() returns it; the first waiter
 * always tries.
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

static bool take_place(void)
{
	return !atomic_cmpxchg(&inflight, 0, 1);
}

static int throttled_wake(wait_queue_entry_t *entry, unsigned int mode, int sync, void *key)
{
	struct throttled *waiter = container_of(entry, struct throttled, entry);

	if (!take_place())
		return -1; /* ends the wake-up: there is no place */
	WRITE_ONCE(waiter->has_place, true);
	wake_up_process(waiter->task);
	list_del_init_careful(&entry->entry);
	return 1;
}

static void complete_request(void)
{
	atomic_dec(&inflight);
	smp_mb__after_atomic();
	wake_up(&queue);
}

static void throttle(void)
{
	struct throttled waiter = {
		.entry = { .func = throttled_wake },
		.task = current,
	};
	bool is_first;

	if (!waitqueue_active(&queue) && take_place())
		return;
	INIT_LIST_HEAD(&waiter.entry.entry);
#ifdef BROKEN
	prepare_to_wait_exclusive(&queue, &waiter.entry, TASK_UNINTERRUPTIBLE);
	is_first = list_is_singular(&queue.head);
#else
	is_first = prepare_to_wait_exclusive(&queue, &waiter.entry, TASK_UNINTERRUPTIBLE);
#endif
	while (!READ_ONCE(waiter.has_place)) {
		if (is_first && take_place()) {
			finish_wait(&queue, &waiter.entry);
			/* A completion may have handed over a second place. */
			if (READ_ONCE(waiter.has_place))
				complete_request();
			return;
		}
		schedule();
		is_first = false;
		set_current_state(TASK_UNINTERRUPTIBLE);
	}
	finish_wait(&queue, &waiter.entry);
}

EXPLORE(two_writers_and_the_last_completion)
{
	THREAD(writer_a)
	{
		throttle();
		complete_request();
	}
	THREAD(writer_b)
	{
		throttle();
		complete_request();
	}
	THREAD(completion)
	{
		complete_request();
	}
	AFTER
	{
		ASSERT(nobody_sleeps());
	}
}
