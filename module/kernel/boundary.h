/* SPDX-License-Identifier: GPL-2.0 */
/*
 * boundary.h - the seam: everything that the C++ side may ask of the kernel, and
 * everything that the kernel side may ask of the C++.
 *
 * Above it is C++ that knows no kernel header; below it is C that knows no policy.
 * What crosses is mechanism.
 *
 * Three kinds of names:
 *  - The kernel's own exported functions, under their own names, called directly.
 *    This header is compiled as C together with the kernel's headers, so a
 *    declaration here that differs from the kernel's does not compile.
 *  - kapi_*: what the kernel offers as a macro or an inline function only.
 *  - waitq_*: what the kernel side calls. Implemented in C++, in device/.
 *
 * Types: the kernel's structs keep their names. C sees the kernel's definition; C++
 * sees storage of the same size and alignment, from layout.h, which the build makes
 * from layout.c with the very compiler flags of this kernel.
 */
#ifndef WAITQ_BOUNDARY_H
#define WAITQ_BOUNDARY_H

#include "layout.h"

#ifdef __cplusplus

using size_t = decltype(sizeof 0);

#define KAPI_OPAQUE(tag)                                                                     \
	struct tag {                                                                         \
		alignas(KAPI_ALIGNOF_##tag) unsigned char opaque[KAPI_SIZEOF_##tag           \
									 ? KAPI_SIZEOF_##tag \
									 : 1];               \
	}
KAPI_OPAQUE(wait_queue_head);
KAPI_OPAQUE(wait_queue_entry);
KAPI_OPAQUE(spinlock);
KAPI_OPAQUE(mutex);
KAPI_OPAQUE(hrtimer);
KAPI_OPAQUE(lock_class_key);
#undef KAPI_OPAQUE

struct fasync_struct;
struct file;
struct iov_iter;
struct poll_table_struct;

