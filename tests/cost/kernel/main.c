// SPDX-License-Identifier: GPL-2.0
/*
 * main.c - counts the instructions of each wait, when it is loaded, and logs a line for each kind:
 *
 *   waitq_cost: NAME CORE MACRO BARE  CORE MACRO BARE
 *
 * The first three uncontended, the others for a wait that sleeps and is woken. Core: the wait
 * layer; macro: the kernel's; bare: the same without might_sleep(). "-" where the kernel lacks the
 * kind.
 *
 * For a VM whose clock counts instructions, with one CPU. Each figure is the least of many batches:
 * one that no interrupt came into.
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>
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
#define LAB_X(value, id, name, ...) [value] = #name,
	LAB_WAIT_KINDS(LAB_X)
#undef LAB_X
};

/* The lock that a kind is called with; the same code for both engines. */
enum { LOCK_NONE, LOCK_CALLER, LOCK_HEAD, LOCK_HEAD_IRQ };
static const unsigned char locks[] = {
#define LAB_X(value, id, name, family, state, clock, exclusive, lock, ...) [value] = LOCK_##lock,
	LAB_WAIT_KINDS(LAB_X)
#undef LAB_X
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

enum { FAMILY_MACRO, FAMILY_HAND };
static const unsigned char families[] = {
#define LAB_X(value, id, name, family, ...) [value] = FAMILY_##family,
	LAB_WAIT_KINDS(LAB_X)
#undef LAB_X
};

struct engine {
	cost_wait wait;
	void (*wake)(struct cost *cost);
};

enum { LAYER, LAB, MACRO, BARE, ENGINES };
static bool engine_of(struct engine *engine, unsigned int which, unsigned int kind)
{
	const bool by_hand = families[kind] == FAMILY_HAND;

	switch (which) {
	case LAYER:
		*engine = (struct engine){ cost_layer_waits[kind], cost_layer_wake };
		return !by_hand;
	case LAB:
		*engine = (struct engine){ cost_lab_wait, cost_lab_wake };
		return true;
	case BARE:
		/* Idioms have no might_sleep(). */
		if (!by_hand) {
			*engine = (struct engine){ cost_bare_waits[kind], cost_macro_wake };
			return true;
		}
		fallthrough;
	default:
		*engine = (struct engine){ cost_macro_waits[kind], cost_macro_wake };
		return true;
	}
}

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
			engine->wait(&cost, kind);
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
			sleeper->engine->wait(&cost, sleeper->kind);
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

static u64 block_and_wake_at_best(const struct engine *engine, unsigned int kind)
{
	u64 least = U64_MAX;
	unsigned int repeat;

	for (repeat = 0; repeat < REPEATS; repeat++)
		least = min(least, block_and_wake(engine, kind));
	return least;
}

/* In hundredths of an instruction, as text is made of it below. */
static unsigned long per_wait(u64 batch)
{
	return (unsigned long)div_u64(batch * 100, BATCH);
}

typedef u64 (*measure)(const struct engine *engine, unsigned int kind);

static void append(char *line, size_t size, measure measure, unsigned int kind)
{
	unsigned int which;

	for (which = 0; which < ENGINES; which++) {
		const size_t used = strlen(line);
		struct engine engine;
		unsigned long hundredths;

		if (!engine_of(&engine, which, kind)) {
			scnprintf(line + used, size - used, " -");
			continue;
		}
		hundredths = per_wait(measure(&engine, kind));
		scnprintf(line + used, size - used, " %lu.%02lu", hundredths / 100,
			  hundredths % 100);
	}
}

static int __init cost_init(void)
{
	unsigned int kind;

	for (kind = 0; kind < ARRAY_SIZE(names); kind++) {
		char line[160] = "";

		if (!COST_HAS(kind) || !(kapi_macro_waits() >> kind & 1)) {
			strscpy(line, " - - - - - - - -", sizeof(line));
		} else {
			append(line, sizeof(line), uncontended, kind);
			append(line, sizeof(line), block_and_wake_at_best, kind);
		}
		pr_info("waitq_cost: %s%s\n", names[kind], line);
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
