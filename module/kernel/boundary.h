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
KAPI_OPAQUE(hrtimer_sleeper);
KAPI_OPAQUE(lock_class_key);
KAPI_OPAQUE(work_struct);
#undef KAPI_OPAQUE

struct fasync_struct;
struct file;
struct iov_iter;
struct poll_table_struct;
struct task_struct;

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
#include <linux/workqueue.h>

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
/* Sets TASK_RUNNING and unlinks @entry; takes the head's lock only if still linked. */
void finish_wait(struct wait_queue_head *head, struct wait_queue_entry *entry);
/*
 * finish_wait(), telling: sets TASK_RUNNING and unlinks @entry; takes the head's lock only if
 * still linked. Returns true if it was not: a wake-up had unlinked it, and so was spent on this
 * task, or prepare_to_wait_event() had, because of a signal.
 */
bool kapi_finish_wait(struct wait_queue_head *head, struct wait_queue_entry *entry);
typedef int (*kapi_wake_function)(struct wait_queue_entry *entry, unsigned int mode, int sync,
				  void *key);
/* An entry for the current task; a wake-up that wakes it unlinks the entry. */
void init_wait_entry(struct wait_queue_entry *entry, int flags);
/* The same, with a wake function of one's own. */
void kapi_init_wait_entry(struct wait_queue_entry *entry, int flags, kapi_wake_function function);
/* The wake functions. Each wakes the entry's task; head's lock held. Return whether it woke. */
int default_wake_function(struct wait_queue_entry *entry, unsigned int mode, int sync, void *key);
/* And if that did wake it, unlinks the entry. */
int autoremove_wake_function(struct wait_queue_entry *entry, unsigned int mode, int sync,
			     void *key);
/* And leaves a note for wait_woken() first. */
int woken_wake_function(struct wait_queue_entry *entry, unsigned int mode, int sync, void *key);

/* Sleeping by hand. prepare_to_wait*(): link if not linked, set the state. */
void prepare_to_wait(struct wait_queue_head *head, struct wait_queue_entry *entry, int state);
/* True: nobody was linked before. */
bool prepare_to_wait_exclusive(struct wait_queue_head *head, struct wait_queue_entry *entry,
			       int state);
/* Link: at the head; at the tail and marked exclusive. */
void add_wait_queue(struct wait_queue_head *head, struct wait_queue_entry *entry);
void add_wait_queue_exclusive(struct wait_queue_head *head, struct wait_queue_entry *entry);
/* add_wait_queue_priority(), if this kernel has it: before all others. */
void kapi_add_priority(struct wait_queue_head *head, struct wait_queue_entry *entry);
/* add_wait_queue_priority_exclusive(), if this kernel has it: 0, or -EBUSY and not linked. */
int kapi_add_priority_exclusive(struct wait_queue_head *head, struct wait_queue_entry *entry);
/* Unlink; takes the head's lock. */
void remove_wait_queue(struct wait_queue_head *head, struct wait_queue_entry *entry);
/* __add_wait_queue(). Head's lock held. */
void kapi_link(struct wait_queue_head *head, struct wait_queue_entry *entry);
/*
 * As autoremove_wake_function() unlinks, linked or not. Head's lock held. Pairs with the next: an
 * entry that its task sees unlinked is not touched any more.
 */
void kapi_unlink(struct wait_queue_head *head, struct wait_queue_entry *entry);
/* Without a lock; the entry's own task. */
bool kapi_is_unlinked(const struct wait_queue_entry *entry);
/* Sleeps at most @timeout jiffies unless woken_wake_function() left a note; jiffies left. */
long wait_woken(struct wait_queue_entry *entry, unsigned int mode, long timeout);
/*
 * Head's lock held, with interrupts on or off (_irq): initialises @entry and links it at the
 * tail, drops the lock, sleeps interruptibly, takes it again, unlinks. 0, or -ERESTARTSYS: a
 * signal is pending, did not sleep. (do_wait_intr(), do_wait_intr_irq() and what their callers do
 * around them, as one.)
 */
int kapi_sleep_locked(struct wait_queue_head *head, struct wait_queue_entry *entry, int flags,
		      kapi_wake_function function);
int kapi_sleep_locked_irq(struct wait_queue_head *head, struct wait_queue_entry *entry, int flags,
			  kapi_wake_function function);

#ifdef __cplusplus
/*
 * Take the head's lock and do the walk below. (For C++ alone: the first returns an int since 6.2,
 * at which nobody looks.)
 */
