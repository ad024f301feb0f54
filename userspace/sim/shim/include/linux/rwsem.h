/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_RWSEM_H
#define _LINUX_RWSEM_H
#include <linux/mutex.h>
struct rw_semaphore {
	struct sim_lock lock;
};
#define DECLARE_RWSEM(name) struct rw_semaphore name = { .lock = SIM_LOCK_INIT(#name, SIM_RWSEM) }
#define init_rwsem(s) sim_lock_init(&(s)->lock, #s, SIM_RWSEM)
#define down_read(s) ((void)sim_lock_acquire(&(s)->lock, SIM_SHARED))
#define down_read_trylock(s) (sim_lock_acquire(&(s)->lock, SIM_SHARED | SIM_TRY) == 0)
#define up_read(s) sim_lock_release(&(s)->lock, SIM_SHARED)
#define down_write(s) ((void)sim_lock_acquire(&(s)->lock, 0))
#define down_write_trylock(s) (sim_lock_acquire(&(s)->lock, SIM_TRY) == 0)
#define up_write(s) sim_lock_release(&(s)->lock, 0)
#endif
