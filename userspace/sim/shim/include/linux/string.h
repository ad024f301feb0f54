/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_STRING_H
#define _LINUX_STRING_H
#include <linux/types.h>
#include <stdarg.h>
#include <stdio.h>
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
/* Byte by byte, in code that is watched: the C library's own are not. */
static inline size_t __sim_strnlen(const char *text, size_t most)
{
	size_t size = 0;

	while (size < most && text[size])
		++size;
	return size;
}
static inline char *__sim_strncpy(char *to, const char *from, size_t size, bool fills)
{
	size_t i;

	for (i = 0; i < size && from[i]; ++i)
		to[i] = from[i];
	for (; i < size; ++i) {
		to[i] = 0;
		if (!fills)
			break;
	}
	return to;
}
static inline int __sim_compare(const char *a, const char *b, size_t size, bool ends)
{
	size_t i;

	for (i = 0; i < size; ++i)
		if (a[i] != b[i] || (ends && !a[i]))
			return (unsigned char)a[i] - (unsigned char)b[i];
	return 0;
}
int __sim_snprintf(char *to, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int __sim_vsnprintf(char *to, size_t size, const char *format, va_list arguments);
#undef strlen
#undef strnlen
#undef strcpy
#undef strncpy
#undef strcmp
#undef strncmp
#undef memcmp
#define strlen(text) __sim_strnlen(text, SIZE_MAX)
#define strnlen(text, most) __sim_strnlen(text, most)
#define strcpy(to, from) __sim_strncpy(to, from, SIZE_MAX, false)
#define strncpy(to, from, size) __sim_strncpy(to, from, size, true)
#define strcmp(a, b) __sim_compare(a, b, SIZE_MAX, true)
#define strncmp(a, b, size) __sim_compare(a, b, size, true)
#define memcmp(a, b, size) __sim_compare((const char *)(a), (const char *)(b), size, false)
#define snprintf __sim_snprintf
#define scnprintf(to, size, ...)                                        \
	({                                                              \
		int __size = (size), __length;                          \
		__length = __sim_snprintf(to, __size, __VA_ARGS__);     \
		__length < __size ? __length : __size ? __size - 1 : 0; \
	})
#define vsnprintf __sim_vsnprintf
#define sprintf(to, ...) __sim_snprintf(to, SIZE_MAX, __VA_ARGS__)
static inline ssize_t strscpy(char *to, const char *from, size_t size)
{
	size_t length = strnlen(from, size);

	if (length == size)
		length = size ? size - 1 : 0;
	__sim_strncpy(to, from, length, false);
	if (size)
		to[length] = 0;
	return from[length] ? -7 /* E2BIG */ : (ssize_t)length;
}
#endif
