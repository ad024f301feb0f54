/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_BARRIER_H
#define _ASM_BARRIER_H
#include <linux/types.h>
#define smp_mb() sim_mb()
#define smp_rmb() barrier()
#define smp_wmb() barrier()
#define mb() sim_mb()
#define rmb() barrier()
#define wmb() barrier()
#define smp_mb__before_atomic() barrier()
#define smp_mb__after_atomic() barrier()
#define smp_mb__after_spinlock() sim_mb()
#define smp_store_mb(x, v)        \
	do {                      \
		WRITE_ONCE(x, v); \
		sim_mb();         \
	} while (0)
#define smp_load_acquire(p)                             \
	({                                              \
		typeof(*(p)) __value = READ_ONCE(*(p)); \
		sim_acquire(p);                         \
		__value;                                \
	})
#define smp_store_release(p, v)      \
	do {                         \
		sim_release(p);      \
		WRITE_ONCE(*(p), v); \
	} while (0)
#endif
