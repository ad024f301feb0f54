/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat.h - every difference between kernel versions that the device and the lab meet, beside
 * those of the wait layer.
 */
#ifndef WAITQ_COMPAT_H
#define WAITQ_COMPAT_H

#include <linux/device.h>
#include <linux/file.h>
#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/timer.h>
#include <linux/version.h>

#include "../wait/kernel/compat.h"

/*
 * Two functions for one member of struct class, one for now and one for kernels where its device
 * is not const: the one whose type fits is taken.
 */
#define compat_class_function(member, now, before)                  \
	_Generic(((struct class *)NULL)->member, __typeof__(&(now)) \
		 : (now), __typeof__(&(before))                     \
		 : (before))

/* The functions of a class's files take pointers to const since 6.4. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define compat_class_const const
#else
#define compat_class_const
#endif

/* hrtimer_setup() is new in 6.13; hrtimer_init() is gone since 6.15. */
static inline void compat_hrtimer_setup(struct hrtimer *timer,
					enum hrtimer_restart (*function)(struct hrtimer *),
					enum hrtimer_mode mode)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	hrtimer_setup(timer, function, CLOCK_MONOTONIC, mode);
#else
	hrtimer_init(timer, CLOCK_MONOTONIC, mode);
	timer->function = function;
#endif
}

/* struct fd has one word since 6.12, of which this takes the file. */
#ifndef fd_file
#define fd_file(fd) ((fd).file)
#endif

/* vm_flags is const since 6.3, and vm_flags_mod() changes it. */
static inline void compat_vm_flags_mod(struct vm_area_struct *vma, unsigned long set,
				       unsigned long clear)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_mod(vma, set, clear);
#else
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
#endif
}

/*
 * Whether an atomic swap takes a bounded time, whatever others write to its word. Before ARMv8.1 it
 * is a loop, which each write of theirs begins anew.
 */
#ifdef CONFIG_ARM64
#include <asm/lse.h>
#define compat_swaps_at_once() system_uses_lse_atomics()
#else
#define compat_swaps_at_once() true
#endif

/* system_unbound_wq until 6.17; since 7.2 its use is reported. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
#define compat_unbound_wq system_dfl_wq
#else
#define compat_unbound_wq system_unbound_wq
#endif

/* del_timer_sync() until 6.15. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define compat_timer_delete_sync(timer) timer_delete_sync(timer)
#else
#define compat_timer_delete_sync(timer) del_timer_sync(timer)
#endif

#endif
