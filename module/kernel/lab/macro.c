// SPDX-License-Identifier: GPL-2.0
/*
 * macro.c - the reference: each wait kind and wake kind by the kernel's own macro of that name.
 * (Kinds of family HAND: by_hand.c.)
 *
 * A function for each row of the tables, and a table of them: a row without one does not compile.
 * A macro that this kernel does not define is a kind that it does not have: NULL.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/freezer.h>
#include <linux/poll.h>
#include <linux/wait.h>

#include "../../uapi/waitq_lab.h"
#include "../compat.h"
#include "../lab.h"
#include "kernel.h"

/* (tests/cost has one that is inlined.) */
#ifndef CONDITION
#define CONDITION wait->condition(wait->context)
#endif
#define BEFORE wait->before(wait->context)
#define AFTER wait->after(wait->context)
#define HEAD (*wait->head)
#define LOCK (*wait->lock)
#define TIMEOUT wait->timeout
#define TIME ns_to_ktime(wait->timeout_ns)

/* A kind whose macro has a value, and one whose macro has none. */
#define VALUE(id, expression)                               \
	static long lab_macro_##id(struct kapi_macro *wait) \
	{                                                   \
		return expression;                          \
	}
#define VOID(id, statement)                                 \
	static long lab_macro_##id(struct kapi_macro *wait) \
	{                                                   \
		statement;                                  \
		return 0;                                   \
	}

VOID(EVENT, wait_event(HEAD, CONDITION))
VALUE(EVENT_TIMEOUT, wait_event_timeout(HEAD, CONDITION, TIMEOUT))
VALUE(EVENT_INTERRUPTIBLE, wait_event_interruptible(HEAD, CONDITION))
VALUE(EVENT_INTERRUPTIBLE_TIMEOUT, wait_event_interruptible_timeout(HEAD, CONDITION, TIMEOUT))
VALUE(EVENT_KILLABLE, wait_event_killable(HEAD, CONDITION))
VALUE(EVENT_KILLABLE_TIMEOUT, wait_event_killable_timeout(HEAD, CONDITION, TIMEOUT))
VALUE(EVENT_INTERRUPTIBLE_EXCLUSIVE, wait_event_interruptible_exclusive(HEAD, CONDITION))
VALUE(EVENT_HRTIMEOUT, wait_event_hrtimeout(HEAD, CONDITION, TIME))
VALUE(EVENT_INTERRUPTIBLE_HRTIMEOUT, wait_event_interruptible_hrtimeout(HEAD, CONDITION, TIME))
VALUE(EVENT_KILLABLE_EXCLUSIVE, wait_event_killable_exclusive(HEAD, CONDITION))
VOID(EVENT_IDLE, wait_event_idle(HEAD, CONDITION))
VOID(EVENT_IDLE_EXCLUSIVE, wait_event_idle_exclusive(HEAD, CONDITION))
VALUE(EVENT_IDLE_TIMEOUT, wait_event_idle_timeout(HEAD, CONDITION, TIMEOUT))
VALUE(EVENT_IDLE_EXCLUSIVE_TIMEOUT, wait_event_idle_exclusive_timeout(HEAD, CONDITION, TIMEOUT))
VALUE(EVENT_FREEZABLE, wait_event_freezable(HEAD, CONDITION))
VALUE(EVENT_FREEZABLE_EXCLUSIVE, wait_event_freezable_exclusive(HEAD, CONDITION))
VALUE(EVENT_FREEZABLE_TIMEOUT, wait_event_freezable_timeout(HEAD, CONDITION, TIMEOUT))
#ifdef wait_event_state
VALUE(EVENT_STATE, wait_event_state(HEAD, CONDITION, wait->state))
#else
#define lab_macro_EVENT_STATE NULL
#endif
#ifdef wait_event_state_exclusive
VALUE(EVENT_STATE_EXCLUSIVE, wait_event_state_exclusive(HEAD, CONDITION, wait->state))
#else
#define lab_macro_EVENT_STATE_EXCLUSIVE NULL
#endif
VOID(IO_EVENT, io_wait_event(HEAD, CONDITION))
#ifdef io_wait_event_killable
VALUE(IO_EVENT_KILLABLE, io_wait_event_killable(HEAD, CONDITION))
#else
#define lab_macro_IO_EVENT_KILLABLE NULL
#endif
VOID(EVENT_CMD, wait_event_cmd(HEAD, CONDITION, BEFORE, AFTER))
VOID(EVENT_EXCLUSIVE_CMD, wait_event_exclusive_cmd(HEAD, CONDITION, BEFORE, AFTER))
VOID(EVENT_LOCK_IRQ, wait_event_lock_irq(HEAD, CONDITION, LOCK))
VOID(EVENT_LOCK_IRQ_CMD, wait_event_lock_irq_cmd(HEAD, CONDITION, LOCK, BEFORE))
VALUE(EVENT_INTERRUPTIBLE_LOCK_IRQ, wait_event_interruptible_lock_irq(HEAD, CONDITION, LOCK))
VALUE(EVENT_INTERRUPTIBLE_LOCK_IRQ_CMD,
      wait_event_interruptible_lock_irq_cmd(HEAD, CONDITION, LOCK, BEFORE))
