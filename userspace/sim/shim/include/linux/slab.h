/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H
#include <linux/err.h>
#include <linux/string.h>
#include <linux/types.h>
#define __GFP_ATOMIC 1U
#define GFP_KERNEL 0U
#define GFP_KERNEL_ACCOUNT 0U
#define GFP_USER 0U
#define GFP_ATOMIC __GFP_ATOMIC
#define GFP_NOWAIT __GFP_ATOMIC
#define __GFP_ZERO 0U
#define __GFP_NOWARN 0U
/* Zeroed, whatever was asked for: what it holds is the same in each schedule. */
#define kmalloc(size, flags) sim_alloc(size, !((flags)&__GFP_ATOMIC))
#define kzalloc(size, flags) kmalloc(size, flags)
#define kmalloc_array(n, size, flags) kmalloc((n) * (size), flags)
#define kcalloc(n, size, flags) kmalloc((n) * (size), flags)
#define kvmalloc kmalloc
#define kvzalloc kmalloc
#define vmalloc(size) kmalloc(size, GFP_KERNEL)
#define vzalloc(size) vmalloc(size)
#define kfree(memory) sim_free(memory)
#define kvfree kfree
#define vfree kfree
#define kfree_sensitive kfree
#define kzfree kfree
#define devm_kzalloc(device, size, flags) kmalloc(size, flags)
static inline char *kstrdup(const char *text, gfp_t flags)
{
	char *copy = text ? kmalloc(strlen(text) + 1, flags) : NULL;

	return copy ? strcpy(copy, text) : NULL;
}
static inline void *kmemdup(const void *from, size_t size, gfp_t flags)
{
	void *copy = kmalloc(size, flags);

	return copy ? memcpy(copy, from, size) : NULL;
}
#endif
