/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_KTIME_H
#define _LINUX_KTIME_H
#include <linux/jiffies.h>
#define NSEC_PER_SEC 1000000000L
#define NSEC_PER_MSEC 1000000L
#define NSEC_PER_USEC 1000L
#define KTIME_MAX LLONG_MAX
static inline ktime_t ktime_get(void)
{
	return (ktime_t)jiffies * (NSEC_PER_SEC / HZ);
}
static inline ktime_t ktime_set(long s, unsigned long ns)
{
	return s * NSEC_PER_SEC + (ktime_t)ns;
}
#define ms_to_ktime(ms) ((ktime_t)(ms)*NSEC_PER_MSEC)
#define ns_to_ktime(ns) ((ktime_t)(ns))
#define ktime_to_ns(t) (t)
#define ktime_to_ms(t) ((t) / NSEC_PER_MSEC)
#define ktime_to_us(t) ((t) / NSEC_PER_USEC)
static inline unsigned long ktime_to_jiffies(ktime_t t)
{
	return (unsigned long)DIV_ROUND_UP(t, NSEC_PER_SEC / HZ);
}
#define ktime_sub(a, b) ((a) - (b))
#define ktime_add(a, b) ((a) + (b))
#endif
