// SPDX-License-Identifier: GPL-2.0
/*
 * A grace period that never starts: a look at the queue without its lock
 * found: a wake-up is lost
 * commit: 35a2897c2a30 sched/wait: Remove the lockless swait_active() check in swake_up*()
 *
 * A CPU that needs a grace period of RCU stores a flag and wakes RCU's kernel thread. The wake-up
 * function of simple wait queues first looked without the lock whether anybody waits, and no
 * barrier was between the store and that look. The waker saw the list still empty, and the thread
 * read the flag while the store was on its way: it slept, and memory that waited for the grace
 * period was not freed. The look was removed; the lock of the queue orders the two now.
 */
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <waitq/explore.h>

struct simple_waiter {
	struct list_head link;
	struct task_struct *task;
};

static DEFINE_SPINLOCK(queue_lock);
static LIST_HEAD(waiters);
static int gp_wanted;

static void wake_one(void)
{
	struct simple_waiter *first;
	unsigned long flags;

#ifdef BROKEN
	if (list_empty(&waiters))
		return;
#endif
	spin_lock_irqsave(&queue_lock, flags);
	first = list_first_entry_or_null(&waiters, struct simple_waiter, link);
	if (first) {
		wake_up_process(first->task);
		list_del_init(&first->link);
	}
	spin_unlock_irqrestore(&queue_lock, flags);
}

static void link_and_mark(struct simple_waiter *waiter)
{
	unsigned long flags;

	spin_lock_irqsave(&queue_lock, flags);
	if (list_empty(&waiter->link))
		list_add_tail(&waiter->link, &waiters);
	set_current_state(TASK_INTERRUPTIBLE);
	spin_unlock_irqrestore(&queue_lock, flags);
}

static void wait_for_wish(void)
{
	struct simple_waiter waiter = { .task = current };
	unsigned long flags;

	INIT_LIST_HEAD(&waiter.link);
	for (;;) {
		link_and_mark(&waiter);
		if (READ_ONCE(gp_wanted))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	spin_lock_irqsave(&queue_lock, flags);
	list_del_init(&waiter.link);
	spin_unlock_irqrestore(&queue_lock, flags);
}

EXPLORE(a_callback_wants_a_grace_period)
{
	THREAD(rcu_thread)
	{
		wait_for_wish();
	}
	THREAD(callback)
	{
		WRITE_ONCE(gp_wanted, 1);
		wake_one();
	}
}
