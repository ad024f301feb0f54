/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_HRTIMER_H
#define _LINUX_HRTIMER_H
#include <linux/ktime.h>
#include <linux/sched.h>
#ifndef CLOCK_MONOTONIC
#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_BOOTTIME 7
#endif

enum hrtimer_restart { HRTIMER_NORESTART, HRTIMER_RESTART };
enum hrtimer_mode { HRTIMER_MODE_ABS, HRTIMER_MODE_REL };
#define HRTIMER_MODE_REL_SOFT HRTIMER_MODE_REL
#define HRTIMER_MODE_REL_PINNED HRTIMER_MODE_REL
#define HRTIMER_MODE_ABS_SOFT HRTIMER_MODE_ABS

struct hrtimer {
	enum hrtimer_restart (*function)(struct hrtimer *);
	ktime_t expires;
	struct sim_timer timer;
};
struct hrtimer_sleeper {
	struct hrtimer timer;
	struct task_struct *task;
};
void __hrtimer_function(void *timer);
enum hrtimer_restart __hrtimer_wakeup(struct hrtimer *timer);

static inline void __hrtimer_set_up(struct hrtimer *t,
				    enum hrtimer_restart (*function)(struct hrtimer *),
				    const char *name)
{
	*t = (struct hrtimer){ .function = function };
	t->timer =
		(struct sim_timer){ .function = __hrtimer_function, .argument = t, .name = name };
}
#define hrtimer_setup(t, f, clock, mode) __hrtimer_set_up(t, f, #t)
/* The function may be set after it. */
#define hrtimer_init(t, clock, mode) __hrtimer_set_up(t, (t)->function, #t)
#define hrtimer_set_expires(t, at) ((void)((t)->expires = (at)))
#define hrtimer_get_expires(t) ((t)->expires)
#define hrtimer_set_expires_range_ns(t, at, slack) hrtimer_set_expires(t, at)
static inline void hrtimer_start(struct hrtimer *t, ktime_t time, enum hrtimer_mode mode)
{
	t->expires = mode == HRTIMER_MODE_REL ? ktime_get() + time : time;
	sim_timer_arm(&t->timer, ktime_to_jiffies(t->expires));
}
#define hrtimer_start_range_ns(t, time, slack, mode) hrtimer_start(t, time, mode)
#define hrtimer_start_expires(t, mode) hrtimer_start(t, (t)->expires, mode)
static inline void hrtimer_restart(struct hrtimer *t)
{
	hrtimer_start(t, t->expires, HRTIMER_MODE_ABS);
}
#define hrtimer_cancel(t) ((int)sim_timer_cancel(&(t)->timer, true))
static inline int hrtimer_try_to_cancel(struct hrtimer *t)
{
	return sim_timer_runs(&t->timer) ? -1 : sim_timer_cancel(&t->timer, false);
}
#define hrtimer_active(t) (READ_ONCE((t)->timer.armed) || READ_ONCE((t)->timer.running))
#define hrtimer_is_queued(t) READ_ONCE((t)->timer.armed)
static inline u64 hrtimer_forward(struct hrtimer *t, ktime_t now, ktime_t interval)
{
	u64 times = 0;

	for (; t->expires <= now; ++times)
		t->expires += interval;
	return times;
}
#define hrtimer_forward_now(t, interval) hrtimer_forward(t, ktime_get(), interval)

#define hrtimer_setup_sleeper_on_stack(sleeper, clock, mode)                            \
	do {                                                                            \
		__hrtimer_set_up(&(sleeper)->timer, __hrtimer_wakeup, "the timeout's"); \
		(sleeper)->task = current;                                              \
	} while (0)
#define hrtimer_init_sleeper_on_stack hrtimer_setup_sleeper_on_stack
#define hrtimer_sleeper_start_expires(sleeper, mode) \
	hrtimer_start(&(sleeper)->timer, (sleeper)->timer.expires, mode)
#define destroy_hrtimer_on_stack(t) sim_timer_forget(&(t)->timer)
#endif
