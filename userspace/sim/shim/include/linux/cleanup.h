/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_CLEANUP_H
#define _LINUX_CLEANUP_H
#include <linux/compiler.h>

/* guard(kind)(lock): taken here, given back at the end of the block. */
#define __guard_name_1(line) __guard_at_##line
#define __guard_name(line) __guard_name_1(line)
#define guard(kind)                                  \
	struct __guard_##kind __guard_name(__LINE__) \
		__attribute__((cleanup(__guard_##kind##_end))) = __guard_##kind##_begin
#define scoped_guard(kind, lock)                                                            \
	for (struct __guard_##kind __guard_scope                                            \
	     __attribute__((cleanup(__guard_##kind##_end))) = __guard_##kind##_begin(lock), \
	     *__guard_once = &__guard_scope;                                                \
	     __guard_once; __guard_once = NULL)
#define __DEFINE_GUARD(kind, type, begin, end)                                 \
	struct __guard_##kind {                                                \
		type *lock;                                                    \
		unsigned long flags;                                           \
	};                                                                     \
	static inline struct __guard_##kind __guard_##kind##_begin(type *lock) \
	{                                                                      \
		struct __guard_##kind of = { lock, 0 };                        \
		begin;                                                         \
		return of;                                                     \
	}                                                                      \
	static inline void __guard_##kind##_end(struct __guard_##kind *of)     \
	{                                                                      \
		end;                                                           \
	}
#endif
