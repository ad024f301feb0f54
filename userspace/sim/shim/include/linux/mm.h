/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H
#include <linux/gfp.h>
#include <linux/types.h>
#define PAGE_SHIFT 12
#define PAGE_SIZE (1UL << PAGE_SHIFT)
struct vm_area_struct {
	unsigned long vm_start, vm_end, vm_pgoff, vm_flags;
};
static inline void vm_flags_mod(struct vm_area_struct *area, unsigned long set, unsigned long clear)
{
	area->vm_flags = (area->vm_flags | set) & ~clear;
}
#endif
