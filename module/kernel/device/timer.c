// SPDX-License-Identifier: GPL-2.0
/* timer.c - the seam's time: the one hrtimer, and the time namespace of the caller. */
#include <linux/hrtimer.h>
#include <linux/nsproxy.h>
#include <linux/time_namespace.h>

#include "../compat.h"
#include "../device.h"

static enum hrtimer_restart timer_expired(struct hrtimer *timer)
{
	waitq_timers_due(timer);
	/* That has armed the timer anew if there is more to come. */
	return HRTIMER_NORESTART;
}

void kapi_timer_init(struct hrtimer *timer)
{
	compat_hrtimer_setup(timer, timer_expired, HRTIMER_MODE_ABS);
}

void kapi_timer_start(struct hrtimer *timer, long long at_ns)
{
	hrtimer_start(timer, ns_to_ktime(at_ns), HRTIMER_MODE_ABS);
}

long long kapi_timens_offset_ns(void)
{
	struct timespec64 offset = { 0, 0 };

	timens_add_monotonic(&offset);
	/* timespec64_to_ns() took a negative time for a huge one until 5.11. */
	return offset.tv_sec * NSEC_PER_SEC + offset.tv_nsec;
}