VALUE(EVENT_LOCK_IRQ_TIMEOUT, wait_event_lock_irq_timeout(HEAD, CONDITION, LOCK, TIMEOUT))
VALUE(EVENT_INTERRUPTIBLE_LOCK_IRQ_TIMEOUT,
      wait_event_interruptible_lock_irq_timeout(HEAD, CONDITION, LOCK, TIMEOUT))
VALUE(EVENT_INTERRUPTIBLE_LOCKED, wait_event_interruptible_locked(HEAD, CONDITION))
VALUE(EVENT_INTERRUPTIBLE_LOCKED_IRQ, wait_event_interruptible_locked_irq(HEAD, CONDITION))
VALUE(EVENT_INTERRUPTIBLE_EXCLUSIVE_LOCKED,
      wait_event_interruptible_exclusive_locked(HEAD, CONDITION))
VALUE(EVENT_INTERRUPTIBLE_EXCLUSIVE_LOCKED_IRQ,
      wait_event_interruptible_exclusive_locked_irq(HEAD, CONDITION))

#define WAIT_MACRO(id) lab_macro_##id
#define WAIT_HAND(id) lab_by_hand_##id

static long (*const waits[])(struct kapi_macro *wait) = {
#define LAB_X(value, id, name, family, ...) [value] = WAIT_##family(id),
	LAB_WAIT_KINDS(LAB_X)
#undef LAB_X
};

long kapi_macro_wait(unsigned int kind, struct kapi_macro *wait)
{
	wait->calls = 0;
	wait->was_empty = wait->linked = false;
	return waits[kind](wait);
}

unsigned long long kapi_macro_waits(void)
{
	unsigned long long bits = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(waits); i++)
		bits |= waits[i] ? BIT_ULL(i) : 0;
	return bits;
}

/* ---- wake-ups ------------------------------------------------------------ */

struct wake {
	struct wait_queue_head *head;
	int nr;
	__poll_t key;
};

#define WAKE(id, statement)                                \
	static void lab_wake_##id(const struct wake *wake) \
	{                                                  \
		statement;                                 \
	}

WAKE(UP, wake_up(wake->head))
WAKE(UP_NR, wake_up_nr(wake->head, wake->nr))
WAKE(UP_ALL, wake_up_all(wake->head))
WAKE(UP_INTERRUPTIBLE, wake_up_interruptible(wake->head))
WAKE(UP_INTERRUPTIBLE_NR, wake_up_interruptible_nr(wake->head, wake->nr))
WAKE(UP_INTERRUPTIBLE_ALL, wake_up_interruptible_all(wake->head))
WAKE(UP_LOCKED, wake_up_locked(wake->head))
WAKE(UP_ALL_LOCKED, wake_up_all_locked(wake->head))
#ifdef wake_up_sync
WAKE(UP_SYNC, wake_up_sync(wake->head))
#else
#define lab_wake_UP_SYNC NULL
#endif
WAKE(UP_INTERRUPTIBLE_SYNC, wake_up_interruptible_sync(wake->head))
WAKE(UP_POLL, wake_up_poll(wake->head, wake->key))
WAKE(UP_INTERRUPTIBLE_POLL, wake_up_interruptible_poll(wake->head, wake->key))
WAKE(UP_LOCKED_POLL, wake_up_locked_poll(wake->head, wake->key))
WAKE(UP_INTERRUPTIBLE_SYNC_POLL, wake_up_interruptible_sync_poll(wake->head, wake->key))
WAKE(UP_INTERRUPTIBLE_SYNC_POLL_LOCKED,
     wake_up_interruptible_sync_poll_locked(wake->head, wake->key))
/* By way of kapi_wake_up_pollfree(), by either engine: ../../lab/pollfree.cpp. */
WAKE(UP_POLLFREE, kapi_wake_up_pollfree(wake->head))

static void (*const wakes[])(const struct wake *wake) = {
#define LAB_X(value, id, ...) [value] = lab_wake_##id,
	LAB_WAKE_KINDS(LAB_X)
#undef LAB_X
};

void kapi_macro_wake(unsigned int kind, struct wait_queue_head *head, int nr, unsigned int key)
{
	const struct wake wake = { .head = head, .nr = nr, .key = (__force __poll_t)key };

	wakes[kind](&wake);
}

unsigned long long kapi_macro_wakes(void)
{
	unsigned long long bits = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wakes); i++)
		bits |= wakes[i] ? BIT_ULL(i) : 0;
	return bits;
}
