/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_DELAY_H
#define _LINUX_DELAY_H
#include <linux/jiffies.h>
#include <linux/sched.h>
#define udelay(us) ((void)(us))
#define ndelay(ns) ((void)(ns))
#define mdelay(ms) ((void)(ms))
static inline void msleep(unsigned int ms)
{
	long left = (long)msecs_to_jiffies(ms) + 1;

	while (left)
		left = schedule_timeout_uninterruptible(left);
}
static inline unsigned long msleep_interruptible(unsigned int ms)
{
	long left = (long)msecs_to_jiffies(ms) + 1;

	while (left && !signal_pending(current))
		left = schedule_timeout_interruptible(left);
	return jiffies_to_msecs((unsigned long)left);
}
#define ssleep(seconds) msleep((seconds)*1000)
#define usleep_range(from, to) msleep(1)
#define fsleep(us) msleep(1)
#endif
