/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_SPINLOCK_H
#define _LINUX_SPINLOCK_H
#include <asm/barrier.h>
#include <linux/cleanup.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/types.h>

typedef struct spinlock {
	struct sim_lock lock;
} spinlock_t, raw_spinlock_t;
typedef struct {
	struct sim_lock lock;
} rwlock_t;
#define __SPIN_LOCK_UNLOCKED(name)                     \
	{                                              \
		.lock = SIM_LOCK_INIT(#name, SIM_SPIN) \
	}
#define __RAW_SPIN_LOCK_UNLOCKED(name) __SPIN_LOCK_UNLOCKED(name)
#define __RW_LOCK_UNLOCKED(name)                         \
	{                                                \
		.lock = SIM_LOCK_INIT(#name, SIM_RWLOCK) \
	}
#define DEFINE_SPINLOCK(name) spinlock_t name = __SPIN_LOCK_UNLOCKED(name)
#define DEFINE_RAW_SPINLOCK(name) raw_spinlock_t name = __SPIN_LOCK_UNLOCKED(name)
#define DEFINE_RWLOCK(name) rwlock_t name = __RW_LOCK_UNLOCKED(name)
#define spin_lock_init(l) sim_lock_init(&(l)->lock, #l, SIM_SPIN)
#define raw_spin_lock_init(l) spin_lock_init(l)
#define rwlock_init(l) sim_lock_init(&(l)->lock, #l, SIM_RWLOCK)

#define spin_lock(l) ((void)sim_lock_acquire(&(l)->lock, 0))
#define spin_unlock(l) sim_lock_release(&(l)->lock, 0)
#define spin_lock_nested(l, class) spin_lock(l)
#define spin_lock_bh(l) ((void)sim_lock_acquire(&(l)->lock, SIM_BH_OFF))
#define spin_unlock_bh(l)                        \
	do {                                     \
		sim_lock_release(&(l)->lock, 0); \
		sim_set_bh(true);                \
	} while (0)
#define spin_trylock(l) (sim_lock_acquire(&(l)->lock, SIM_TRY) == 0)
#define spin_is_locked(l) sim_is_locked(&(l)->lock)
#define assert_spin_locked(l) lockdep_assert_held(l)
#define spin_lock_irq(l) ((void)sim_lock_acquire(&(l)->lock, SIM_IRQS_OFF))
#define spin_unlock_irq(l)                       \
	do {                                     \
		sim_lock_release(&(l)->lock, 0); \
		sim_set_irqs(true);              \
	} while (0)
#define spin_lock_irqsave(l, flags)                               \
	do {                                                      \
		(flags) = sim_irqs();                             \
		(void)sim_lock_acquire(&(l)->lock, SIM_IRQS_OFF); \
	} while (0)
#define spin_lock_irqsave_nested(l, flags, class) spin_lock_irqsave(l, flags)
#define spin_unlock_irqrestore(l, flags)         \
	do {                                     \
		sim_lock_release(&(l)->lock, 0); \
		sim_set_irqs((flags) != 0);      \
	} while (0)
#define raw_spin_lock(l) spin_lock(l)
#define raw_spin_unlock(l) spin_unlock(l)
#define raw_spin_lock_irqsave(l, flags) spin_lock_irqsave(l, flags)
#define raw_spin_unlock_irqrestore(l, flags) spin_unlock_irqrestore(l, flags)

#define read_lock(l) ((void)sim_lock_acquire(&(l)->lock, SIM_SHARED))
#define read_unlock(l) sim_lock_release(&(l)->lock, SIM_SHARED)
#define write_lock(l) ((void)sim_lock_acquire(&(l)->lock, 0))
#define write_unlock(l) sim_lock_release(&(l)->lock, 0)
#define read_lock_irqsave(l, flags)                                            \
	do {                                                                   \
		(flags) = sim_irqs();                                          \
		(void)sim_lock_acquire(&(l)->lock, SIM_SHARED | SIM_IRQS_OFF); \
	} while (0)
#define read_unlock_irqrestore(l, flags)                  \
	do {                                              \
		sim_lock_release(&(l)->lock, SIM_SHARED); \
		sim_set_irqs((flags) != 0);               \
	} while (0)
#define write_lock_irqsave(l, flags) spin_lock_irqsave(l, flags)
#define write_unlock_irqrestore(l, flags) spin_unlock_irqrestore(l, flags)

__DEFINE_GUARD(spinlock, spinlock_t, spin_lock(of.lock), spin_unlock(of->lock))
__DEFINE_GUARD(spinlock_irq, spinlock_t, spin_lock_irq(of.lock), spin_unlock_irq(of->lock))
__DEFINE_GUARD(spinlock_irqsave, spinlock_t, spin_lock_irqsave(of.lock, of.flags),
	       spin_unlock_irqrestore(of->lock, of->flags))
#endif
