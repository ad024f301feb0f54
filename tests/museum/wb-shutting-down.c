// SPDX-License-Identifier: GPL-2.0
/*
 * Two tasks shut down a device's writeback, and one never returns
 * found: a wake-up is lost
 * commit: 8236b0ae31c8 bdi: wake up concurrent wb_shutdown() callers.
 *
 * The task that comes first to shut writeback down sets a bit while it works, and clears it at the
 * end. A second one that comes meanwhile waits for the bit to be clear. The first cleared it and
 * woke nobody, so the second hung. The fix wakes after the clear, with a barrier between the two,
 * in a helper that many others use since then: clear_and_wake_up_bit().
 */
#include <linux/bitops.h>
#include <linux/wait.h>
#include <waitq/explore.h>

enum { WB_REGISTERED, WB_SHUTTING_DOWN };

static DECLARE_WAIT_QUEUE_HEAD(bit_queue); /* stands for the one that is found by the bit */
static DEFINE_SPINLOCK(work_lock);
static unsigned long state = BIT(WB_REGISTERED);
static bool pending_work = true;

static void shut_down(void)
{
	spin_lock(&work_lock);
	if (!test_and_clear_bit(WB_REGISTERED, &state)) {
		spin_unlock(&work_lock);
		wait_event(bit_queue, !test_bit(WB_SHUTTING_DOWN, &state));
		return;
	}
	set_bit(WB_SHUTTING_DOWN, &state);
	spin_unlock(&work_lock);

	WRITE_ONCE(pending_work, false);

	clear_bit_unlock(WB_SHUTTING_DOWN, &state);
#ifndef BROKEN
	smp_mb__after_atomic();
	wake_up(&bit_queue);
#endif
}

EXPLORE(device_and_cgroup_go_together)
{
	THREAD(device)
	{
		shut_down();
		ASSERT(!READ_ONCE(pending_work));
	}
	THREAD(cgroup)
	{
		shut_down();
		ASSERT(!READ_ONCE(pending_work));
	}
}
