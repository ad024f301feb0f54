/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_UACCESS_H
#define _LINUX_UACCESS_H
#include <linux/errno.h>
#include <linux/types.h>
#define copy_to_user(to, from, size) sim_copy_out(to, from, size)
#define copy_from_user(to, from, size) sim_copy_in(to, from, size)
#define access_ok(...) 1
#define put_user(value, to)                                            \
	({                                                             \
		typeof(*(to)) __put = (value);                         \
		sim_copy_out(to, &__put, sizeof(__put)) ? -EFAULT : 0; \
	})
#define get_user(value, from)                                                          \
	({                                                                             \
		typeof(*(from)) __get = 0;                                             \
		int __failed = sim_copy_in(&__get, from, sizeof(__get)) ? -EFAULT : 0; \
		(value) = (typeof(value))__get;                                        \
		__failed;                                                              \
	})
#endif
