/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_LOCKDEP_H
#define _LINUX_LOCKDEP_H
#include <linux/types.h>
struct lock_class_key {
	char unused;
};
#define SINGLE_DEPTH_NESTING 1
#define lockdep_set_class_and_name(l, key, text) ((void)(key), (void)((l)->lock.name = (text)))
#define lockdep_set_class(l, key) ((void)(key))
#define lockdep_assert_held(l)                                                             \
	do {                                                                               \
		if (!sim_holds(&(l)->lock))                                                \
			sim_refuse("\"%s\" is not held where it must be", (l)->lock.name); \
	} while (0)
#define lockdep_is_held(l) sim_holds(&(l)->lock)
#define might_lock(l) ((void)(l))
#endif
