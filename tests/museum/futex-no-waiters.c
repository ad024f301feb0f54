// SPDX-License-Identifier: GPL-2.0
/*
 * A futex whose waker looks for waiters too early
 * found: a wake-up is lost
 * commit: 76835b0ebf8a futex: Ensure get_futex_key_refs() always implies a barrier
 *
 * FUTEX_WAKE skips the lock of the hash bucket when the bucket counts no waiters. A thread stores
 * to the futex word and calls FUTEX_WAKE; for a private futex no barrier was between that store
 * and the load of the counter. The waker read zero, the waiter counted itself and still read the
 * old word, and slept for ever: mutexes of Android's C library hung on arm64. An explicit smp_mb()
 * was put where shared futexes had one by taking a reference.
 */
#include <linux/atomic.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <waitq/explore.h>

static DEFINE_SPINLOCK(bucket_lock);
static struct task_struct *queued; /* under bucket_lock; room for one is enough here */
static atomic_t bucket_waiters;

static int word = 1; /* in user space; 1: locked */

static void futex_wait(int expected)
{
	atomic_inc(&bucket_waiters);
	smp_mb__after_atomic(); /* with the one of futex_wake() */
	spin_lock(&bucket_lock);
	if (READ_ONCE(word) != expected) {
		atomic_dec(&bucket_waiters);
		spin_unlock(&bucket_lock);
		return;
	}
	queued = current;
	set_current_state(TASK_INTERRUPTIBLE);
	spin_unlock(&bucket_lock);
	schedule();
}

static void futex_wake(void)
{
	struct task_struct *task;

#ifndef BROKEN
	smp_mb(); /* the word is stored before the waiters are counted */
#endif
	if (!atomic_read(&bucket_waiters))
		return;
	spin_lock(&bucket_lock);
	task = queued;
	queued = NULL;
	if (task)
		atomic_dec(&bucket_waiters);
	spin_unlock(&bucket_lock);
	if (task)
		wake_up_process(task);
}

EXPLORE(a_user_mutex_is_unlocked)
{
	THREAD(waiter)
	{
		while (READ_ONCE(word))
			futex_wait(1);
	}
	THREAD(owner)
	{
		WRITE_ONCE(word, 0);
		futex_wake();
	}
}
