/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_MUTEX_H
#define _LINUX_MUTEX_H
#include <linux/spinlock.h>
#include <linux/sched.h>
struct mutex {
	struct sim_lock lock;
};
#define __MUTEX_INITIALIZER(name)                       \
	{                                               \
		.lock = SIM_LOCK_INIT(#name, SIM_MUTEX) \
	}
#define DEFINE_MUTEX(name) struct mutex name = __MUTEX_INITIALIZER(name)
#define mutex_init(m) sim_lock_init(&(m)->lock, #m, SIM_MUTEX)
#define mutex_destroy(m) ((void)(m))
#define mutex_lock(m) ((void)sim_lock_acquire(&(m)->lock, 0))
#define mutex_lock_nested(m, class) mutex_lock(m)
#define mutex_lock_interruptible(m) sim_lock_acquire(&(m)->lock, SIM_INTERRUPTIBLE)
#define mutex_lock_killable(m) sim_lock_acquire(&(m)->lock, SIM_KILLABLE)
#define mutex_trylock(m) (sim_lock_acquire(&(m)->lock, SIM_TRY) == 0)
#define mutex_unlock(m) sim_lock_release(&(m)->lock, 0)
#define mutex_is_locked(m) sim_is_locked(&(m)->lock)

__DEFINE_GUARD(mutex, struct mutex, mutex_lock(of.lock), mutex_unlock(of->lock))
#endif
