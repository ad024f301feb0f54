// SPDX-License-Identifier: GPL-2.0
/*
 * An allocation with GFP_KERNEL may sleep, and a spinlock is held.
 * found: sleep in atomic context
 */
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <waitq/explore.h>

static DEFINE_SPINLOCK(lock);

EXPLORE(an_allocation)
{
	THREAD(task)
	{
		void *memory;

		spin_lock(&lock);
#ifdef BROKEN
		memory = kmalloc(8, GFP_KERNEL);
#else
		memory = kmalloc(8, GFP_ATOMIC);
#endif
		spin_unlock(&lock);
		kfree(memory);
	}
}
