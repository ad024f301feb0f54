/* SPDX-License-Identifier: GPL-2.0 */
/*
 * waits.h - each wait kind by the kernel's own macro, as a driver has it: the kind is a constant,
 * the condition is inlined, nothing is left of the tables. Included twice, by macro.c and bare.c:
 *
 *   COST_WAITS                   the table's name
 *   COST_MACRO(id), COST_HAND(id)  the function of a kind of that family, or NULL
 */

static void no_command(void *context)
{
}

/* Inlines all that it calls. */
#define LAB_X(value, id, name, family, ...)                                                  \
	static void __attribute__((flatten)) wait_##id(struct cost *cost, unsigned int kind) \
	{                                                                                    \
		long (*const run)(struct kapi_macro * wait) = COST_##family(id);             \
		struct kapi_macro wait = { .head = &cost->queue.head,                        \
					   .lock = &cost->lock,                              \
					   .state = TASK_INTERRUPTIBLE,                      \
					   .timeout = COST_JIFFIES,                          \
					   .timeout_ns = COST_NS,                            \
					   .context = cost,                                  \
					   .before = no_command,                             \
					   .after = no_command };                            \
                                                                                             \
		if (run)                                                                     \
			run(&wait);                                                          \
	}
LAB_WAIT_KINDS(LAB_X)
#undef LAB_X

const cost_wait COST_WAITS[] = {
#define LAB_X(value, id, ...) [value] = wait_##id,
	LAB_WAIT_KINDS(LAB_X)
#undef LAB_X
};
