/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * waitq.h - the one contract between the waitq module and user space.
 *
 * Rules that hold for every call:
 *  - Each struct starts with its own size, and a size that the kernel does not know
 *    is EINVAL. A later version may grow a struct at its end, and will go on taking
 *    the sizes of the versions before.
 *  - Unknown flags, unknown kinds and nonzero padding are EINVAL, and an EINVAL
 *    has changed nothing.
 *  - Times are nanoseconds on CLOCK_MONOTONIC, relative unless WAITQ_ABSOLUTE.
 *  - Layouts are the same for 32-bit and 64-bit callers.
 *
 * The tables (WAITQ_WAIT_KINDS, WAITQ_WAKE_KINDS, WAITQ_FIGURES) are the only
 * place where a kind or a figure is listed: the module, sysfs, the library and
 * the command line are all made from them. Rows are only ever appended.
 */
#ifndef WAITQ_UAPI_H
#define WAITQ_UAPI_H

#ifdef WAITQ_FREESTANDING
/* The module's C++ core, which sees no header but the project's own. */
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef long long __s64;
#define __aligned_u64 __u64 __attribute__((aligned(8)))
#define __aligned_s64 __s64 __attribute__((aligned(8)))
#else
#include <linux/ioctl.h>
#include <linux/types.h>
/* <linux/types.h> has it since 6.8 only. */
#ifndef __aligned_s64
#define __aligned_s64 __s64 __attribute__((aligned(8)))
#endif
#endif

/* ---- limits ------------------------------------------------------------- */

#define WAITQ_QUEUES_MAX 256U
#define WAITQ_CAPACITY_MIN 64U
#define WAITQ_CAPACITY_MAX (1U << 20)
/* A write of at most this many bytes (or the capacity, if smaller) is atomic. */
#define WAITQ_ATOMIC_WRITE 4096U
#define WAITQ_COUNTER_MAX (~0ULL)
#define WAITQ_TIMER_PERIOD_MIN_NS 50000LL
/* The longest wait that kill -9 can't end, for a caller without CAP_SYS_ADMIN. */
#define WAITQ_UNPRIVILEGED_UNINTERRUPTIBLE_MAX_NS 10000000000LL

/* ---- flags -------------------------------------------------------------- */

#define WAITQ_EXCLUSIVE (1U << 0)    /* WAIT: an exclusive wait entry */
#define WAITQ_CONSUME (1U << 1)      /* WAIT: take `threshold` off the counter */
#define WAITQ_ABSOLUTE (1U << 2)     /* WAIT, TIMER: the time is absolute */
#define WAITQ_TIMER_CANCEL (1U << 3) /* TIMER: disarm; every other field is 0 */

/* ---- wait kinds ---------------------------------------------------------
 * X(value, ID, the kernel's name, task state, clock of the timeout)
 * JIFFIES: the timeout is rounded up to the kernel's tick and is never early.
 */
#define WAITQ_WAIT_KINDS(X)                                                                \
	X(0, EVENT, wait_event, UNINTERRUPTIBLE, NONE)                                     \
	X(1, EVENT_TIMEOUT, wait_event_timeout, UNINTERRUPTIBLE, JIFFIES)                  \
	X(2, EVENT_INTERRUPTIBLE, wait_event_interruptible, INTERRUPTIBLE, NONE)           \
	X(3, EVENT_INTERRUPTIBLE_TIMEOUT, wait_event_interruptible_timeout, INTERRUPTIBLE, \
	  JIFFIES)                                                                         \
	X(4, EVENT_KILLABLE, wait_event_killable, KILLABLE, NONE)                          \
	X(5, EVENT_KILLABLE_TIMEOUT, wait_event_killable_timeout, KILLABLE, JIFFIES)

enum waitq_wait_kind {
#define WAITQ_X(value, id, name, state, clock) WAITQ_WAIT_##id = value,
	WAITQ_WAIT_KINDS(WAITQ_X)
#undef WAITQ_X
};

