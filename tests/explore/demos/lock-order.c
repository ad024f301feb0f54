// SPDX-License-Identifier: GPL-2.0
/*
 * Two locks are taken in both orders.
 * found: lock order inverted
 */
#include <linux/mutex.h>
#include <waitq/explore.h>

static DEFINE_MUTEX(one);
static DEFINE_MUTEX(two);

static void both(struct mutex *first, struct mutex *second)
{
	mutex_lock(first);
	mutex_lock(second);
	mutex_unlock(second);
	mutex_unlock(first);
}

EXPLORE(two_orders)
{
	THREAD(a)
	{
		both(&one, &two);
	}
#ifdef BROKEN
	THREAD(b)
	{
		both(&two, &one);
	}
#else
	THREAD(b)
	{
		both(&one, &two);
	}
#endif
}
