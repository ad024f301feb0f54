/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cost.h - one wait of each kind by each engine, as functions of one type. The kind is a constant
 * in each, and so is the condition: nothing is left of the tables when it runs.
 */
#ifndef WAITQ_COST_H
#define WAITQ_COST_H

#include "../../../module/kernel/boundary.h"
#include "../../../module/uapi/waitq.h"

/* As CountedQueue lays it out. */
struct cost_queue {
	struct wait_queue_head head;
	unsigned long woken;
};

struct cost {
	struct cost_queue queue;
	struct spinlock lock;
	bool flag; /* the condition */
};

#define COST_JIFFIES 1000000L
#define COST_NS 1000000000000LL

/*
 * Kinds with a row here: all but the two that are of the device's own making
 * (init_waitqueue_func_entry's function is the caller's; sleep_on is no more).
 */
#define COST_HAS(id) ((id) < WAITQ_WAIT_INIT_WAITQUEUE_FUNC_ENTRY)

#ifdef __cplusplus
extern "C" {
#endif

/* By kind: waits until cost->flag, with the kind's lock held by the caller. */
typedef void (*cost_wait)(struct cost *cost);
extern const cost_wait cost_macro_waits[], cost_core_waits[];

/* wake_up(), by each. */
void cost_macro_wake(struct cost *cost);
void cost_core_wake(struct cost *cost);

#ifdef __cplusplus
}
#endif

#endif