/* ---- wake kinds ---------------------------------------------------------
 * X(value, ID, the kernel's name, exclusive waiters woken)
 * Waiters that are not exclusive are woken by every kind.
 */
#define WAITQ_WAKE_KINDS(X)         \
	X(0, UP, wake_up, ONE)      \
	X(1, UP_NR, wake_up_nr, NR) \
	X(2, UP_ALL, wake_up_all, ALL)

enum waitq_wake_kind {
#define WAITQ_X(value, id, name, scope) WAITQ_WAKE_##id = value,
	WAITQ_WAKE_KINDS(WAITQ_X)
#undef WAITQ_X
};

/* ---- WAITQ_IOC_WAIT: sleep until counter >= threshold ------------------- */

enum waitq_outcome {
	WAITQ_OUTCOME_NONE = 0,
	WAITQ_OUTCOME_SATISFIED = 1, /* the ioctl returned 0 */
	WAITQ_OUTCOME_TIMED_OUT = 2, /* -1, ETIMEDOUT */
	WAITQ_OUTCOME_SIGNALLED = 3, /* -1, EINTR (or restarted) */
};

/*
 * Satisfied beats timed out, and timed out beats signalled.
 *
 * A wake-up for one exclusive waiter goes to the first in the queue, whatever its
 * threshold: let exclusive waiters share one, or use wake_up_all. One post of n
 * for n consumers wants wake_up_nr or wake_up_all.
 *
 * 0           satisfied; with WAITQ_CONSUME, `threshold` was taken
 * ETIMEDOUT   the time was up and the counter still below the threshold
 * EINTR       a signal came (its handler without SA_RESTART; with SA_RESTART
 *             the call goes on with the time that was left). A relative
 *             timeout_ns is overwritten with what was left, so that calling
 *             again with the same struct does the same by hand.
 * EINVAL      size, kind, flags, padding, threshold 0, a negative timeout, a
 *             timeout for a kind without one
 * EPERM       an uninterruptible wait with no timeout, or with one above
 *             WAITQ_UNPRIVILEGED_UNINTERRUPTIBLE_MAX_NS, without CAP_SYS_ADMIN
 * EFAULT      bad pointer; nothing was taken
 *
 * The out fields are written with 0, ETIMEDOUT and EINTR.
 */
struct waitq_wait {
	__u32 size;               /* sizeof(struct waitq_wait) */
	__u32 kind;               /* enum waitq_wait_kind */
	__u32 flags;              /* WAITQ_EXCLUSIVE | WAITQ_CONSUME | WAITQ_ABSOLUTE */
	__u32 outcome;            /* out: enum waitq_outcome; in: not looked at */
	__aligned_u64 threshold;  /* 1 or more */
	__aligned_s64 timeout_ns; /* 0 or more; kinds without timeout: 0 */
	__aligned_s64 left_ns;    /* out: time left; 0 for kinds without timeout */
	__aligned_u64 spurious;   /* out: times woken with the condition false */
};

/* ---- WAITQ_IOC_WAKE: post to the counter, then wake ---------------------
 *
 * EOVERFLOW   the counter would pass WAITQ_COUNTER_MAX: unchanged, nobody woken
 * EINVAL      size, kind, padding, nr 0 for wake_up_nr, nr not 0 for another
 * EFAULT      bad pointer, found before anything was posted (unless the memory goes
 *             away during the call)
 */
struct waitq_wake {
	__u32 size;            /* sizeof(struct waitq_wake) */
	__u32 kind;            /* enum waitq_wake_kind */
	__u32 nr;              /* wake_up_nr: exclusive waiters to wake, 1 to 2^31 - 1 */
	__u32 pad;             /* 0 */
	__aligned_u64 post;    /* added to the counter; 0: a bare wake */
	__aligned_u64 woken;   /* out: tasks woken, exclusive or not; pollers not counted */
	__aligned_u64 counter; /* out: the counter as this post left it */
};

/* ---- WAITQ_IOC_TIMER: the timer of this open file -----------------------
 *
 * Arms the file's one timer (an armed one is cancelled first), or cancels it.
 * Each firing does what WAITQ_IOC_WAKE does, from the hrtimer's interrupt (on
 * PREEMPT_RT: from a thread). A post that would overflow is dropped and the
 * wake done all the same. Closing the file's last descriptor cancels it.
 *
 * All timers of the module together get about a quarter of one CPU. Beyond that,
 * and when a CPU comes too late, periods are left out; `count` counts firings.
 *
 * EINVAL      size, flags, kind, padding, a negative time, a period that is not
 *             0 and below WAITQ_TIMER_PERIOD_MIN_NS, no period and count not 1
 * EFAULT      bad pointer, found before anything was changed
 */
struct waitq_timer {
	__u32 size;              /* sizeof(struct waitq_timer) */
	__u32 flags;             /* WAITQ_ABSOLUTE, or WAITQ_TIMER_CANCEL alone */
	__u32 kind;              /* enum waitq_wake_kind */
	__u32 nr;                /* as in struct waitq_wake */
	__aligned_s64 delay_ns;  /* to the first firing */
	__aligned_s64 period_ns; /* between firings; 0: fires once */
	__aligned_u64 count;     /* firings; 0: until cancelled; without period: 1 */
	__aligned_u64 post;      /* added to the counter at each firing */
	__aligned_u64 fired;     /* out: firings of the arming that this call ended */
};

/* ---- WAITQ_IOC_INFO: the figures of this queue --------------------------
 * X(name, what it counts)
 */
#define WAITQ_FIGURES(X)                                                                \
	X(readers, "tasks asleep in read, waiting exclusively for a byte")              \
	X(writers, "tasks asleep in write, waiting exclusively for room or their turn") \
	X(event_waiters, "tasks asleep in WAITQ_IOC_WAIT, not exclusive")               \
	X(event_waiters_exclusive, "tasks asleep in WAITQ_IOC_WAIT, exclusive")         \
	X(counter, "the event counter")                                                 \
	X(bytes, "bytes held")                                                          \
	X(capacity, "bytes that fit")                                                   \
	X(wakes, "wake-up calls made, whether or not anybody slept")                    \
	X(woken, "tasks woken by them")                                                 \
	X(spurious, "times that a task woke with its condition false and slept on")     \
	X(timeouts, "waits that ended by timeout")                                      \
	X(signals, "waits that ended by a signal")

struct waitq_info {
	__u32 size;                             /* sizeof(struct waitq_info) */
	__u32 pad;                              /* 0 */
#define WAITQ_X(name, text) __aligned_u64 name; /* out */
	WAITQ_FIGURES(WAITQ_X)
#undef WAITQ_X
};

/* ---- poll ---------------------------------------------------------------
 * POLLIN   a read would not block
 * POLLOUT  a write of up to WAITQ_ATOMIC_WRITE bytes would not block
 * POLLMSG  the event counter is not 0 (not POLLPRI: io_uring asks for that with every
 *          read and write, and would take an event for a byte)
 */

/* ---- the calls ---------------------------------------------------------- */

#define WAITQ_IOC_MAGIC 0xB7
#define WAITQ_NR_WAIT 0x10
#define WAITQ_NR_WAKE 0x11
#define WAITQ_NR_TIMER 0x12
#define WAITQ_NR_INFO 0x13

#ifndef WAITQ_FREESTANDING
#define WAITQ_IOC_WAIT _IOWR(WAITQ_IOC_MAGIC, WAITQ_NR_WAIT, struct waitq_wait)
#define WAITQ_IOC_WAKE _IOWR(WAITQ_IOC_MAGIC, WAITQ_NR_WAKE, struct waitq_wake)
#define WAITQ_IOC_TIMER _IOWR(WAITQ_IOC_MAGIC, WAITQ_NR_TIMER, struct waitq_timer)
#define WAITQ_IOC_INFO _IOWR(WAITQ_IOC_MAGIC, WAITQ_NR_INFO, struct waitq_info)
#endif

#endif
