/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_COMPILER_H
#define _LINUX_COMPILER_H
#include <sim/kernel.h>

#define __user
#define __iomem
#define __rcu
#define __percpu
#define __force
#define __init
#define __exit
#define __initdata
#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#define noinline __attribute__((noinline))
#define __maybe_unused __attribute__((unused))
#define __always_unused __attribute__((unused))
#define __must_check __attribute__((warn_unused_result))
#define __sched
#define __cold
#define __acquires(x)
#define __releases(x)
#define __must_hold(x)
#define __printf(a, b) __attribute__((format(printf, a, b)))
#define __packed __attribute__((packed))
#define __aligned(n) __attribute__((aligned(n)))
#define ____cacheline_aligned
#define ____cacheline_aligned_in_smp
#define fallthrough __attribute__((fallthrough))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define barrier() __asm__ __volatile__("" : : : "memory")
#define typecheck(type, x) 1
#define __same_type(a, b) __builtin_types_compatible_p(typeof(a), typeof(b))
#define __stringify_1(x...) #x
#define __stringify(x...) __stringify_1(x)

#define READ_ONCE(x)                                     \
	({                                               \
		union {                                  \
			char bytes[sizeof(x)];           \
			typeof(x) value;                 \
		} __once;                                \
		sim_read(&(x), __once.bytes, sizeof(x)); \
		__once.value;                            \
	})
#define WRITE_ONCE(x, v)                             \
	do {                                         \
		typeof(x) __once = (v);              \
		sim_write(&(x), &__once, sizeof(x)); \
	} while (0)
#define ACCESS_ONCE(x) READ_ONCE(x)
#define data_race(x) (x)
#endif
