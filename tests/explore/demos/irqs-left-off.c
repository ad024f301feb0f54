// SPDX-License-Identifier: GPL-2.0
/*
 * A way out of a function forgets the unlock that turns interrupts on.
 * found: returns with
 */
#include <linux/spinlock.h>
#include <waitq/explore.h>

static DEFINE_SPINLOCK(lock);
static int count;

static int take(void)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	if (!count) {
#ifndef BROKEN
		spin_unlock_irqrestore(&lock, flags);
#endif
		return -EAGAIN;
	}
	--count;
	spin_unlock_irqrestore(&lock, flags);
	return 0;
}

EXPLORE(nothing_to_take)
{
	THREAD(taker)
	{
		take();
	}
}
