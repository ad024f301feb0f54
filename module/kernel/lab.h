/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lab.h - the lab's part of the seam, beside the wait layer's (../wait/kernel/seam.h): the kernel's
 * functions that the lab core (../lab/) calls, kapi_*, and the core's functions that the kernel
 * side calls, lab_*.
 */
#ifndef WAITQ_LAB_SEAM_H
#define WAITQ_LAB_SEAM_H

#include "../wait/kernel/seam.h"
#include "layout.h"

#ifdef __cplusplus

extern "C" {

#else /* C: the kernel's own definitions */

#include <linux/workqueue.h>

#endif

#include "memory.h"

struct lab_info;
struct lab_queue;
struct lab_waiter;

/* ---- tasks --------------------------------------------------------------- */

struct task_struct *kapi_current(void);
/* Sleeps one jiffy, uninterruptibly, whatever the state was; afterwards it is TASK_RUNNING. */
void kapi_nap(void);
/* The caller is a task: not an interrupt, hard or soft. */
bool kapi_in_task(void);
/* The current task, a thread of the kernel, was told to end: kthread_stop(), which wakes it. */
bool kthread_should_stop(void);

/* ---- other contexts (lab/context.c here) ----------------------------------- */

/*
 * Runs @function(@argument) in the context of LAB_CONTEXTS with that value, and returns when it
 * has run: milliseconds. False: no memory, and it did not run. May sleep, uninterruptibly.
 */
bool kapi_run_in(unsigned int context, void (*function)(void *argument), void *argument);
/* @work will call lab_deferred() from a workqueue. */
void kapi_lab_work_init(struct work_struct *work);
/* Any context. Scheduled again while it waits: runs once. */
void kapi_lab_work_schedule(struct work_struct *work);
/* Neither waits nor runs any more. May sleep. */
void kapi_lab_work_cancel(struct work_struct *work);

void kapi_rcu_read_lock(void);
void kapi_rcu_read_unlock(void);
/* Waits until all that are in a section of the two above have left it. May sleep. */
void kapi_synchronize_rcu(void);

/* ---- the kernel's own macros, the reference (lab/macro.c here) ------------- */

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
	bool was_empty, linked;     /* out: see LAB_SAW_EMPTY, LAB_SAW_LINKED */
};
/* Bit n: this kernel has wait kind n; wake kind n. */
unsigned long long kapi_macro_waits(void);
unsigned long long kapi_macro_wakes(void);
/*
 * Waits as the macro or function of that name does, and returns its value, or 0 if it has none.
 * For kinds with a lock the caller holds it. May sleep.
 */
long kapi_macro_wait(unsigned int kind, struct kapi_macro *wait);
/* Wakes as the macro of that name does. For kinds with lock HELD the caller holds it. */
void kapi_macro_wake(unsigned int kind, struct wait_queue_head *head, int nr, unsigned int key);

/* The wake function of kind init_waitqueue_func_entry by engine macro. */
int kapi_macro_call_back(struct wait_queue_entry *entry, unsigned int mode, int sync, void *key);

/* ==== the other way: called by the kernel side, implemented in ../lab/ ========= */

/* Once, before anything else here. */
void lab_core_init(void);

/* Process context, may sleep. Null: no memory. */
struct lab_queue *lab_queue_create(void);
/* No file of the queue is open and none can be opened. Null is allowed. */
void lab_queue_destroy(struct lab_queue *queue);
void lab_queue_info(struct lab_queue *queue, struct lab_info *info);

/*
 * A call of waitq_lab.h. @nr: LAB_NR_*. @size: of the struct that the number names. @argument: an
 * address in user space. Returns 0 or a negative errno. May sleep.
 */
long lab_ioctl(struct lab_queue *queue, unsigned int nr, unsigned int size, unsigned long argument);

/*
 * The entries of a queue's wait queues, LAB_IOC_WAITERS into memory of the kernel: as
 * waitq_list_waiters() of device.h. May sleep.
 */
long lab_list_waiters(struct lab_queue *queue, struct lab_waiter *list, unsigned int room,
		      unsigned long long *linked);

/* Work that kapi_lab_work_schedule() scheduled. Process context. */
void lab_deferred(struct work_struct *work);

/*
 * The bodies of two kinds of threads: takes events from @queue one by one; posts two each second
 * and wakes. Return when kthread_should_stop(). Process context, sleep.
 */
void lab_sleeper(struct lab_queue *queue);
void lab_waker(struct lab_queue *queue);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif
