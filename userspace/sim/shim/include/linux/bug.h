/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H
#include <linux/printk.h>
#define BUG() sim_refuse("BUG() at %s:%d", __FILE__, __LINE__)
#define BUG_ON(condition)                                                                  \
	do {                                                                               \
		if (condition)                                                             \
			sim_refuse("BUG_ON(%s) at %s:%d", #condition, __FILE__, __LINE__); \
	} while (0)
#define WARN_ON(condition)                                   \
	({                                                   \
		bool __warned = !!(condition);               \
		if (__warned)                                \
			sim_warn("WARN_ON(" #condition ")"); \
		__warned;                                    \
	})
#define WARN_ON_ONCE(condition) WARN_ON(condition)
#define WARN(condition, format, ...) WARN_ON(condition)
#define WARN_ONCE(condition, format, ...) WARN_ON(condition)
#define BUILD_BUG_ON(condition) _Static_assert(!(condition), #condition)
#define static_assert _Static_assert
#endif
