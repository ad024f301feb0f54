/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_ATOMIC_H
#define _LINUX_ATOMIC_H
#include <asm/barrier.h>
#include <linux/types.h>
#define ATOMIC_INIT(n) \
	{              \
		(n)    \
	}
#define ATOMIC64_INIT(n) \
	{                \
		(n)      \
	}
#define ATOMIC_LONG_INIT(n) \
	{                   \
		(n)         \
	}
#define xchg(at, value) \
	((typeof(*(at)))sim_rmw(at, sizeof(*(at)), SIM_XCHG, (unsigned long long)(value), 0, true))
#define cmpxchg(at, old, new)                                                              \
	((typeof(*(at)))sim_rmw(at, sizeof(*(at)), SIM_CMPXCHG, (unsigned long long)(new), \
				(unsigned long long)(old), true))
#define __ATOMIC(prefix, type, value)                                           \
	static inline value prefix##_read(const type *v)                        \
	{                                                                       \
		return (value)READ_ONCE(v->counter);                            \
	}                                                                       \
	static inline void prefix##_set(type *v, value n)                       \
	{                                                                       \
		WRITE_ONCE(v->counter, n);                                      \
	}                                                                       \
	static inline value prefix##_read_acquire(const type *v)                \
	{                                                                       \
		return (value)smp_load_acquire(&v->counter);                    \
	}                                                                       \
	static inline void prefix##_set_release(type *v, value n)               \
	{                                                                       \
		smp_store_release(&v->counter, n);                              \
	}                                                                       \
	static inline value __##prefix##_add(value n, type *v, bool ordered)    \
	{                                                                       \
		return (value)sim_rmw(&v->counter, sizeof(v->counter), SIM_ADD, \
				      (unsigned long long)n, 0, ordered);       \
	}                                                                       \
	static inline void prefix##_add(value n, type *v)                       \
	{                                                                       \
		__##prefix##_add(n, v, false);                                  \
	}                                                                       \
	static inline void prefix##_sub(value n, type *v)                       \
	{                                                                       \
		__##prefix##_add(-n, v, false);                                 \
	}                                                                       \
	static inline void prefix##_inc(type *v)                                \
	{                                                                       \
		__##prefix##_add(1, v, false);                                  \
	}                                                                       \
	static inline void prefix##_dec(type *v)                                \
	{                                                                       \
		__##prefix##_add(-1, v, false);                                 \
	}                                                                       \
	static inline value prefix##_add_return(value n, type *v)               \
	{                                                                       \
		return __##prefix##_add(n, v, true) + n;                        \
	}                                                                       \
	static inline value prefix##_sub_return(value n, type *v)               \
	{                                                                       \
		return __##prefix##_add(-n, v, true) - n;                       \
	}                                                                       \
	static inline value prefix##_inc_return(type *v)                        \
	{                                                                       \
		return prefix##_add_return(1, v);                               \
	}                                                                       \
	static inline value prefix##_dec_return(type *v)                        \
	{                                                                       \
		return prefix##_sub_return(1, v);                               \
	}                                                                       \
	static inline value prefix##_fetch_add(value n, type *v)                \
	{                                                                       \
		return __##prefix##_add(n, v, true);                            \
	}                                                                       \
	static inline value prefix##_fetch_inc(type *v)                         \
	{                                                                       \
		return __##prefix##_add(1, v, true);                            \
	}                                                                       \
	static inline value prefix##_fetch_dec(type *v)                         \
	{                                                                       \
		return __##prefix##_add(-1, v, true);                           \
	}                                                                       \
	static inline bool prefix##_inc_and_test(type *v)                       \
	{                                                                       \
		return prefix##_inc_return(v) == 0;                             \
	}                                                                       \
	static inline bool prefix##_dec_and_test(type *v)                       \
	{                                                                       \
		return prefix##_dec_return(v) == 0;                             \
	}                                                                       \
	static inline bool prefix##_sub_and_test(value n, type *v)              \
	{                                                                       \
		return prefix##_sub_return(n, v) == 0;                          \
	}                                                                       \
	static inline bool prefix##_add_negative(value n, type *v)              \
	{                                                                       \
		return prefix##_add_return(n, v) < 0;                           \
	}                                                                       \
	static inline value prefix##_xchg(type *v, value n)                     \
	{                                                                       \
		return (value)xchg(&v->counter, n);                             \
	}                                                                       \
	static inline value prefix##_cmpxchg(type *v, value o, value n)         \
	{                                                                       \
		return (value)cmpxchg(&v->counter, o, n);                       \
	}                                                                       \
	static inline bool prefix##_add_unless(type *v, value n, value unless)  \
	{                                                                       \
		value old = prefix##_read(v), seen;                             \
		for (; old != unless; old = seen) {                             \
			seen = prefix##_cmpxchg(v, old, old + n);               \
			if (seen == old)                                        \
				return true;                                    \
		}                                                               \
		return false;                                                   \
	}                                                                       \
	static inline bool prefix##_inc_not_zero(type *v)                       \
	{                                                                       \
		return prefix##_add_unless(v, 1, 0);                            \
	}
__ATOMIC(atomic, atomic_t, int)
__ATOMIC(atomic64, atomic64_t, long long)
#define atomic_long_read(v) ((long)atomic64_read(v))
#define atomic_long_set(v, n) atomic64_set(v, n)
#define atomic_long_inc(v) atomic64_inc(v)
#define atomic_long_dec(v) atomic64_dec(v)
#define atomic_long_add(n, v) atomic64_add(n, v)
#define atomic_long_xchg(v, n) ((long)atomic64_xchg(v, n))
#endif
