/* SPDX-License-Identifier: GPL-2.0 */
/* cost.h - one wait and one wake-up by each engine, as functions of one type. */
#ifndef WAITQ_COST_H
#define WAITQ_COST_H

#include "../../../module/kernel/lab.h"
#include "../../../module/uapi/waitq_lab.h"

/* As CountedQueue lays it out. */
struct cost_queue {
	struct wait_queue_head head;
	unsigned long woken[2];
};

struct cost {
	struct cost_queue queue;
	struct spinlock lock;
	bool flag; /* the condition */
	/* What the layer has to say, as the lab takes it down. */
	bool waited;
	unsigned char outcome;
	unsigned long woken;
};

#define COST_JIFFIES 1000000L
#define COST_NS 1000000000000LL

/*
 * Kinds that are measured: all but the two that are of the lab's own making
 * (init_waitqueue_func_entry's function is the caller's; sleep_on is no more).
 */
#define COST_HAS(id) \
	((id) != LAB_WAIT_INIT_WAITQUEUE_FUNC_ENTRY && (id) != LAB_WAIT_SLEEP_ON_TIMEOUT)

#ifdef __cplusplus
extern "C" {
#endif

/* Waits by @kind until cost->flag, with the kind's lock held by the caller. */
typedef void (*cost_wait)(struct cost *cost, unsigned int kind);
/* The wait layer as a driver uses it: by kind, a function each. Of family MACRO only. */
extern const cost_wait cost_layer_waits[];
/* The wait layer as the lab uses it: one function for all kinds, which looks up its row. */
void cost_lab_wait(struct cost *cost, unsigned int kind);
/* The kernel's macros: by kind, a function each. The second: without might_sleep(). */
extern const cost_wait cost_macro_waits[], cost_bare_waits[];

/* wake_up(), by each. */
void cost_layer_wake(struct cost *cost);
void cost_lab_wake(struct cost *cost);
void cost_macro_wake(struct cost *cost);

#ifdef __cplusplus
}
#endif

#endif