extern "C" {

#else /* C: the kernel's own definitions */

#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/uio.h>
#include <linux/wait.h>

#endif

struct waitq_file;
struct waitq_info;
struct waitq_queue;

/* ---- waiting and waking (kernel/sched/wait.c) ---------------------------- */

/* Makes @head empty and unlocked. @name and @key give it a lockdep class. */
void __init_waitqueue_head(struct wait_queue_head *head, const char *name,
			   struct lock_class_key *key);
/*
 * Links @entry into @head if it is not there and sets the task's state. May be
 * called again and again. Returns 0, or -ERESTARTSYS with the entry unlinked and the
 * state untouched when a signal that @state heeds is pending.
 * Takes the head's lock.
 */
long prepare_to_wait_event(struct wait_queue_head *head, struct wait_queue_entry *entry, int state);
/*
 * finish_wait(), telling: sets TASK_RUNNING and unlinks @entry; takes the head's lock only if
 * still linked. Returns true if it was not: a wake-up had unlinked it, and so was spent on this
 * task, or prepare_to_wait_event() had, because of a signal.
 */
bool kapi_finish_wait(struct wait_queue_head *head, struct wait_queue_entry *entry);
/*
 * The walk that every wake-up is: calls each entry's function until @nr exclusive
 * waiters were woken; 0: everyone. The caller holds the head's lock.
 */
void __wake_up_locked(struct wait_queue_head *head, unsigned int mode, int nr);
/* Wakes the entry's task and, if that did wake it, unlinks the entry. Head's lock held. */
int autoremove_wake_function(struct wait_queue_entry *entry, unsigned int mode, int sync,
			     void *key);

typedef int (*kapi_wake_function)(struct wait_queue_entry *entry, unsigned int mode, int sync,
				  void *key);
/* init_wait_entry() for the current task, with a wake function of one's own. */
void kapi_init_wait_entry(struct wait_queue_entry *entry, int flags, kapi_wake_function function);
/* spin_lock_irqsave() on the head's own lock; any context. */
unsigned long kapi_head_lock(struct wait_queue_head *head);
void kapi_head_unlock(struct wait_queue_head *head, unsigned long irq_flags);
/* wq_has_sleeper(): a full barrier, then "is anybody linked?". */
bool kapi_has_sleeper(struct wait_queue_head *head);

/* ---- sleeping (kernel/sched/core.c, kernel/time) ------------------------- */

void schedule(void);
/* Sleeps at most @timeout jiffies; returns those left, 0 if all passed. */
long schedule_timeout(long timeout);
/* Complains, on a debug kernel, where the caller must not sleep. */
void kapi_might_sleep(void);
/* Lets others run, if it is time. May sleep. */
void kapi_cond_resched(void);
/* A signal is pending for the current task. */
bool kapi_signal_pending(void);
/* CLOCK_MONOTONIC; any context. */
long long kapi_now_ns(void);
/*
 * Whole jiffies in @ns nanoseconds, rounded down, and cut to what the kernel can count: 36
 * years, or KAPI_MAX_JIFFY_OFFSET jiffies if that is less.
 */
long kapi_ns_to_jiffies(unsigned long long ns);

/* ---- locks ---------------------------------------------------------------- */

void kapi_spin_init(struct spinlock *lock);
unsigned long kapi_spin_lock_irqsave(struct spinlock *lock);
void kapi_spin_unlock_irqrestore(struct spinlock *lock, unsigned long irq_flags);
/* A mutex sleeps, uninterruptibly: for short sections of process context only. */
void kapi_mutex_init(struct mutex *mutex);
void kapi_mutex_lock(struct mutex *mutex);
void kapi_mutex_unlock(struct mutex *mutex);

/* ---- timers (kernel/time/hrtimer.c; timer.c) ------------------------------- */

/* @timer will call waitq_timer_fired(). CLOCK_MONOTONIC; never a _HARD mode. */
void kapi_timer_init(struct hrtimer *timer);
void kapi_timer_start(struct hrtimer *timer, long long ns, bool absolute);
/* From waitq_timer_fired() only: moves the expiry by whole periods past @not_before_ns. */
void kapi_timer_forward(struct hrtimer *timer, long long not_before_ns, long long period_ns);
/* Disarms and waits for a running waitq_timer_fired(). May sleep on PREEMPT_RT. */
int hrtimer_cancel(struct hrtimer *timer);

/* ---- memory and user space ------------------------------------------------ */

/* Zeroed memory or a null pointer; may sleep. */
void *kapi_zalloc(size_t size);
void kapi_free(void *memory);
/* True if all @size bytes were copied. May sleep. @user is an address in user space. */
bool kapi_copy_from_user(void *to, unsigned long user, size_t size);
bool kapi_copy_to_user(unsigned long user, const void *from, size_t size);
size_t kapi_iter_count(const struct iov_iter *iter);
/* Return the bytes copied, fewer than @size at a bad address. May sleep. */
size_t kapi_copy_to_iter(const void *from, size_t size, struct iov_iter *iter);
size_t kapi_copy_from_iter(void *to, size_t size, struct iov_iter *iter);
bool kapi_capable_sys_admin(void);

/* ---- readiness (poll, SIGIO) ---------------------------------------------- */

/*
 * Wakes those in @head that poll for an event of @mask: all that are not exclusive, and one
 * that is (EPOLLEXCLUSIVE). Any context.
 */
void kapi_wake_up_poll(struct wait_queue_head *head, unsigned int mask);
void kapi_poll_wait(struct file *file, struct wait_queue_head *head,
		    struct poll_table_struct *table);
int fasync_helper(int fd, struct file *file, int on, struct fasync_struct **list);
/* Sends SIGIO to those on @list; any context. */
void kill_fasync(struct fasync_struct **list, int signal, int band);

/* ==== the other way: what the kernel side calls, implemented in device/ ===== */

/* Once, before anything else here. */
void waitq_core_init(void);

/* Process context, may sleep. Null: no memory. */
struct waitq_queue *waitq_queue_create(unsigned int capacity);
/* No file of the queue is open and none can be opened. Null is allowed. */
void waitq_queue_destroy(struct waitq_queue *queue);
void waitq_queue_info(struct waitq_queue *queue, struct waitq_info *info);

/* One open file. Null: no memory. */
struct waitq_file *waitq_open(struct waitq_queue *queue);
void waitq_release(struct waitq_file *file);

/* Return bytes, or a negative errno. May sleep unless @nonblock. */
long waitq_read(struct waitq_file *file, struct iov_iter *to, bool nonblock);
long waitq_write(struct waitq_file *file, struct iov_iter *from, bool nonblock);
/* Returns a poll mask. */
unsigned int waitq_poll(struct waitq_file *file, struct file *filp,
			struct poll_table_struct *table);
int waitq_fasync(struct waitq_file *file, int fd, struct file *filp, int on);

/* An ioctl number taken apart. */
struct waitq_call {
	unsigned int magic, direction, nr, size;
	unsigned long argument; /* an address in user space */
};
/* Returns 0 or a negative errno. May sleep. */
long waitq_ioctl(struct waitq_file *file, const struct waitq_call *call);

/* The timer has expired: hard irq, or a thread on PREEMPT_RT. True: go on. */
bool waitq_timer_fired(struct hrtimer *timer);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif
