// SPDX-License-Identifier: GPL-2.0
/* timer.c - the seam's timers: hrtimers that call waitq_timer_fired(). */
#include <linux/hrtimer.h>

#include "boundary.h"
#include "compat.h"

static enum hrtimer_restart timer_expired(struct hrtimer *timer)
{
	return waitq_timer_fired(timer) ? HRTIMER_RESTART : HRTIMER_NORESTART;
}

void kapi_timer_init(struct hrtimer *timer)
{
	compat_hrtimer_setup(timer, timer_expired);
}

void kapi_timer_start(struct hrtimer *timer, long long ns, bool absolute)
{
	hrtimer_start(timer, ns_to_ktime(ns), absolute ? HRTIMER_MODE_ABS : HRTIMER_MODE_REL);
}

void kapi_timer_forward(struct hrtimer *timer, long long not_before_ns, long long period_ns)
{
	hrtimer_forward(timer, ns_to_ktime(not_before_ns), ns_to_ktime(period_ns));
}
