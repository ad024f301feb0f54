/* SPDX-License-Identifier: GPL-2.0 */
/*
 * seam.h - the wait layer's part of the seam: every function and type of the kernel that it uses.
 *
 * Above the seam is C++ that knows no kernel header; below it is C that is mechanism without
 * policy. (The device and the lab add their own parts: ../../kernel/.)
 *
 * Two kinds of names:
 *  - The kernel's own exported functions, under their own names, called directly.
 *    This header is compiled as C together with the kernel's headers, so a
 *    declaration here that differs from the kernel's does not compile.
 *  - kapi_*: functions of ours for the kernel's macros and inline functions.
 *
 * Types: the kernel's structs keep their names. C sees the kernel's definition; C++
 * sees storage of the same size and alignment, from wait_layout.h, which the build makes
 * from wait_layout.c with the very compiler flags of this kernel.
 */
#ifndef WAITQ_WAIT_SEAM_H
#define WAITQ_WAIT_SEAM_H

#include "wait_layout.h"

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
KAPI_OPAQUE(hrtimer_sleeper);
KAPI_OPAQUE(lock_class_key);

struct task_struct;

extern "C" {

#else /* C: the kernel's own definitions */

#include <linux/hrtimer.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#endif

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
 * finish_wait() with an answer: sets TASK_RUNNING and unlinks @entry; takes the head's lock only if
 * still linked. Returns true if it was not: a wake-up had unlinked it, and so was spent on this
 * task, or prepare_to_wait_event() had, because of a signal.
 */
bool kapi_finish_wait(struct wait_queue_head *head, struct wait_queue_entry *entry);
typedef int (*kapi_wake_function)(struct wait_queue_entry *entry, unsigned int mode, int sync,
				  void *key);
/* An entry for the current task; a wake-up that wakes it unlinks the entry. */
void init_wait_entry(struct wait_queue_entry *entry, int flags);
/* The same, with the caller's wake function. */
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
/* True: no entry was linked before. */
bool prepare_to_wait_exclusive(struct wait_queue_head *head, struct wait_queue_entry *entry,
			       int state);
/* Link at the head; link at the tail, marked exclusive. */
void add_wait_queue(struct wait_queue_head *head, struct wait_queue_entry *entry);
void add_wait_queue_exclusive(struct wait_queue_head *head, struct wait_queue_entry *entry);
/* add_wait_queue_priority(), if this kernel has it: before all others. */
void kapi_add_priority(struct wait_queue_head *head, struct wait_queue_entry *entry);
/* add_wait_queue_priority_exclusive(), if this kernel has it: 0, or -EBUSY and not linked. */
int kapi_add_priority_exclusive(struct wait_queue_head *head, struct wait_queue_entry *entry);
/* Unlink; takes the head's lock. */
void remove_wait_queue(struct wait_queue_head *head, struct wait_queue_entry *entry);
/*
 * __add_wait_queue(): behind the entries of priority, before all others; and
 * __add_wait_queue_entry_tail(): behind all. Head's lock held.
 */
void kapi_link(struct wait_queue_head *head, struct wait_queue_entry *entry);
void kapi_link_last(struct wait_queue_head *head, struct wait_queue_entry *entry);
/*
 * Unlinks as autoremove_wake_function() does, linked or not. Head's lock held. Pairs with
 * kapi_is_unlinked(): once its task sees the entry unlinked, the waker does not touch it any more.
 */
void kapi_unlink(struct wait_queue_head *head, struct wait_queue_entry *entry);
/* Without a lock; the entry's own task. */
bool kapi_is_unlinked(const struct wait_queue_entry *entry);
/* Sleeps at most @timeout jiffies unless woken_wake_function() left a note; jiffies left. */
long wait_woken(struct wait_queue_entry *entry, unsigned int mode, long timeout);
/*
 * Head's lock held, with interrupts on or off (_irq): initialises @entry, links it at the tail,
 * sets @state and gives the lock back, for schedule(). False: a signal is pending that @state
 * heeds, and nothing was done. (The first half of do_wait_intr() and do_wait_intr_irq(). The caller
 * itself calls schedule(), because /proc/PID/wchan names the function that does.)
 */
bool kapi_prepare_locked(struct wait_queue_head *head, struct wait_queue_entry *entry, int flags,
			 kapi_wake_function function, unsigned int state);
bool kapi_prepare_locked_irq(struct wait_queue_head *head, struct wait_queue_entry *entry,
			     int flags, kapi_wake_function function, unsigned int state);
/* After schedule(): takes the lock again and unlinks @entry, linked or not. */
void kapi_finish_locked(struct wait_queue_head *head, struct wait_queue_entry *entry);
void kapi_finish_locked_irq(struct wait_queue_head *head, struct wait_queue_entry *entry);

#ifdef __cplusplus
/*
 * Take the head's lock and do the walk below. (For C++ alone: the first returns an int since 6.2,
 * which this layer ignores.)
 */
void __wake_up(struct wait_queue_head *head, unsigned int mode, int nr, void *key);
void __wake_up_sync_key(struct wait_queue_head *head, unsigned int mode, void *key);
#endif
/*
 * The walk of a wake-up: calls each entry's function until @nr exclusive
 * waiters were woken; 0: everyone. The caller holds the head's lock.
 */
void __wake_up_locked(struct wait_queue_head *head, unsigned int mode, int nr);
/* For one exclusive waiter, with a key for the wake functions; _sync_: the waker will sleep. */
void __wake_up_locked_key(struct wait_queue_head *head, unsigned int mode, void *key);
void __wake_up_locked_sync_key(struct wait_queue_head *head, unsigned int mode, void *key);
/* wake_up_pollfree(): all; afterwards no entry may be linked. Free @head after an RCU grace. */
void kapi_wake_up_pollfree(struct wait_queue_head *head);
/* The key is that of wake_up_pollfree(), or made to look like it. */
bool kapi_is_pollfree(const void *key);

/*
 * The steps of a walk over a queue (WaitQueue::walk). All with the head's lock held.
 * Makes @mark an entry of no task, with that wake function; not linked.
 */
void kapi_init_mark(struct wait_queue_entry *mark, kapi_wake_function function);
/* Links @mark right before @entry. */
void kapi_link_before(struct wait_queue_entry *entry, struct wait_queue_entry *mark);
/* The first entry, or null: there is none. */
struct wait_queue_entry *kapi_first(struct wait_queue_head *head);
/* Calls the function of the first entry, as a wake-up does; 0: there is none. */
int kapi_first_wake(struct wait_queue_head *head, unsigned int mode, int sync);
/* The entry behind @entry, or null: that is the last. */
struct wait_queue_entry *kapi_next(struct wait_queue_head *head, struct wait_queue_entry *entry);

/* The fields of an entry; head's lock held. */
#ifdef __cplusplus
/* Read in place, because a walk asks each entry. */
__attribute__((always_inline)) inline unsigned int
kapi_entry_flags(const struct wait_queue_entry *entry)
{
	unsigned int flags;

	__builtin_memcpy(&flags, entry->opaque + KAPI_OFFSETOF_entry_flags, sizeof(flags));
	return flags;
}
#endif
kapi_wake_function kapi_entry_function(const struct wait_queue_entry *entry);
/*
 * For a wake function: wakes the entry's task and, if that did wake it, unlinks the entry. As
 * autoremove_wake_function(), which is two functions deep. Head's lock held.
 */
bool kapi_entry_wake_task(struct wait_queue_entry *entry, unsigned int mode, int sync);
/* Calls the entry's own function, as a wake-up does. */
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
/*
 * With @outer held, which turned interrupts off. Those who hold @outer may hold several heads'
 * locks, in any order; nobody else takes one with another held.
 */
void kapi_head_lock_nested(struct wait_queue_head *head, struct spinlock *outer);
void kapi_head_unlock_nested(struct wait_queue_head *head);
/* Some CPU holds it. */
bool kapi_head_is_locked(struct wait_queue_head *head);
/* Lockdep complains unless this CPU holds it. Without lockdep (KAPI_LOCKDEP) it does nothing. */
void kapi_head_assert_held(struct wait_queue_head *head);
/* wq_has_sleeper(): a full barrier, then "is an entry linked?". */
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
/* Complains, on a debug kernel, where the caller must not sleep. */
void kapi_might_sleep(void);
/* Lets others run, if it is time. May sleep. */
void kapi_cond_resched(void);
/* A signal is pending for the current task. */
bool kapi_signal_pending(void);
/* CLOCK_MONOTONIC; any context. */
long long kapi_now_ns(void);
/* The number of the last tick, which was up to 10 ms ago; quicker. Any context. */
unsigned long kapi_tick(void);
/* The time of that tick, or of the one before. Any context. */
long long kapi_tick_ns(unsigned long tick);
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
/* As kapi_head_assert_held(). */
void kapi_spin_assert_held(struct spinlock *lock);

/* ---- timeouts to the nanosecond (kernel/time/hrtimer.c) ------------------- */

/*
 * struct hrtimer_sleeper, on the stack: wakes the current task in @ns, 0 or more, and at most
 * @slack_ns later than that.
 */
void kapi_sleeper_start(struct hrtimer_sleeper *sleeper, long long ns, unsigned long long slack_ns);
/* The time is up, and it has woken the task. */
bool kapi_sleeper_expired(const struct hrtimer_sleeper *sleeper);
/*
 * The current task's timer slack: a sleeper may wake it so much later than asked. The task itself
 * and others (/proc/PID/timerslack_ns) may set it at any time.
 */
unsigned long long kapi_timer_slack_ns(void);
void kapi_sleeper_cancel(struct hrtimer_sleeper *sleeper);

/* ---- onlookers ------------------------------------------------------------ */

/*
 * The task of an entry whose function is one of the kernel's own or for which @is_task says so,
 * with a reference; null: it has none. Head's lock held.
 */
struct task_struct *kapi_entry_task(const struct wait_queue_entry *entry, bool is_task);

/* A task and its wake function, as an onlooker sees them. */
struct kapi_seen {
	unsigned int pid; /* in the onlooker's PID namespace; 0: no task, or hidden */
	bool hidden;      /* there is a task, and it is not the onlooker's to see */
	char state;       /* as in /proc/PID/stat; 0: no task, or hidden */
	char comm[16];
	char function[40]; /* its name, cut to fit; "?" if the kernel does not know it */
};
/*
 * Fills in @seen, as the current task may see it: a task of its own user, or any with
 * CAP_SYS_PTRACE. Ends the reference to @task, which may be null. May sleep.
 */
void kapi_describe(struct kapi_seen *seen, struct task_struct *task, kapi_wake_function function);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif
