// SPDX-License-Identifier: GPL-2.0
/*
 * A user copy may sleep, and a spinlock is held.
 * found: sleep in atomic context
 */
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <waitq/explore.h>

static DEFINE_SPINLOCK(lock);
static char byte = 'x';

EXPLORE(a_copy)
{
	char user = 0;

	THREAD(reader)
	{
		char kept;

		spin_lock(&lock);
#ifdef BROKEN
		if (copy_to_user(&user, &byte, 1))
			byte = 0;
		spin_unlock(&lock);
#else
		kept = byte;
		spin_unlock(&lock);
		if (copy_to_user(&user, &kept, 1))
			kept = 0;
#endif
	}
}
