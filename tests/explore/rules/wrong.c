// SPDX-License-Identifier: GPL-2.0
/*
 * Wrong: something must be reported of each of these. Each was missed once. With -D TSO those too
 * that need store buffers.
 */
#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/semaphore.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <waitq/explore.h>

/* ---- a lock that somebody has ---- */

static DEFINE_MUTEX(mutex);
static DECLARE_RWSEM(rwsem);
static DEFINE_SEMAPHORE(semaphore, 1);
static DEFINE_SEMAPHORE(none, 0);
static DEFINE_SPINLOCK(spinlock);
static DEFINE_SPINLOCK(inner);
static int x;

#define IS_HELD(name, lock, unlock, free)                \
	EXPLORE(name)                                    \
	{                                                \
		THREAD(holder)                           \
		{                                        \
			lock;                            \
			WRITE_ONCE(x, READ_ONCE(x) + 1); \
			unlock;                          \
		}                                        \
		THREAD(looks)                            \
		{                                        \
			ASSERT(free);                    \
		}                                        \
	}
IS_HELD(mutex_trylock_fails, mutex_lock(&mutex), mutex_unlock(&mutex), mutex_trylock(&mutex))
IS_HELD(mutex_is_held, mutex_lock(&mutex), mutex_unlock(&mutex), !mutex_is_locked(&mutex))
IS_HELD(rwsem_trylock_fails, down_write(&rwsem), up_write(&rwsem), down_read_trylock(&rwsem))
IS_HELD(semaphore_trylock_fails, down(&semaphore), up(&semaphore), !down_trylock(&semaphore))
IS_HELD(spin_trylock_fails, spin_lock(&spinlock), spin_unlock(&spinlock), spin_trylock(&spinlock))
IS_HELD(spinlock_is_held, spin_lock(&spinlock), spin_unlock(&spinlock), !spin_is_locked(&spinlock))

EXPLORE(signal_before_the_up)
{
	THREAD(a)
	{
		ASSERT(down_interruptible(&none) == 0);
	}
	THREAD(b)
	{
		up(&none);
	}
	SIGNAL(a);
}

EXPLORE(signal_before_the_unlock)
{
	THREAD(b)
	{
		mutex_lock(&mutex);
		WRITE_ONCE(x, 1);
		mutex_unlock(&mutex);
	}
	THREAD(a)
	{
		ASSERT(mutex_lock_interruptible(&mutex) == 0);
	}
	SIGNAL(a);
}

/* ---- contexts ---- */

EXPLORE(interrupts_on_too_early)
{
	THREAD(a)
	{
		unsigned long flags;

		spin_lock_irqsave(&spinlock, flags);
		spin_lock_irq(&inner);
		spin_unlock_irq(&inner);
		spin_unlock_irqrestore(&spinlock, flags);
	}
	IRQ(interrupt)
	{
		spin_lock(&spinlock);
		spin_unlock(&spinlock);
	}
}

static DECLARE_COMPLETION(done);

EXPLORE(completed_wait_under_a_spinlock)
{
	complete(&done);
	THREAD(a)
	{
		spin_lock(&spinlock);
		wait_for_completion(&done);
		spin_unlock(&spinlock);
	}
}

EXPLORE(mutex_in_interrupt)
{
	THREAD(a)
	{
	}
	IRQ(interrupt)
	{
		if (mutex_trylock(&mutex))
			mutex_unlock(&mutex);
	}
}

/* ---- memory ---- */

struct with_locks {
	struct mutex mutex;
	spinlock_t spinlock;
	struct work_struct work;
};

static void nothing(struct work_struct *work)
{
}

static struct with_locks *new_locks(void)
{
	struct with_locks *it = kzalloc(sizeof(*it), GFP_KERNEL);

	mutex_init(&it->mutex);
	spin_lock_init(&it->spinlock);
	INIT_WORK(&it->work, nothing);
	return it;
}

#define IN_ORDER(name, first, second, third)                 \
	EXPLORE(name)                                        \
	{                                                    \
		THREAD(a)                                    \
		{                                            \
			struct with_locks *it = new_locks(); \
                                                             \
			first;                               \
			second;                              \
			third;                               \
		}                                            \
	}
IN_ORDER(mutex_unlocked_when_freed, mutex_lock(&it->mutex), kfree(it), mutex_unlock(&it->mutex))
IN_ORDER(spinlock_unlocked_when_freed, spin_lock(&it->spinlock), kfree(it),
	 spin_unlock(&it->spinlock))
