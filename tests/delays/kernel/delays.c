// SPDX-License-Identifier: GPL-2.0
/*
 * delays.c - holds tasks and interrupts up, now and then, at the windows of the kernel's wait
 * functions: between a test of the condition and the link, between the link and the next test,
 * between that and the sleep, between a post and its wake-up, within a wake-up. Races that need
 * such a delay are then a matter of seconds. For test machines.
 *
 * share       of 1024 passes of a window, so many are held up; 0: none. May be written
 * longest_us  for so long at most, as a busy loop with preemption off (and with interrupts off,
 * where the window has them off) comm        only tasks of this name are held up, and interrupts,
 * whatever task they come into
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/hash.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/string.h>

#define LONGEST_US_MAX 1000U

static unsigned int share;
module_param(share, uint, 0644);
static unsigned int longest_us = 100;
module_param(longest_us, uint, 0644);
static char *comm = "waitq";
module_param(comm, charp, 0444);

/* The function, and whether its end is a window as well as its beginning. */
struct window {
	const char *function;
	bool at_end;
	struct kprobe entry;
	struct kretprobe end;
};

static struct window windows[] = {
	{ "prepare_to_wait_event", true },
	{ "prepare_to_wait", true },
	{ "prepare_to_wait_exclusive", true },
	{ "add_wait_queue", true },
	{ "add_wait_queue_exclusive", true },
	{ "finish_wait", false },
	{ "remove_wait_queue", false },
	{ "schedule", false },
	{ "schedule_timeout", false },
	{ "schedule_hrtimeout_range", false },
	{ "__wake_up", false },
	{ "__wake_up_sync_key", false },
	{ "__wake_up_locked", false },
	{ "__wake_up_locked_key", false },
	{ "default_wake_function", false },
	{ "autoremove_wake_function", true },
	{ "woken_wake_function", false },
};

static void hold_up(void)
{
	static atomic_t passes = ATOMIC_INIT(0);
	u32 dice, longest = min(READ_ONCE(longest_us), LONGEST_US_MAX);

	if (!READ_ONCE(share) || !longest)
		return;
	if (in_task() && strncmp(current->comm, comm, TASK_COMM_LEN))
		return;
	dice = hash_32((u32)atomic_inc_return(&passes), 32);
	if (dice >> 22 < share)
		udelay(1 + dice % longest);
}

static int at_entry(struct kprobe *probe, struct pt_regs *regs)
{
	hold_up();
	return 0;
}

static int at_end(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	hold_up();
	return 0;
}

static void remove(struct window *window)
{
	if (window->entry.pre_handler)
		unregister_kprobe(&window->entry);
	if (window->end.handler)
		unregister_kretprobe(&window->end);
}

/* A kernel may have a function under another name, or inlined. */
static bool place(struct window *window)
{
	window->entry.symbol_name = window->function;
	window->entry.pre_handler = at_entry;
	if (register_kprobe(&window->entry)) {
		window->entry.pre_handler = NULL;
		return false;
	}
	if (!window->at_end)
		return true;
	window->end.kp.symbol_name = window->function;
	window->end.handler = at_end;
	if (register_kretprobe(&window->end))
		window->end.handler = NULL;
	return window->end.handler;
}

static int __init delays_init(void)
{
	size_t i, placed = 0;

	for (i = 0; i < ARRAY_SIZE(windows); i++) {
		if (place(&windows[i]))
			placed++;
		else
			pr_info("waitq_delays: no window at %s\n", windows[i].function);
	}
	pr_info("waitq_delays: %zu windows\n", placed);
	return placed ? 0 : -EOPNOTSUPP;
}

static void __exit delays_exit(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(windows); i++)
		remove(&windows[i]);
}

module_init(delays_init);
module_exit(delays_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Delays at the windows of the kernel's wait functions, for tests");
