// SPDX-License-Identifier: GPL-2.0
/* macro.c - the reference: each wait kind by the kernel's own macro. */
#include "cost.h"

/* The lab's, with a condition that is not called but inlined. */
#define CONDITION READ_ONCE(((struct cost *)wait->context)->flag)
#include "../../../module/kernel/lab/macro.c"
#include "../../../module/kernel/lab/by_hand.c"

#define COST_WAITS cost_macro_waits
#define COST_MACRO(id) lab_macro_##id
#define COST_HAND(id) lab_by_hand_##id
#include "waits.h"

void cost_macro_wake(struct cost *cost)
{
	wake_up(&cost->queue.head);
}
