/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_WORKQUEUE_H
#define _LINUX_WORKQUEUE_H
#include <linux/sched.h>
#include <linux/timer.h>
struct work_struct;
typedef void (*work_func_t)(struct work_struct *work);
struct work_struct {
	work_func_t func;
	bool pending, running, known, cancelled;
	const char *name;
};
struct delayed_work {
	struct work_struct work;
	struct sim_timer timer;
};
struct workqueue_struct;
#define __WORK_INITIALIZER(n, f)        \
	{                               \
		.func = (f), .name = #n \
	}
#define DECLARE_WORK(n, f) struct work_struct n = __WORK_INITIALIZER(n, f)
#define INIT_WORK(w, f)                 \
	do {                            \
		(w)->func = (f);        \
		(w)->pending = false;   \
		(w)->cancelled = false; \
		(w)->name = #w;         \
	} while (0)
#define INIT_DELAYED_WORK(d, f)                           \
	do {                                              \
		INIT_WORK(&(d)->work, f);                 \
		(d)->timer.function = __delayed_work_due; \
		(d)->timer.argument = (d);                \
		(d)->timer.soft = true;                   \
		(d)->timer.name = #d;                     \
	} while (0)
#define to_delayed_work(w) container_of(w, struct delayed_work, work)
#define work_pending(w) READ_ONCE((w)->pending)
void __delayed_work_due(void *work);
bool schedule_work(struct work_struct *work);
bool cancel_work_sync(struct work_struct *work);
bool flush_work(struct work_struct *work);
bool schedule_delayed_work(struct delayed_work *work, unsigned long delay);
bool cancel_delayed_work_sync(struct delayed_work *work);
bool cancel_delayed_work(struct delayed_work *work);
#define queue_work(queue, w) ((void)(queue), schedule_work(w))
#define queue_delayed_work(queue, d, delay) ((void)(queue), schedule_delayed_work(d, delay))
#define mod_delayed_work(queue, d, delay) \
	((void)(queue), cancel_delayed_work(d), schedule_delayed_work(d, delay))
#define system_wq ((struct workqueue_struct *)0)
#define system_long_wq system_wq
#define system_unbound_wq system_wq
#endif
