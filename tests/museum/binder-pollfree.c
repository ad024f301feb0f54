// SPDX-License-Identifier: GPL-2.0
/*
 * A queue is freed while it is polled, and one of two pollers is told
 * found: accesses kernel memory that is freed
 * commit: 42288cb44c4b wait: add wake_up_pollfree()
 *
 * The queue of a binder thread dies with the thread and not with the file that is polled. So the
 * thread wakes all pollers with POLLFREE before it frees the queue, and each unlinks its entry at
 * once. It used wake_up_poll() for that, which stops at the first exclusive poller: the second
 * stayed linked, and unlinked itself from freed memory later. No poller of that time was exclusive
 * and answered so; wake_up_pollfree() wakes all whatever they are.
 */
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <waitq/explore.h>

struct poller {
	struct wait_queue_entry wait;
	struct wait_queue_head *head;
	bool linked; /* in head, which is freed once this is false */
};

static DEFINE_SPINLOCK(readers); /* stands for RCU, which frees no queue under a reader */

static int poll_wake(struct wait_queue_entry *wait, unsigned int mode, int flags, void *key)
{
	struct poller *poller = container_of(wait, struct poller, wait);

	if (key_to_poll(key) & POLLFREE) {
		list_del_init(&wait->entry);
		smp_store_release(&poller->linked, false);
	}
	return 1;
}

static void start_poll(struct poller *poller, struct wait_queue_head *head)
{
	init_waitqueue_func_entry(&poller->wait, poll_wake);
	poller->head = head;
	poller->linked = true;
	add_wait_queue_exclusive(head, &poller->wait);
}

static void end_poll(struct poller *poller)
{
	spin_lock(&readers);
	if (smp_load_acquire(&poller->linked))
		remove_wait_queue(poller->head, &poller->wait);
	spin_unlock(&readers);
}

static void thread_exits(struct wait_queue_head *head)
{
#ifdef BROKEN
	wake_up_poll(head, EPOLLHUP | POLLFREE);
#else
	wake_up_pollfree(head);
#endif
	spin_lock(&readers);
	spin_unlock(&readers);
	kfree(head);
}

EXPLORE(a_binder_thread_exits)
{
	struct wait_queue_head *head = kzalloc(sizeof(*head), GFP_KERNEL);
	struct poller one, two;

	init_waitqueue_head(head);
	start_poll(&one, head);
	start_poll(&two, head);
	THREAD(binder)
	{
		thread_exits(head);
	}
	THREAD(epoll)
	{
		end_poll(&one);
		end_poll(&two);
	}
}