IN_ORDER(freed_work_is_queued, kfree(it), schedule_work(&it->work), )
IN_ORDER(queued_work_is_freed, schedule_work(&it->work), kfree(it), )

EXPLORE(beyond_the_end)
{
	THREAD(a)
	{
		char *four = kmalloc(4, GFP_KERNEL);

		four[9] = 1;
		kfree(four);
	}
}

EXPLORE(beyond_the_end_and_into_the_next)
{
	THREAD(a)
	{
		char *one = kmalloc(16, GFP_KERNEL), *two = kmalloc(64, GFP_KERNEL);

		memset(one, 0, 64);
		kfree(one);
		kfree(two);
	}
}

EXPLORE(text_that_is_freed)
{
	THREAD(a)
	{
		char *text = kstrdup("abc", GFP_KERNEL);

		kfree(text);
		ASSERT(strlen(text) == 3);
	}
}

static char name[32];

EXPLORE(text_that_is_copied)
{
	THREAD(a)
	{
		strcpy(name, "b");
	}
	THREAD(b)
	{
		ASSERT(strcmp(name, "b"));
	}
}

EXPLORE(text_that_is_printed)
{
	THREAD(b)
	{
		ASSERT(!name[0]);
	}
	THREAD(a)
	{
		snprintf(name, sizeof(name), "%d", 7);
	}
}

static union {
	struct {
		unsigned int low, high;
	};
	unsigned long both;
} word;

EXPLORE(half_of_a_word)
{
	THREAD(a)
	{
		WRITE_ONCE(word.high, 1);
	}
	THREAD(b)
	{
		ASSERT(READ_ONCE(word.both));
	}
}

static struct position {
	int head, tail;
} from, to;

EXPLORE(member_of_a_struct)
{
	THREAD(b)
	{
		to = from;
		ASSERT(!to.tail);
	}
	THREAD(a)
	{
		WRITE_ONCE(from.tail, 1);
	}
}

static DECLARE_WAIT_QUEUE_HEAD(queue);
static struct request {
	int done;
} * queued;

EXPLORE(wake_before_a_condition_on_a_stack)
{
	THREAD(reader)
	{
		struct request request = { 0 };

		WRITE_ONCE(queued, &request);
		wait_event(queue, request.done);
	}
	THREAD(writer)
	{
		struct request *request = READ_ONCE(queued);

		if (request) {
			wake_up(&queue);
			request->done = 1;
		}
	}
}

/* ---- states, time, interrupts ---- */

static struct task_struct *sleeper;

EXPLORE(state_that_a_waker_changes)
{
	THREAD(a)
	{
		WRITE_ONCE(sleeper, current);
		set_current_state(TASK_INTERRUPTIBLE);
		(void)READ_ONCE(x);
		ASSERT(get_current_state() != TASK_RUNNING);
		set_current_state(TASK_RUNNING);
	}
	THREAD(b)
	{
		struct task_struct *task = READ_ONCE(sleeper);

		if (task)
			wake_up_process(task);
	}
}

static void no_timer(struct timer_list *unused)
{
}
static DEFINE_TIMER(clock, no_timer);
static struct delayed_work later;

EXPLORE(clock_that_a_timer_moves)
{
	INIT_DELAYED_WORK(&later, nothing);
	THREAD(a)
	{
		unsigned long before = jiffies;

		schedule_delayed_work(&later, 10);
		ASSERT(READ_ONCE(later.timer.expires) == before + 10);
	}
	THREAD(b)
	{
		mod_timer(&clock, jiffies + 20);
	}
}

static int freed;

static irqreturn_t handle(int number, void *device)
{
	WRITE_ONCE(freed, READ_ONCE(freed) + 1);
	return IRQ_HANDLED;
}

EXPLORE(interrupt_after_free_irq)
{
	request_irq(5, handle, 0, "demo", &freed);
	IRQ(interrupt)
	{
		explore_interrupt(5);
	}
	THREAD(a)
	{
		free_irq(5, &freed);
		ASSERT(READ_ONCE(freed));
	}
}

EXPLORE(spins_for_ever)
{
	THREAD(a)
	{
		while (!READ_ONCE(x))
			cpu_relax();
	}
}

#ifdef TSO
static int stops(void *unused)
{
	for (;;) {
		__set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

EXPLORE(should_stop_has_no_barrier)
{
	struct task_struct *thread = kthread_run(stops, NULL, "thread");

	THREAD(a)
	{
		kthread_stop(thread);
	}
}
#endif
