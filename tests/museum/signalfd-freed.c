// SPDX-License-Identifier: GPL-2.0
/*
 * epoll watches a signalfd, and the task whose signals those are exits
 * found: accesses kernel memory that is freed
 * commit: d80e731ecab4 epoll: introduce POLLFREE to flush ->signalfd_wqh before kfree()
 *
 * epoll expects that a file keeps its wait queue alive as long as the file is watched. But the
 * queue of a signalfd belongs to the signal handlers of the task that polled it, and is freed when
 * that task exits. The entry of epoll stayed linked in it, and closing epoll unlinked the entry
 * from freed memory. The exiting task now wakes the queue with POLLFREE first, at which epoll
 * unlinks its entry.
 */
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <waitq/explore.h>

struct signal_handlers {
	struct wait_queue_head signalfd_queue;
};

struct epoll_item {
	struct wait_queue_entry wait;
	struct wait_queue_head *head;
	bool linked; /* in head, which is freed once this is false */
};

static DEFINE_SPINLOCK(readers); /* stands for RCU, which frees no queue under a reader */

static int epoll_wake(struct wait_queue_entry *wait, unsigned int mode, int flags, void *key)
{
	struct epoll_item *item = container_of(wait, struct epoll_item, wait);

	if (key_to_poll(key) & POLLFREE) {
		list_del_init(&wait->entry);
		smp_store_release(&item->linked, false);
	}
	return 0;
}

static void watch(struct epoll_item *item, struct signal_handlers *handlers)
{
	init_waitqueue_func_entry(&item->wait, epoll_wake);
	item->head = &handlers->signalfd_queue;
	item->linked = true;
	add_wait_queue(item->head, &item->wait);
}

static void close_epoll(struct epoll_item *item)
{
	spin_lock(&readers);
	if (smp_load_acquire(&item->linked))
		remove_wait_queue(item->head, &item->wait);
	spin_unlock(&readers);
}

static void exit_task(struct signal_handlers *handlers)
{
#ifndef BROKEN
	if (waitqueue_active(&handlers->signalfd_queue))
		wake_up_poll(&handlers->signalfd_queue, EPOLLHUP | POLLFREE);
	spin_lock(&readers);
	spin_unlock(&readers);
#endif
	kfree(handlers);
}

EXPLORE(the_task_exits_before_epoll_is_closed)
{
	struct signal_handlers *handlers = kzalloc(sizeof(*handlers), GFP_KERNEL);
	struct epoll_item item;

	init_waitqueue_head(&handlers->signalfd_queue);
	watch(&item, handlers);
	THREAD(task)
	{
		exit_task(handlers);
	}
	THREAD(epoll)
	{
		close_epoll(&item);
	}
}
