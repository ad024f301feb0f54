/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_BITOPS_H
#define _LINUX_BITOPS_H
#include <linux/atomic.h>
#include <linux/bits.h>
#define BITS_PER_LONG 64
#define BITS_TO_LONGS(n) (((n) + BITS_PER_LONG - 1) / BITS_PER_LONG)
#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]
#define BIT_WORD(at, n) ((at) + (n) / BITS_PER_LONG)
#define BIT_MASK(n) (1UL << ((n) % BITS_PER_LONG))
static inline bool __bit_op(long n, volatile unsigned long *at, enum sim_op op, unsigned long with,
			    bool ordered)
{
	return sim_rmw(BIT_WORD(at, n), sizeof(long), op, with, 0, ordered) & BIT_MASK(n);
}
static inline void set_bit(long n, volatile unsigned long *at)
{
	__bit_op(n, at, SIM_OR, BIT_MASK(n), false);
}
static inline void clear_bit(long n, volatile unsigned long *at)
{
	__bit_op(n, at, SIM_AND, ~BIT_MASK(n), false);
}
static inline void change_bit(long n, volatile unsigned long *at)
{
	__bit_op(n, at, SIM_XOR, BIT_MASK(n), false);
}
static inline bool test_and_set_bit(long n, volatile unsigned long *at)
{
	return __bit_op(n, at, SIM_OR, BIT_MASK(n), true);
}
static inline bool test_and_clear_bit(long n, volatile unsigned long *at)
{
	return __bit_op(n, at, SIM_AND, ~BIT_MASK(n), true);
}
static inline bool test_and_change_bit(long n, volatile unsigned long *at)
{
	return __bit_op(n, at, SIM_XOR, BIT_MASK(n), true);
}
static inline bool test_bit(long n, const volatile unsigned long *at)
{
	return READ_ONCE(*BIT_WORD(at, n)) & BIT_MASK(n);
}
static inline void clear_bit_unlock(long n, volatile unsigned long *at)
{
	sim_release(BIT_WORD(at, n));
	clear_bit(n, at);
}
#define test_and_set_bit_lock test_and_set_bit
#define __set_bit(n, at) ((void)(*BIT_WORD(at, n) |= BIT_MASK(n)))
#define __clear_bit(n, at) ((void)(*BIT_WORD(at, n) &= ~BIT_MASK(n)))
#endif
