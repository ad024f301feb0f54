// SPDX-License-Identifier: GPL-2.0
/*
 * main.c - counts the instructions of each wait, when it is loaded, and logs a line for each kind:
 *
 *   waitq_cost: NAME UNCONTENDED-CORE UNCONTENDED-MACRO BLOCK-CORE BLOCK-MACRO
 *
 * For a VM whose clock counts instructions, with one CPU. Each figure is the least of many batches:
 * one that no interrupt came into. All in the order core, macro; "-" where the kernel lacks it.
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/wait.h>

#include "cost.h"

#define BATCH 32
#define BATCHES 30
#define REPEATS 4 /* what an interrupt has left behind may last for all batches of one */

static struct cost cost = {
	.queue = { .head = __WAIT_QUEUE_HEAD_INITIALIZER(cost.queue.head) },
	.lock = __SPIN_LOCK_UNLOCKED(cost.lock),
};

static const char *const names[] = {
#define WAITQ_X(value, id, name, ...) [value] = #name,
	WAITQ_WAIT_KINDS(WAITQ_X)
#undef WAITQ_X
};

/* The lock that a kind is called with; the same code for both engines. */
enum { LOCK_NONE, LOCK_CALLER, LOCK_HEAD, LOCK_HEAD_IRQ };
static const unsigned char locks[] = {
#define WAITQ_X(value, id, name, state, clock, exclusive, lock, ...) [value] = LOCK_##lock,
	WAITQ_WAIT_KINDS(WAITQ_X)
#undef WAITQ_X
};

static void lock_for(unsigned int kind)
{
	if (locks[kind] == LOCK_CALLER)
		spin_lock_irq(&cost.lock);
	else if (locks[kind] == LOCK_HEAD)
		spin_lock(&cost.queue.head.lock);
	else if (locks[kind] == LOCK_HEAD_IRQ)
		spin_lock_irq(&cost.queue.head.lock);
}

static void unlock_for(unsigned int kind)
{
	if (locks[kind] == LOCK_CALLER)
		spin_unlock_irq(&cost.lock);
	else if (locks[kind] == LOCK_HEAD)
		spin_unlock(&cost.queue.head.lock);
	else if (locks[kind] == LOCK_HEAD_IRQ)
		spin_unlock_irq(&cost.queue.head.lock);
}

struct engine {
	const cost_wait *waits;
	void (*wake)(struct cost *cost);
};
static const struct engine engines[] = {
	{ cost_core_waits, cost_core_wake },
	{ cost_macro_waits, cost_macro_wake },
};

/* A wait whose condition is true. */
static u64 uncontended(const struct engine *engine, unsigned int kind)
{
	u64 least = U64_MAX;
	unsigned int batch, i;

	cost.flag = true;
	for (batch = 0; batch < BATCHES; batch++) {
		const u64 begin = ktime_get_ns();

		for (i = 0; i < BATCH; i++) {
			lock_for(kind);
			engine->waits[kind](&cost);
			unlock_for(kind);
		}
		least = min(least, ktime_get_ns() - begin);
	}
	return least;
}

struct sleeper {
	const struct engine *engine;
	unsigned int kind;
	u64 least;
	struct completion begun, done;
};

static int sleeper_run(void *data)
{
	struct sleeper *sleeper = data;
	unsigned int batch, i;

	sched_set_fifo(current);
	complete(&sleeper->begun);
	for (batch = 0; batch < BATCHES; batch++) {
		const u64 begin = ktime_get_ns();

		for (i = 0; i < BATCH; i++) {
			WRITE_ONCE(cost.flag, false);
			lock_for(sleeper->kind);
			sleeper->engine->waits[sleeper->kind](&cost);
			unlock_for(sleeper->kind);
		}
		sleeper->least = min(sleeper->least, ktime_get_ns() - begin);
	}
	complete(&sleeper->done);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

/*
 * A wait that sleeps, its wake-up, and the two switches between. The loading task is the waker: of
 * the sleeper's real-time priority and on the same CPU, so that a wake-up does not preempt and
 * each wait sleeps; the waker gives the CPU away itself.
 */
static u64 block_and_wake(const struct engine *engine, unsigned int kind)
{
	struct sleeper sleeper = { .engine = engine, .kind = kind, .least = U64_MAX };
	struct task_struct *thread;

	init_completion(&sleeper.begun);
	init_completion(&sleeper.done);
	thread = kthread_run(sleeper_run, &sleeper, "waitq_cost");
	if (IS_ERR(thread))
		return U64_MAX; /* no figure, which no limit admits */
	/* Or it would not be let on the CPU. */
	wait_for_completion(&sleeper.begun);
	sched_set_fifo(current);
	while (!try_wait_for_completion(&sleeper.done)) {
		WRITE_ONCE(cost.flag, true);
		engine->wake(&cost);
		yield();
	}
	sched_set_normal(current, 0);
	kthread_stop(thread);
	return sleeper.least;
}

/* In hundredths of an instruction, as text is made of it below. */
static unsigned long per_wait(u64 batch)
{
	return (unsigned long)div_u64(batch * 100, BATCH);
}

static int __init cost_init(void)
{
	unsigned int kind;

	for (kind = 0; kind < ARRAY_SIZE(names); kind++) {
		unsigned long figures[4];
		unsigned int i;

		if (!COST_HAS(kind) || !(kapi_macro_waits() >> kind & 1)) {
			pr_info("waitq_cost: %s - - - -\n", names[kind]);
			continue;
		}
		for (i = 0; i < 2; i++) {
			u64 least = U64_MAX;
			unsigned int repeat;

			for (repeat = 0; repeat < REPEATS; repeat++)
				least = min(least, block_and_wake(&engines[i], kind));
			figures[i] = per_wait(uncontended(&engines[i], kind));
			figures[2 + i] = per_wait(least);
		}
		pr_info("waitq_cost: %s %lu.%02lu %lu.%02lu %lu.%02lu %lu.%02lu\n", names[kind],
			figures[0] / 100, figures[0] % 100, figures[1] / 100, figures[1] % 100,
			figures[2] / 100, figures[2] % 100, figures[3] / 100, figures[3] % 100);
	}
	return 0;
}

static void __exit cost_exit(void)
{
}

module_init(cost_init);
module_exit(cost_exit);
MODULE_DESCRIPTION("What each wait of waitq's costs, in instructions; for tests");
MODULE_LICENSE("GPL");
