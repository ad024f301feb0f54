/* SPDX-License-Identifier: GPL-2.0 */
/*
 * explore.h - names the threads of a scenario, for ./scripts/explore.
 *
 *	#include <waitq/explore.h>
 *	#include "my_driver.c"
 *
 *	EXPLORE(one_reader_one_writer)
 *	{
 *		struct file *file = explore_open(O_RDWR);
 *		THREAD(reader) { char c; explore_read(file, &c, 1); }
 *		THREAD(writer) { explore_write(file, "x", 1); }
 *		AFTER { ASSERT(nobody_sleeps()); }
 *	}
 *
 * The module's init function has run before; its exit function runs when all threads have returned.
 * The threads begin at the end of the block, in every order; they see its variables.
 */
#ifndef WAITQ_EXPLORE_H
#define WAITQ_EXPLORE_H

#include <linux/fs.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <sim/kernel.h>

struct explore_end {
	int unused;
};
void explore_end(struct explore_end *end);
void explore_flow(const char *name, enum sim_context context, void (*body)(void));
void explore_signal(const char *name, bool fatal);
void explore_after(void (*body)(void));
void explore_assert(bool holds, const char *text, const char *file, int line);

#define EXPLORE(name)                                                      \
	static void explore_scenario_##name(void);                         \
	__attribute__((constructor)) static void explore_know_##name(void) \
	{                                                                  \
		sim_scenario_is(#name, explore_scenario_##name);           \
	}                                                                  \
	static void explore_scenario_##name(void)

/* A nested function of gcc's: what it needs of the scenario's block it sees. */
#define EXPLORE_FLOW(name, context)                                                          \
	auto void explore_flow_##name(void);                                                 \
	struct explore_end explore_end_##name __attribute__((cleanup(explore_end))) = { 0 }; \
	explore_flow(#name, context, explore_flow_##name);                                   \
	void explore_flow_##name(void)

#define THREAD(name) EXPLORE_FLOW(name, SIM_TASK)     /* a task, in a system call */
#define IRQ(name) EXPLORE_FLOW(name, SIM_INTERRUPT)   /* an interrupt, once */
#define SIGNAL(thread) explore_signal(#thread, false) /* comes at any time */
#define KILL(thread) explore_signal(#thread, true)

/* When nothing can go on any more: all have returned, or sleep. */
#define AFTER                               \
	auto void explore_after_body(void); \
	explore_after(explore_after_body);  \
	void explore_after_body(void)

#define ASSERT(condition) explore_assert(!!(condition), #condition, __FILE__, __LINE__)
/* Each of 0 to n - 1, in schedules of their own. */
unsigned int explore_choose(unsigned int n);

/* For AFTER. */
bool nobody_sleeps(void);
bool explore_returned(const char *thread);
#define returned(thread) explore_returned(#thread)

/* The driver's device as a process uses it. Results as of the kernel's functions: -errno. A file
 * that could not be opened gives that error to all that follows. */
struct file *explore_open(unsigned int flags);
struct file *explore_open_device(const char *name, unsigned int flags);
long explore_read(struct file *file, void *to, unsigned long size);
long explore_write(struct file *file, const void *from, unsigned long size);
long explore_ioctl(struct file *file, unsigned int command, unsigned long argument);
/* Waits for one of `events`, as poll() does without a timeout; a signal ends it: 0. */
unsigned int explore_poll(struct file *file, unsigned int events);
/* The driver's poll function, asked once. */
unsigned int explore_look(struct file *file);
/* FASYNC on or off, as fcntl(F_SETFL) does; -ENOTTY: the driver knows no such thing. */
long explore_fasync(struct file *file, bool on);
/* Before the driver's release function, its fasync function is called if FASYNC is on. */
long explore_close(struct file *file);
/* rmmod: waits until no file is open, then runs the exit function. No code of the module may run
 * on. */
void explore_unload(void);
/* Of the first device that is registered: "read" or "write". */
bool explore_has(const char *operation);
/* An interrupt that request_irq() asked for comes, once. Of IRQ(). */
void explore_interrupt(int number);

#endif
