/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_STRING_H
#define _LINUX_STRING_H
#include <linux/types.h>
#include <string.h>
#include <strings.h>
#undef memcpy
#undef memmove
#undef memset
#define memcpy(to, from, size)              \
	({                                  \
		void *__to = (to);          \
		sim_copy(__to, from, size); \
		__to;                       \
	})
#define memmove memcpy
#define memset(to, byte, size)              \
	({                                  \
		void *__to = (to);          \
		sim_fill(__to, byte, size); \
		__to;                       \
	})
static inline ssize_t strscpy(char *to, const char *from, size_t size)
{
	size_t i;

	for (i = 0; i + 1 < size && from[i]; ++i)
		to[i] = from[i];
	if (size)
		to[i] = 0;
	return from[i] ? -7 /* E2BIG */ : (ssize_t)i;
}
#endif
