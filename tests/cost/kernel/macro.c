// SPDX-License-Identifier: GPL-2.0
/* macro.c - each wait kind by the kernel's own macro, with the kind a constant. */
#include "cost.h"

/* The reference itself, with a condition that is not called but inlined. */
#define CONDITION READ_ONCE(((struct cost *)wait->context)->flag)
#include "../../../module/kernel/macro.c"
#undef VALUE
#undef VOID
#undef ROW
#include "../../../module/kernel/by_hand.c"

static void no_command(void *context)
{
}

/* Inlines all that it calls; the kind, a constant, leaves of the tables what it needs. */
#define COST_WAIT(value, id, ...)                                         \
	static void __attribute__((flatten)) wait_##id(struct cost *cost) \
	{                                                                 \
		struct kapi_macro wait = { .head = &cost->queue.head,     \
					   .lock = &cost->lock,           \
					   .state = TASK_INTERRUPTIBLE,   \
					   .timeout = COST_JIFFIES,       \
					   .timeout_ns = COST_NS,         \
					   .context = cost,               \
					   .before = no_command,          \
					   .after = no_command };         \
                                                                          \
		kapi_macro_wait(value, &wait);                            \
	}
WAITQ_WAIT_KINDS(COST_WAIT)

const cost_wait cost_macro_waits[] = {
#define WAITQ_X(value, id, ...) wait_##id,
	WAITQ_WAIT_KINDS(WAITQ_X)
#undef WAITQ_X
};

void cost_macro_wake(struct cost *cost)
{
	wake_up(&cost->queue.head);
}
