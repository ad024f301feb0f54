// SPDX-License-Identifier: GPL-2.0
/*
 * bare.c - the reference again, without the might_sleep() at the beginning of each macro. On many
 * kernels that is a question to the scheduler, and the wait layer asks it on debug kernels only: so
 * this is what does the same work. (Idioms have none of their own.)
 */
#include <linux/freezer.h>
#include <linux/wait.h>

#include "cost.h"

#undef might_sleep
#define might_sleep() \
	do {          \
	} while (0)

#define CONDITION READ_ONCE(((struct cost *)wait->context)->flag)
/* The lab's seam stands in macro.c here. */
#define kapi_macro_wait bare_wait
#define kapi_macro_waits bare_waits
#define kapi_macro_wake bare_wake
#define kapi_macro_wakes bare_wakes
long bare_wait(unsigned int kind, struct kapi_macro *wait);
unsigned long long bare_waits(void);
void bare_wake(unsigned int kind, struct wait_queue_head *head, int nr, unsigned int key);
unsigned long long bare_wakes(void);
#include "../../../module/kernel/lab/macro.c"

#define COST_WAITS cost_bare_waits
#define COST_MACRO(id) lab_macro_##id
#define COST_HAND(id) NULL
#include "waits.h"
