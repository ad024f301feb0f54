// SPDX-License-Identifier: GPL-2.0
/*
 * wait.c - the kernel's own kernel/sched/wait.c, unchanged (it is found by -I, and is no part of
 * this project), and what it asks of the scheduler.
 */
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>
#include <linux/wait_bit.h>

#include <kernel/sched/wait.c>

int default_wake_function(wait_queue_entry_t *curr, unsigned mode, int wake_flags, void *key)
{
	return sim_wake(curr->private, mode);
}

struct wait_bit_key *__var_wake_key(wait_queue_entry_t *entry, void *argument)
{
	sim_give_up("wait_var_event() is not simulated");
}
