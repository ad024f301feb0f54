/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H
#include <asm/barrier.h>
#include <linux/bug.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/printk.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <limits.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define min(a, b)                      \
	({                             \
		typeof(a) __a = (a);   \
		typeof(b) __b = (b);   \
		__a < __b ? __a : __b; \
	})
#define max(a, b)                      \
	({                             \
		typeof(a) __a = (a);   \
		typeof(b) __b = (b);   \
		__a > __b ? __a : __b; \
	})
#define min_t(type, a, b) min((type)(a), (type)(b))
#define max_t(type, a, b) max((type)(a), (type)(b))
#define clamp(value, low, high) min(max(value, low), high)
#define clamp_t(type, value, low, high) clamp((type)(value), (type)(low), (type)(high))
#define swap(a, b)                      \
	do {                            \
		typeof(a) __swap = (a); \
		(a) = (b);              \
		(b) = __swap;           \
	} while (0)
#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))
#define roundup(n, to) (DIV_ROUND_UP(n, to) * (to))
#define ALIGN(n, to) (((n) + (to)-1) & ~((typeof(n))(to)-1))
#define might_sleep() sim_might_sleep("might_sleep()")
#define might_sleep_if(condition)      \
	do {                           \
		if (condition)         \
			might_sleep(); \
	} while (0)
#define U8_MAX UINT8_MAX
#define U16_MAX UINT16_MAX
#define U32_MAX UINT32_MAX
#define S32_MAX INT32_MAX
#endif
