/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_TIMER_H
#define _LINUX_TIMER_H
#include <linux/jiffies.h>
struct timer_list {
	void (*function)(struct timer_list *);
	unsigned long expires;
	struct sim_timer timer;
};
void __timer_function(void *timer);
#define timer_setup(t, f, flags)                        \
	do {                                            \
		(t)->function = (f);                    \
		(t)->timer.function = __timer_function; \
		(t)->timer.argument = (t);              \
		(t)->timer.soft = true;                 \
		(t)->timer.name = #t;                   \
	} while (0)
#define DEFINE_TIMER(t, f)                               \
	struct timer_list t = {                          \
		.function = (f),                         \
		.timer = { .function = __timer_function, \
			   .argument = &t,               \
			   .soft = true,                 \
			   .name = #t },                 \
	}
#define from_timer(var, callback_timer, field) container_of(callback_timer, typeof(*var), field)
#define timer_container_of from_timer
#define timer_pending(t) (READ_ONCE((t)->timer.armed))
static inline int mod_timer(struct timer_list *t, unsigned long expires)
{
	t->expires = expires;
	return sim_timer_arm(&t->timer, expires);
}
#define add_timer(t) ((void)mod_timer(t, (t)->expires))
#define del_timer(t) ((int)sim_timer_cancel(&(t)->timer, false))
#define del_timer_sync(t) ((int)sim_timer_cancel(&(t)->timer, true))
#define timer_delete del_timer
#define timer_delete_sync del_timer_sync
#define timer_shutdown_sync del_timer_sync
#endif
