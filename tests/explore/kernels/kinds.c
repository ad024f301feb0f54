// SPDX-License-Identifier: GPL-2.0
/*
 * The lab's table of kinds by engine "macro", its own lines, on the wait.h and wait.c of a kernel:
 * each kind of wait with one event and its waker, a signal, a wake-up in vain, another waiter; and
 * each kind of wake-up.
 *
 * Explored together with module/kernel/lab/macro.c and by_hand.c, and with -I tests/sim, which has
 * sizes that C does not look at.
 */
#include <linux/atomic.h>
#include <linux/hrtimer.h>
#include <linux/poll.h>
#include <linux/spinlock.h>
#include <waitq/explore.h>

#include "../../../module/kernel/compat.h"
#include "../../../module/kernel/lab.h"
#include "../../../module/uapi/waitq_lab.h"

/* The words of the tables, as far as they matter here. */
enum { NONE, JIFFIES, HRTIMER };
enum { NO, YES, PRIORITY, SOLE };
enum lock_of { UNLOCKED, CALLER, HEAD_LOCK, HEAD_IRQ };
#define LOCK_NONE UNLOCKED
#define LOCK_CALLER CALLER
#define LOCK_HEAD HEAD_LOCK
#define LOCK_HEAD_IRQ HEAD_IRQ
#define WAKER_FREE false
#define WAKER_HELD true
#define ALL_ALL true
#define ALL_ONE false
#define ALL_NR false

