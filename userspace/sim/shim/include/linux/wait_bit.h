/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_WAIT_BIT_H
#define _LINUX_WAIT_BIT_H
#include <linux/wait.h>
/* As much as wait.c asks for: wait_on_bit() and wait_var_event() are not simulated. */
struct wait_bit_key {
	unsigned long *flags;
	int bit_nr;
	unsigned long timeout;
};
struct wait_bit_key *__var_wake_key(struct wait_queue_entry *entry, void *argument);
#endif
