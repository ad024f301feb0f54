// SPDX-License-Identifier: GPL-2.0
/*
 * sleeper.c - the seam's hrtimer_sleeper: a timeout to the nanosecond. Only HrTimeout needs it.
 */
#include <linux/hrtimer.h>

#include "seam.h"
#include "compat.h"

void kapi_sleeper_start(struct hrtimer_sleeper *sleeper, long long ns, unsigned long long slack_ns)
{
	/* As __wait_event_hrtimeout() has it, the slack too. */
	compat_hrtimer_setup_sleeper_on_stack(sleeper);
	hrtimer_set_expires_range_ns(&sleeper->timer, ns_to_ktime(ns), slack_ns);
	hrtimer_sleeper_start_expires(sleeper, HRTIMER_MODE_REL);
}

bool kapi_sleeper_expired(const struct hrtimer_sleeper *sleeper)
{
	return !READ_ONCE(sleeper->task);
}

unsigned long long kapi_timer_slack_ns(void)
{
	return current->timer_slack_ns;
}

void kapi_sleeper_cancel(struct hrtimer_sleeper *sleeper)
{
	hrtimer_cancel(&sleeper->timer);
	destroy_hrtimer_on_stack(&sleeper->timer);
}