struct kind {
	bool by_hand, exclusive, sole;
	int clock;
	enum lock_of lock;
};
static const struct kind kinds[] = {
#define HAND_MACRO false
#define HAND_HAND true
#define LAB_X(value, id, name, family, state, clock, entry, lock, sleep, since)               \
	[value] = { HAND_##family, (entry) == YES || (entry) == SOLE, (entry) == SOLE, clock, \
		    LOCK_##lock },
	LAB_WAIT_KINDS(LAB_X)
#undef LAB_X
};
static const bool held_by_waker[] = {
#define LAB_X(value, id, name, mode, scope, head, hint, key, since) [value] = WAKER_##head,
	LAB_WAKE_KINDS(LAB_X)
#undef LAB_X
};

static DECLARE_WAIT_QUEUE_HEAD(queue);
static DEFINE_SPINLOCK(callers);
static atomic_t events;

void kapi_wake_up_pollfree(struct wait_queue_head *head)
{
	compat_wake_up_pollfree(head);
}

static bool take_one(void *took)
{
	return *(bool *)took = atomic_add_unless(&events, -1, 0);
}

static void nothing(void *unused)
{
}

/* Returns whether it took an event. Without `timed` a timeout never comes. */
static bool waits(unsigned int kind, bool timed)
{
	const struct kind *of = &kinds[kind];
	bool took = false, satisfied;
	struct kapi_macro wait = {
		.head = &queue,
		.lock = &callers,
		.state = TASK_INTERRUPTIBLE,
		.timeout = timed && of->clock == JIFFIES ? 1 : MAX_SCHEDULE_TIMEOUT,
		.timeout_ns = timed ? NSEC_PER_MSEC : KTIME_MAX,
		.condition = take_one,
		.before = nothing,
		.after = nothing,
		.context = &took,
	};
	long returned;

	if (of->lock == CALLER)
		spin_lock_irq(&callers);
	if (of->lock == HEAD_LOCK)
		spin_lock(&queue.lock);
	if (of->lock == HEAD_IRQ)
		spin_lock_irq(&queue.lock);
	returned = kapi_macro_wait(kind, &wait);
	if (of->lock == HEAD_IRQ)
		spin_unlock_irq(&queue.lock);
	if (of->lock == HEAD_LOCK)
		spin_unlock(&queue.lock);
	if (of->lock == CALLER)
		spin_unlock_irq(&callers);

	if (of->sole && returned == -EBUSY)
		return false;
	satisfied = returned != -ERESTARTSYS && (of->clock == HRTIMER   ? returned != -ETIME
						 : of->clock == JIFFIES ? returned != 0
									: true);
	ASSERT(satisfied == took);
	return took;
}

static void wakes(unsigned int kind, unsigned int posts)
{
	unsigned long flags;

	if (posts)
		atomic_add(posts, &events);
	if (held_by_waker[kind])
		spin_lock_irqsave(&queue.lock, flags);
	kapi_macro_wake(kind, &queue, 2, 0);
	if (held_by_waker[kind])
		spin_unlock_irqrestore(&queue.lock, flags);
}

/* How a row goes: one event and one wake-up, unless it says otherwise. */
struct row {
	bool late;    /* the waiter's timeout may come */
	bool in_vain; /* a wake-up without an event comes first */
	bool twice;   /* two events, each with its wake-up */
	enum sim_context waker;
	void (*disturb)(void);
};

static void sends_signal(void)
{
	SIGNAL(waiter);
}

static void kills(void)
{
	KILL(waiter);
}

static void wakes_as(const struct row *row)
{
	if (row->in_vain)
		wakes(LAB_WAKE_UP, 0);
	wakes(LAB_WAKE_UP, 1);
	if (row->twice)
		wakes(LAB_WAKE_UP, 1);
}

static void alone(unsigned int kind, struct row row)
{
	int took = 0;

	THREAD(waiter)
	{
		took = waits(kind, row.late);
	}
	EXPLORE_FLOW(waker, row.waker)
	{
		wakes_as(&row);
	}
	if (row.disturb)
		row.disturb();
	AFTER
	{
		ASSERT(atomic_read(&events) + took == 1);
	}
}

/* A waiter that leaves must not keep the event from the other. */
static void pair(unsigned int kind, struct row row)
{
	int took = 0, other_took = 0;

	THREAD(waiter)
	{
		took = waits(kind, row.late);
	}
	THREAD(stays)
	{
		other_took = waits(kind, false);
	}
	THREAD(waker)
	{
		wakes_as(&row);
	}
	if (row.disturb)
		row.disturb();
	AFTER
	{
		ASSERT(atomic_read(&events) + took + other_took == 1 + row.twice);
	}
}

#define one(kind) alone(kind, (struct row){ .late = true })
#define in_vain(kind) alone(kind, (struct row){ .in_vain = true })
#define from_interrupt(kind) alone(kind, (struct row){ .waker = SIM_INTERRUPT })
#define signalled(kind) alone(kind, (struct row){ .disturb = sends_signal })
#define killed(kind) alone(kind, (struct row){ .disturb = kills })
#define leaves_late(kind) pair(kind, (struct row){ .late = true })
#define leaves_signalled(kind) pair(kind, (struct row){ .disturb = sends_signal })
#define two_posts(kind) pair(kind, (struct row){ .twice = true })

/* A wake-up of that kind, of an exclusive waiter and of one that is not. */
static void wake(unsigned int kind)
{
	int took = 0, other_took = 0;

	THREAD(exclusive)
	{
		took = waits(LAB_WAIT_EVENT_INTERRUPTIBLE_EXCLUSIVE, false);
	}
	THREAD(plain)
	{
		other_took = waits(LAB_WAIT_EVENT_INTERRUPTIBLE, false);
	}
	THREAD(waker)
	{
		wakes(kind, 1);
	}
	AFTER
	{
		ASSERT(atomic_read(&events) + took + other_took == 1);
	}
}

static bool has_wait(unsigned int kind)
{
	return kapi_macro_waits() >> kind & 1;
}

#define SCENARIO(row, value, id, name) \
	static void row##_##id(void)   \
	{                              \
		row(value);            \
	}                              \
	__attribute__((constructor)) static void know_##row##_##id(void)

#define KNOW(row, value, id, name, when)                             \
	SCENARIO(row, value, id, name)                               \
	{                                                            \
		const struct kind *kind = &kinds[value];             \
                                                                     \
		if (has_wait(value) && (when))                       \
			sim_scenario_is(#row "/" #name, row##_##id); \
		(void)kind;                                          \
	}
#define LAB_X(value, id, name, ...)                                                       \
	KNOW(one, value, id, name, true)                                                  \
	KNOW(in_vain, value, id, name, true)                                              \
	KNOW(from_interrupt, value, id, name, kind->lock != HEAD_LOCK)                    \
	KNOW(signalled, value, id, name, true)                                            \
	KNOW(killed, value, id, name, true)                                               \
	KNOW(leaves_late, value, id, name, kind->exclusive && !kind->sole && kind->clock) \
	KNOW(leaves_signalled, value, id, name, kind->exclusive && !kind->sole)           \
	KNOW(two_posts, value, id, name, !kind->sole)
LAB_WAIT_KINDS(LAB_X)
#undef LAB_X

#define LAB_X(value, id, name, ...)                                                     \
	SCENARIO(wake, value, id, name)                                                 \
	{                                                                               \
		if (kapi_macro_wakes() >> (value)&1 && (value) != LAB_WAKE_UP_POLLFREE) \
			sim_scenario_is("wake/" #name, wake_##id);                      \
	}
LAB_WAKE_KINDS(LAB_X)
#undef LAB_X
