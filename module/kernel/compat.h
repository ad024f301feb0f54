/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat.h - every difference between kernel versions, and nothing else. A feature is
 * tested by its type or macro where that can be seen; a version number is the last
 * resort, because stable kernels carry backports.
 */
#ifndef WAITQ_COMPAT_H
#define WAITQ_COMPAT_H

#include <linux/device.h>
#include <linux/hrtimer.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
#error "waitq supports Linux 5.10 and newer; these headers are of an older kernel"
#endif

/* Two functions for one member of struct class: the one whose type fits is taken. */
#define compat_class_devnode(now, before_6_2)                        \
	_Generic(((struct class *)NULL)->devnode, __typeof__(&(now)) \
		 : (now), __typeof__(&(before_6_2))                  \
		 : (before_6_2))

/* hrtimer_setup() is new in 6.13; hrtimer_init() is gone since 6.15. */
static inline void compat_hrtimer_setup(struct hrtimer *timer,
					enum hrtimer_restart (*function)(struct hrtimer *))
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	hrtimer_setup(timer, function, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
#else
	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	timer->function = function;
#endif
}

#endif