void __wake_up(struct wait_queue_head *head, unsigned int mode, int nr, void *key);
void __wake_up_sync_key(struct wait_queue_head *head, unsigned int mode, void *key);
#endif
/*
 * The walk that a wake-up is: calls each entry's function until @nr exclusive
 * waiters were woken; 0: everyone. The caller holds the head's lock.
 */
void __wake_up_locked(struct wait_queue_head *head, unsigned int mode, int nr);
/* For one exclusive waiter, with a key for the wake functions; _sync_: the waker will sleep. */
void __wake_up_locked_key(struct wait_queue_head *head, unsigned int mode, void *key);
void __wake_up_locked_sync_key(struct wait_queue_head *head, unsigned int mode, void *key);
/* wake_up_pollfree(): everyone; afterwards nobody may be linked. Free @head after an RCU grace. */
void kapi_wake_up_pollfree(struct wait_queue_head *head);
/* The key is that of wake_up_pollfree(), or made to look like it. */
bool kapi_is_pollfree(const void *key);

/*
 * A walk over a queue that may let go of the lock between two entries: two marks are linked into
 * it, so what is behind the walk stays behind it and what comes later is not reached. All with
 * the head's lock held. A mark is not exclusive and its wake function does nothing.
 */
struct kapi_walk {
	struct wait_queue_entry at, end;
};
void kapi_walk_begin(struct kapi_walk *walk, struct wait_queue_head *head);
/* The next entry that is no mark, the kernel's or this one's, or null: it was the last. */
struct wait_queue_entry *kapi_walk_next(struct kapi_walk *walk);
void kapi_walk_end(struct kapi_walk *walk);

/* What is in an entry; head's lock held. */
unsigned int kapi_entry_flags(const struct wait_queue_entry *entry);
kapi_wake_function kapi_entry_function(const struct wait_queue_entry *entry);
/* The entry's own function is called, as a wake-up does. */
int kapi_entry_wake(struct wait_queue_entry *entry, unsigned int mode, int sync, void *key);

/*
 * The head's own lock: from any context; from process context with interrupts off, or on, which
 * is for heads that no interrupt locks.
 */
unsigned long kapi_head_lock(struct wait_queue_head *head);
void kapi_head_unlock(struct wait_queue_head *head, unsigned long irq_flags);
void kapi_head_lock_irq(struct wait_queue_head *head);
void kapi_head_unlock_irq(struct wait_queue_head *head);
void kapi_head_lock_irq_on(struct wait_queue_head *head);
void kapi_head_unlock_irq_on(struct wait_queue_head *head);
/* Somebody holds it. */
bool kapi_head_is_locked(struct wait_queue_head *head);
/* wq_has_sleeper(): a full barrier, then "is anybody linked?". */
bool kapi_has_sleeper(struct wait_queue_head *head);

/* ---- sleeping (kernel/sched/core.c, kernel/time) ------------------------- */

void schedule(void);
/* Sleeps at most @timeout jiffies; returns those left, 0 if all passed. */
long schedule_timeout(long timeout);
/* As schedule(), counted as waiting for I/O. */
void io_schedule(void);
/* As the two above, and the freezer need not wake the task: with KAPI_TASK_FREEZABLE, below. */
void kapi_freezable_schedule(void);
long kapi_freezable_schedule_timeout(long timeout);
/* set_current_state(): a full barrier follows. __: none. */
void kapi_set_current_state(unsigned int state);
void kapi_set_running(void);
/* A signal is pending that a sleep in @state heeds. */
bool kapi_signal_pending_state(unsigned int state);
/* Sleeps one jiffy, uninterruptibly, whatever the state was; afterwards it is TASK_RUNNING. */
void kapi_nap(void);
/* The caller is a task: not an interrupt, hard or soft. */
bool kapi_in_task(void);
struct task_struct *kapi_current(void);
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

/* @name and @key give it a lockdep class. */
void kapi_spin_init(struct spinlock *lock, const char *name, struct lock_class_key *key);
unsigned long kapi_spin_lock_irqsave(struct spinlock *lock);
void kapi_spin_unlock_irqrestore(struct spinlock *lock, unsigned long irq_flags);
/* From process context with interrupts on, which are off while it is held. */
void kapi_spin_lock_irq(struct spinlock *lock);
void kapi_spin_unlock_irq(struct spinlock *lock);
bool kapi_spin_is_locked(struct spinlock *lock);
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

