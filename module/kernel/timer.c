// SPDX-License-Identifier: GPL-2.0
/* timer.c - the seam's timers: hrtimers that call waitq_timer_fired(), or wake a sleeper. */
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

void kapi_sleeper_start(struct hrtimer_sleeper *sleeper, long long ns)
{
	/* As __wait_event_hrtimeout() has it, the slack too. */
	compat_hrtimer_setup_sleeper_on_stack(sleeper);
	hrtimer_set_expires_range_ns(&sleeper->timer, ns_to_ktime(ns), current->timer_slack_ns);
	hrtimer_sleeper_start_expires(sleeper, HRTIMER_MODE_REL);
}

bool kapi_sleeper_expired(const struct hrtimer_sleeper *sleeper)
{
	return !READ_ONCE(sleeper->task);
}

void kapi_sleeper_cancel(struct hrtimer_sleeper *sleeper)
{
	hrtimer_cancel(&sleeper->timer);
	destroy_hrtimer_on_stack(&sleeper->timer);
}
