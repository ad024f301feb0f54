// SPDX-License-Identifier: GPL-2.0
/* completion.c - completions, on a wait queue of the kernel's. */
#include <linux/completion.h>

void complete(struct completion *x)
{
	unsigned long flags;

	spin_lock_irqsave(&x->wait.lock, flags);
	if (x->done != UINT_MAX)
		++x->done;
	wake_up_locked(&x->wait);
	spin_unlock_irqrestore(&x->wait.lock, flags);
}

void complete_all(struct completion *x)
{
	unsigned long flags;

	spin_lock_irqsave(&x->wait.lock, flags);
	x->done = UINT_MAX;
	wake_up_all_locked(&x->wait);
	spin_unlock_irqrestore(&x->wait.lock, flags);
}

static long wait_in(struct completion *x, long timeout, unsigned int state)
{
	sim_might_sleep("wait_for_completion()");
	spin_lock_irq(&x->wait.lock);
	if (!x->done) {
		DECLARE_WAITQUEUE(wait, current);

		__add_wait_queue_entry_tail_exclusive(&x->wait, &wait);
		do {
			if (signal_pending_state(state, current)) {
				timeout = -ERESTARTSYS;
				break;
			}
			__set_current_state(state);
			spin_unlock_irq(&x->wait.lock);
			timeout = schedule_timeout(timeout);
			spin_lock_irq(&x->wait.lock);
		} while (!x->done && timeout);
		__remove_wait_queue(&x->wait, &wait);
		if (!x->done) {
			spin_unlock_irq(&x->wait.lock);
			return timeout;
		}
	}
	if (x->done != UINT_MAX)
		--x->done;
	spin_unlock_irq(&x->wait.lock);
	return timeout ?: 1;
}

void wait_for_completion(struct completion *x)
{
	wait_in(x, MAX_SCHEDULE_TIMEOUT, TASK_UNINTERRUPTIBLE);
}

int wait_for_completion_interruptible(struct completion *x)
{
	long left = wait_in(x, MAX_SCHEDULE_TIMEOUT, TASK_INTERRUPTIBLE);

	return left == -ERESTARTSYS ? (int)left : 0;
}

int wait_for_completion_killable(struct completion *x)
{
	long left = wait_in(x, MAX_SCHEDULE_TIMEOUT, TASK_KILLABLE);

	return left == -ERESTARTSYS ? (int)left : 0;
}

unsigned long wait_for_completion_timeout(struct completion *x, unsigned long timeout)
{
	return (unsigned long)wait_in(x, (long)timeout, TASK_UNINTERRUPTIBLE);
}

long wait_for_completion_interruptible_timeout(struct completion *x, unsigned long timeout)
{
	return wait_in(x, (long)timeout, TASK_INTERRUPTIBLE);
}

bool try_wait_for_completion(struct completion *x)
{
	unsigned long flags;
	bool taken;

	spin_lock_irqsave(&x->wait.lock, flags);
	taken = x->done;
	if (taken && x->done != UINT_MAX)
		--x->done;
	spin_unlock_irqrestore(&x->wait.lock, flags);
	return taken;
}
