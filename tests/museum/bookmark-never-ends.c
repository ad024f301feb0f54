// SPDX-License-Identifier: GPL-2.0
/*
 * A waker that keeps meeting the tasks which it has woken
 * found: ASSERT(visits <= linked_at_start) fails
 * commit: b0b598ee08f9 filemap: remove use of wait bookmarks
 * broken by: 11a19c7b099f sched/wait: Introduce wakeup boomark in wake_up_page_bit
 *
 * To end the writeback of a page can wake thousands of tasks. So that the lock of the queue is not
 * held that long, the waker left a bookmark in the list every 64 entries, dropped the lock, and
 * went on from the bookmark later. Meanwhile the woken tasks found the page under writeback again
 * and linked themselves at the tail, before the waker: it may never reach the end of the list.
 * Bookmarks were removed. (The model drops the lock after each entry, and counts its visits.)
 */
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <waitq/explore.h>

struct entry {
	struct list_head link;
	struct task_struct *task; /* null: a bookmark */
};

static DEFINE_SPINLOCK(queue_lock);
static LIST_HEAD(queue);
static bool writeback = true; /* under queue_lock */

static void wait_for_the_end(void)
{
	struct entry self = { .task = current };

	INIT_LIST_HEAD(&self.link);
	spin_lock(&queue_lock);
	while (writeback) {
		if (list_empty(&self.link))
			list_add_tail(&self.link, &queue);
		set_current_state(TASK_UNINTERRUPTIBLE);
		spin_unlock(&queue_lock);
		schedule();
		spin_lock(&queue_lock);
	}
	list_del_init(&self.link);
	spin_unlock(&queue_lock);
}

static void start_again(void)
{
	spin_lock(&queue_lock);
	writeback = true;
	spin_unlock(&queue_lock);
}

static void end_writeback(void)
{
	int visits = 0, linked_at_start = 0;
	struct entry mark = { .task = NULL };
	struct list_head *at;

	spin_lock(&queue_lock);
	writeback = false;
	list_for_each(at, &queue) linked_at_start++;
	list_add(&mark.link, &queue);
	while (!list_is_last(&mark.link, &queue)) {
		struct entry *next = list_next_entry(&mark, link);

		list_move(&mark.link, &next->link);
		list_del_init(&next->link);
		wake_up_process(next->task);
		visits++;
		ASSERT(visits <= linked_at_start);
#ifdef BROKEN
		spin_unlock(&queue_lock);
		spin_lock(&queue_lock);
#endif
	}
	list_del(&mark.link);
	spin_unlock(&queue_lock);
}

EXPLORE(a_page_that_is_written_again_and_again)
{
	THREAD(disk)
	{
		end_writeback();
		end_writeback();
	}
	THREAD(writer)
	{
		wait_for_the_end();
		start_again();
		wait_for_the_end();
	}
}
