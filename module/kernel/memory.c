// SPDX-License-Identifier: GPL-2.0
/* memory.c - memory and user space: the part of the seam that the device and the lab share. */
#include <linux/build_bug.h>
#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/rbtree.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "layout.h"
#include "memory.h"

/* A layout.h of another kernel or other flags must not get past the compiler. */
#define CHECK_LAYOUT(tag)                                                    \
	static_assert(sizeof(struct tag) == KAPI_SIZEOF_##tag &&             \
			      __alignof__(struct tag) == KAPI_ALIGNOF_##tag, \
		      "layout.h does not describe struct " #tag " of this kernel")
CHECK_LAYOUT(hrtimer);
CHECK_LAYOUT(rb_node);
CHECK_LAYOUT(rb_root_cached);
CHECK_LAYOUT(work_struct);

void *kapi_zalloc(size_t size)
{
	/*
	 * Accounted, so that a user who opens many files pays for them. RETRY_MAYFAIL: a load or a
	 * call that asks for too much fails before the kernel kills another process for it.
	 */
	const gfp_t flags = GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_RETRY_MAYFAIL | __GFP_NOWARN;
	void *memory;

	if (size <= PAGE_SIZE)
		return kmalloc(size, flags);
	/*
	 * In one piece if one is free, but nothing is reclaimed or compacted for that:
	 * kvmalloc() with RETRY_MAYFAIL would.
	 */
	memory = kmalloc(size, flags & ~__GFP_DIRECT_RECLAIM);
	return memory ? memory : __vmalloc(size, flags);
}

void kapi_free(void *memory)
{
	kvfree(memory);
}

bool kapi_copy_from_user(void *to, unsigned long user, size_t size)
{
	return !copy_from_user(to, (const void __user *)user, size);
}

bool kapi_copy_to_user(unsigned long user, const void *from, size_t size)
{
	return !copy_to_user((void __user *)user, from, size);
}

unsigned long kapi_index_nospec(unsigned long index, unsigned long size)
{
	return array_index_nospec(index, size);
}