/* struct hrtimer_sleeper, on the stack: wakes the current task in @ns, 0 or more. */
void kapi_sleeper_start(struct hrtimer_sleeper *sleeper, long long ns);
/* It did. */
bool kapi_sleeper_expired(const struct hrtimer_sleeper *sleeper);
/* How much later than asked the current task's sleeper may wake it. The task sets that itself. */
unsigned long long kapi_timer_slack_ns(void);
void kapi_sleeper_cancel(struct hrtimer_sleeper *sleeper);

/* ---- other contexts (kernel/context.c here) --------------------------------- */

/*
 * Runs @function(@argument) in the context of WAITQ_CONTEXTS with that value, and returns when it
 * has run: milliseconds. False: no memory, and it did not run. May sleep, uninterruptibly.
 */
bool kapi_run_in(unsigned int context, void (*function)(void *argument), void *argument);
/* @work will call waitq_deferred() from a workqueue. */
void kapi_work_init(struct work_struct *work);
/* Any context. Scheduled again while it waits: runs once. */
void kapi_work_schedule(struct work_struct *work);
/* Neither waits nor runs any more. May sleep. */
void kapi_work_cancel(struct work_struct *work);

/* The current task, a thread of the kernel, was told to end: kthread_stop(), which wakes it. */
bool kthread_should_stop(void);

void kapi_rcu_read_lock(void);
void kapi_rcu_read_unlock(void);
/* Waits until all who are in a section of the two above have left it. May sleep. */
void kapi_synchronize_rcu(void);

/* ---- who is linked (kernel/waiters.c here) ---------------------------------- */

struct waitq_waiter;
/*
 * Fills in pid, state, comm and function of @waiter, as the current task may see them. Ends the
 * reference to @task, which may be null. May sleep.
 */
void kapi_describe(struct waitq_waiter *waiter, struct task_struct *task,
		   kapi_wake_function function);
/*
 * The task of an entry whose function is one of the kernel's own or for which @is_task says so,
 * with a reference; null: it has none. Head's lock held.
 */
struct task_struct *kapi_entry_task(const struct wait_queue_entry *entry, bool is_task);

/* ---- the kernel's own macros, the reference (kernel/macro.c here) ------------- */

struct kapi_macro {
	struct wait_queue_head *head;
	struct spinlock *lock; /* of kinds with lock CALLER; held by the caller, irqs off */
	unsigned int state;    /* of kinds with state CALLER: TASK_* */
	long timeout;          /* of kinds with clock JIFFIES */
	long long timeout_ns;  /* of kinds with clock HRTIMER */
	bool (*condition)(void *context);
	void (*before)(void *context), (*after)(void *context);
	void *context;
	unsigned int callback, key; /* of kind init_waitqueue_func_entry */
	unsigned long calls;        /* out */
	bool was_empty, linked;     /* out: see WAITQ_SAW_EMPTY, WAITQ_SAW_LINKED */
};
/* Bit n: this kernel has wait kind n; wake kind n. */
unsigned long long kapi_macro_waits(void);
unsigned long long kapi_macro_wakes(void);
/*
 * Waits as the macro or function of that name does, and returns what it returns; those with no
 * value: 0. For kinds with a lock the caller holds it. May sleep.
 */
long kapi_macro_wait(unsigned int kind, struct kapi_macro *wait);
/* Wakes as the macro of that name does. For kinds with lock HELD the caller holds it. */
void kapi_macro_wake(unsigned int kind, struct wait_queue_head *head, int nr, unsigned int key);

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

/* Work that kapi_work_schedule() scheduled. Process context. */
void waitq_deferred(struct work_struct *work);

/*
 * The waiters of a queue, one after the other, for debugfs: calls @show for each. Returns 0 or a
 * negative errno. May sleep.
 */
int waitq_show_waiters(struct waitq_queue *queue,
		       void (*show)(void *context, const struct waitq_waiter *waiter),
		       void *context);

/*
 * The bodies of two kinds of threads: takes events from @queue one by one; posts two each second
 * and wakes. Return when kthread_should_stop(). Process context, sleep.
 */
void waitq_sleeper(struct waitq_queue *queue);
void waitq_waker(struct waitq_queue *queue);

/* The timer has expired: hard irq, or a thread on PREEMPT_RT. True: go on. */
bool waitq_timer_fired(struct hrtimer *timer);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif
