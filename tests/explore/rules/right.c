// SPDX-License-Identifier: GPL-2.0
/*
 * Right: nothing may be reported of these, nor a data race. Each was reported once.
 */
#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/ioctl.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/semaphore.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <waitq/explore.h>

/* ---- a lock orders what two tasks do under it ---- */

static DEFINE_MUTEX(mutex);
static DECLARE_RWSEM(rwsem);
static DEFINE_SEMAPHORE(semaphore, 1);
static DEFINE_SPINLOCK(spinlock);
static DEFINE_RWLOCK(rwlock);
static int counter;

#define TWO_ADD(name, lock, unlock)                         \
	EXPLORE(name)                                       \
	{                                                   \
		THREAD(a)                                   \
		{                                           \
			lock;                               \
			++counter;                          \
			WRITE_ONCE(other, other + 1);       \
			unlock;                             \
		}                                           \
		THREAD(b)                                   \
		{                                           \
			lock;                               \
			++counter;                          \
			WRITE_ONCE(other, other + 1);       \
			unlock;                             \
		}                                           \
		AFTER                                       \
		{                                           \
			ASSERT(counter == 2 && other == 2); \
		}                                           \
	}
static int other;
TWO_ADD(under_a_mutex, mutex_lock(&mutex), mutex_unlock(&mutex))
TWO_ADD(under_a_rwsem, down_write(&rwsem), up_write(&rwsem))
TWO_ADD(under_a_semaphore, down(&semaphore), up(&semaphore))
TWO_ADD(under_a_spinlock, spin_lock(&spinlock), spin_unlock(&spinlock))
TWO_ADD(under_a_rwlock, write_lock(&rwlock), write_unlock(&rwlock))
TWO_ADD(under_a_bh_lock, spin_lock_bh(&spinlock), spin_unlock_bh(&spinlock))

/* read_unlock() is a locked instruction: a full barrier. */
static DEFINE_RWLOCK(one_lock);
static DEFINE_RWLOCK(other_lock);
static int x, y;

EXPLORE(a_reader_leaves)
{
	int sees_y = 0, sees_x = 0;

	THREAD(a)
	{
		read_lock(&one_lock);
		WRITE_ONCE(x, 1);
		read_unlock(&one_lock);
		sees_y = READ_ONCE(y);
	}
	THREAD(b)
	{
		read_lock(&other_lock);
		WRITE_ONCE(y, 1);
		read_unlock(&other_lock);
		sees_x = READ_ONCE(x);
	}
	AFTER
	{
		ASSERT(sees_y || sees_x);
	}
}

/* ---- locks in interrupts ---- */

static void add_in_timer(struct timer_list *unused)
{
	spin_lock(&spinlock);
	++counter;
	spin_unlock(&spinlock);
}
static DEFINE_TIMER(timer, add_in_timer);

EXPLORE(bh_lock_and_timer)
{
	THREAD(a)
	{
		mod_timer(&timer, jiffies + 1);
		spin_lock_bh(&spinlock);
		++counter;
		spin_unlock_bh(&spinlock);
		del_timer_sync(&timer);
	}
}

EXPLORE(readers_in_task_and_interrupt)
{
	THREAD(a)
	{
		read_lock(&rwlock);
		read_unlock(&rwlock);
	}
	IRQ(interrupt)
	{
		read_lock(&rwlock);
		read_unlock(&rwlock);
	}
}

EXPLORE(trylock_in_interrupt)
{
	THREAD(a)
	{
		spin_lock(&spinlock);
		spin_unlock(&spinlock);
	}
	IRQ(interrupt)
	{
		if (spin_trylock(&spinlock))
			spin_unlock(&spinlock);
	}
}

/* ---- timers and work ---- */

static void again(struct timer_list *timer)
{
	mod_timer(timer, jiffies + HZ);
}
static DEFINE_TIMER(periodic, again);

EXPLORE(periodic_timer)
{
	THREAD(a)
	{
		mod_timer(&periodic, jiffies + HZ);
		del_timer_sync(&periodic);
	}
}

static enum hrtimer_restart again_soon(struct hrtimer *timer)
{
	hrtimer_forward_now(timer, NSEC_PER_MSEC);
	return HRTIMER_RESTART;
}
static struct hrtimer hrtimer;

EXPLORE(periodic_hrtimer)
{
	hrtimer_setup(&hrtimer, again_soon, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	THREAD(a)
	{
		hrtimer_start(&hrtimer, NSEC_PER_MSEC, HRTIMER_MODE_REL);
		hrtimer_cancel(&hrtimer);
	}
}

static enum hrtimer_restart under_the_lock(struct hrtimer *timer)
{
	unsigned long flags;

	spin_lock_irqsave(&spinlock, flags);
	spin_unlock_irqrestore(&spinlock, flags);
	return HRTIMER_NORESTART;
}

EXPLORE(hrtimer_that_runs_is_not_waited_for)
{
	hrtimer_setup(&hrtimer, under_the_lock, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	THREAD(a)
	{
		unsigned long flags;

		hrtimer_start(&hrtimer, NSEC_PER_MSEC, HRTIMER_MODE_REL);
		spin_lock_irqsave(&spinlock, flags);
		hrtimer_try_to_cancel(&hrtimer);
		spin_unlock_irqrestore(&spinlock, flags);
		hrtimer_cancel(&hrtimer);
	}
}

struct with_timer {
	struct timer_list timer;
};

static void free_it(struct timer_list *timer)
{
	kfree(from_timer((struct with_timer *)NULL, timer, timer));
}

EXPLORE(timer_frees_itself)
{
	THREAD(a)
	{
		struct with_timer *it = kzalloc(sizeof(*it), GFP_KERNEL);

		timer_setup(&it->timer, free_it, 0);
		mod_timer(&it->timer, jiffies + 1);
	}
}

struct with_work {
	struct work_struct work;
};

static void free_work(struct work_struct *work)
{
	kfree(container_of(work, struct with_work, work));
}

EXPLORE(work_frees_itself)
{
	THREAD(a)
	{
		struct with_work *it = kzalloc(sizeof(*it), GFP_KERNEL);

		INIT_WORK(&it->work, free_work);
		schedule_work(&it->work);
	}
}

static void queue_again(struct work_struct *work);
static DECLARE_WORK(work, queue_again);

static void queue_again(struct work_struct *unused)
{
	if (counter++ < 1)
		schedule_work(&work);
}

EXPLORE(work_that_queues_itself)
{
	THREAD(a)
	{
		schedule_work(&work);
		cancel_work_sync(&work);
		ASSERT(!work_pending(&work));
	}
}

/* ---- interrupts ---- */

static irqreturn_t in_thread(int number, void *device)
{
	WRITE_ONCE(counter, 1);
	return IRQ_HANDLED;
}

EXPLORE(threaded_interrupt)
{
	request_threaded_irq(5, NULL, in_thread, IRQF_ONESHOT, "demo", &counter);
	THREAD(a)
	{
	}
	IRQ(interrupt)
	{
		explore_interrupt(5);
	}
	AFTER
	{
		ASSERT(counter);
	}
}

static irqreturn_t in_device(int number, void *device)
{
	WRITE_ONCE(*(int *)device, 1);
	return IRQ_HANDLED;
}

EXPLORE(free_irq_waits)
{
	int *device = kzalloc(sizeof(*device), GFP_KERNEL);

	request_irq(5, in_device, 0, "demo", device);
	THREAD(a)
	{
		free_irq(5, device);
		kfree(device);
	}
	IRQ(interrupt)
	{
		explore_interrupt(5);
	}
}

/* ---- sleepers that sleep rightly ---- */

static DECLARE_WAIT_QUEUE_HEAD(queue);
static int wakes;

static void waits_in_vain(void)
{
	while (!READ_ONCE(x)) {
		DEFINE_WAIT(entry);

		prepare_to_wait(&queue, &entry, TASK_INTERRUPTIBLE);
		if (!READ_ONCE(x))
			schedule();
		finish_wait(&queue, &entry);
		if (signal_pending(current))
			return;
		++wakes;
	}
}

EXPLORE(sleeper_that_counts)
{
	THREAD(a)
	{
		waits_in_vain();
	}
}

EXPLORE(sleepers_that_link_themselves_again)
{
	THREAD(a)
	{
		wait_event_interruptible(queue, READ_ONCE(x));
	}
	THREAD(b)
	{
		waits_in_vain();
	}
}

/* ---- memory that was something else ---- */

static noinline void dirty(void)
{
	char bytes[400];

	memset(bytes, 0xff, sizeof(bytes));
	barrier();
}

static noinline void completes(void)
{
	struct completion done;

	init_completion(&done);
	complete(&done);
	wait_for_completion(&done);
}

static noinline void outer_first(void)
{
	spinlock_t lock;

	spin_lock_init(&lock);
	spin_lock(&lock);
	spin_lock(&spinlock);
	spin_unlock(&spinlock);
	spin_unlock(&lock);
}

static noinline void inner_first(void)
{
	spinlock_t lock;

	spin_lock_init(&lock);
	spin_lock(&spinlock);
	spin_lock(&lock);
	spin_unlock(&lock);
	spin_unlock(&spinlock);
}

EXPLORE(locks_on_a_stack)
{
	THREAD(a)
	{
		dirty();
		completes();
		outer_first();
		inner_first();
	}
}

/* Named as a function and a variable of the C library. */
long timezone;
int send(int n)
{
	return n + 1;
}

EXPLORE(names_of_the_c_library)
{
	THREAD(a)
	{
		ASSERT(send(_IO('w', 1)) == _IO('w', 1) + 1 && !timezone);
	}
}
