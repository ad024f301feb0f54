/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_SEMAPHORE_H
#define _LINUX_SEMAPHORE_H
#include <linux/sched.h>
struct semaphore {
	unsigned int count;
};
#define DEFINE_SEMAPHORE_1(name) struct semaphore name = { 1 }
#define DEFINE_SEMAPHORE_2(name, n) struct semaphore name = { n }
#define DEFINE_SEMAPHORE_OF(a, b, which, ...) which
#define DEFINE_SEMAPHORE(...) \
	DEFINE_SEMAPHORE_OF(__VA_ARGS__, DEFINE_SEMAPHORE_2, DEFINE_SEMAPHORE_1)(__VA_ARGS__)
#define sema_init(s, n) ((s)->count = (unsigned int)(n))
#define down(s) ((void)sim_take(&(s)->count, 0, "down()"))
#define down_interruptible(s) sim_take(&(s)->count, SIM_INTERRUPTIBLE, "down_interruptible()")
#define down_killable(s) sim_take(&(s)->count, SIM_KILLABLE, "down_killable()")
#define down_trylock(s) (sim_take(&(s)->count, SIM_TRY, "down_trylock()") != 0)
#define up(s) sim_give(&(s)->count)
#endif
