// SPDX-License-Identifier: GPL-2.0
/*
 * macro.c - the reference: each wait kind and wake kind by the kernel's own macro of that name.
 * (Kinds that are no macro: by_hand.c.)
 *
 * A macro that this kernel does not define is a kind that it does not have.
 */
#include <linux/errno.h>
#include <linux/freezer.h>
#include <linux/poll.h>
#include <linux/wait.h>

#include "../uapi/waitq.h"
#include "boundary.h"
#include "compat.h"
#include "kernel.h"

/* (tests/cost has one that is inlined.) */
#ifndef CONDITION
#define CONDITION wait->condition(wait->context)
#endif
#define BEFORE wait->before(wait->context)
#define AFTER wait->after(wait->context)

/* A row of the kernel's: VALUE(id, expression) or VOID(id, statement). */
#define VALUE(id, expression) \
	case WAITQ_WAIT_##id: \
		return expression
#define VOID(id, statement)   \
	case WAITQ_WAIT_##id: \
		statement;    \
		return 0

/* The kinds of which every kernel since 5.10 has the macro. */
static long plain(unsigned int kind, struct kapi_macro *wait)
{
	struct wait_queue_head *head = wait->head;
	const long timeout = wait->timeout;
	const ktime_t time = ns_to_ktime(wait->timeout_ns);

	switch (kind) {
		VOID(EVENT, wait_event(*head, CONDITION));
		VALUE(EVENT_TIMEOUT, wait_event_timeout(*head, CONDITION, timeout));
		VALUE(EVENT_INTERRUPTIBLE, wait_event_interruptible(*head, CONDITION));
		VALUE(EVENT_INTERRUPTIBLE_TIMEOUT,
		      wait_event_interruptible_timeout(*head, CONDITION, timeout));
		VALUE(EVENT_KILLABLE, wait_event_killable(*head, CONDITION));
		VALUE(EVENT_KILLABLE_TIMEOUT,
		      wait_event_killable_timeout(*head, CONDITION, timeout));
		VALUE(EVENT_INTERRUPTIBLE_EXCLUSIVE,
		      wait_event_interruptible_exclusive(*head, CONDITION));
		VALUE(EVENT_HRTIMEOUT, wait_event_hrtimeout(*head, CONDITION, time));
		VALUE(EVENT_INTERRUPTIBLE_HRTIMEOUT,
		      wait_event_interruptible_hrtimeout(*head, CONDITION, time));
		VALUE(EVENT_KILLABLE_EXCLUSIVE, wait_event_killable_exclusive(*head, CONDITION));
		VOID(EVENT_IDLE, wait_event_idle(*head, CONDITION));
		VOID(EVENT_IDLE_EXCLUSIVE, wait_event_idle_exclusive(*head, CONDITION));
		VALUE(EVENT_IDLE_TIMEOUT, wait_event_idle_timeout(*head, CONDITION, timeout));
		VALUE(EVENT_IDLE_EXCLUSIVE_TIMEOUT,
		      wait_event_idle_exclusive_timeout(*head, CONDITION, timeout));
		VALUE(EVENT_FREEZABLE, wait_event_freezable(*head, CONDITION));
		VALUE(EVENT_FREEZABLE_EXCLUSIVE, wait_event_freezable_exclusive(*head, CONDITION));
		VALUE(EVENT_FREEZABLE_TIMEOUT,
		      wait_event_freezable_timeout(*head, CONDITION, timeout));
		VOID(IO_EVENT, io_wait_event(*head, CONDITION));
		VOID(EVENT_CMD, wait_event_cmd(*head, CONDITION, BEFORE, AFTER));
		VOID(EVENT_EXCLUSIVE_CMD,
		     wait_event_exclusive_cmd(*head, CONDITION, BEFORE, AFTER));
	}
	return -EOPNOTSUPP;
}

/* Those of which newer kernels have it. */
static long newer(unsigned int kind, struct kapi_macro *wait)
{
	struct wait_queue_head *head __maybe_unused = wait->head;

	switch (kind) {
#ifdef wait_event_state
		VALUE(EVENT_STATE, wait_event_state(*head, CONDITION, wait->state));
#endif
#ifdef wait_event_state_exclusive
		VALUE(EVENT_STATE_EXCLUSIVE,
		      wait_event_state_exclusive(*head, CONDITION, wait->state));
#endif
#ifdef io_wait_event_killable
		VALUE(IO_EVENT_KILLABLE, io_wait_event_killable(*head, CONDITION));
#endif
	}
	return -EOPNOTSUPP;
}

/* Those that are called with a lock held: the caller's, or the head's own. */
static long locked(unsigned int kind, struct kapi_macro *wait)
{
	struct wait_queue_head *head = wait->head;
	spinlock_t *lock = wait->lock;
	const long timeout = wait->timeout;

	switch (kind) {
		VOID(EVENT_LOCK_IRQ, wait_event_lock_irq(*head, CONDITION, *lock));
		VOID(EVENT_LOCK_IRQ_CMD, wait_event_lock_irq_cmd(*head, CONDITION, *lock, BEFORE));
		VALUE(EVENT_INTERRUPTIBLE_LOCK_IRQ,
		      wait_event_interruptible_lock_irq(*head, CONDITION, *lock));
		VALUE(EVENT_INTERRUPTIBLE_LOCK_IRQ_CMD,
		      wait_event_interruptible_lock_irq_cmd(*head, CONDITION, *lock, BEFORE));
		VALUE(EVENT_LOCK_IRQ_TIMEOUT,
		      wait_event_lock_irq_timeout(*head, CONDITION, *lock, timeout));
		VALUE(EVENT_INTERRUPTIBLE_LOCK_IRQ_TIMEOUT,
		      wait_event_interruptible_lock_irq_timeout(*head, CONDITION, *lock, timeout));
		VALUE(EVENT_INTERRUPTIBLE_LOCKED,
		      wait_event_interruptible_locked(*head, CONDITION));
		VALUE(EVENT_INTERRUPTIBLE_LOCKED_IRQ,
		      wait_event_interruptible_locked_irq(*head, CONDITION));
		VALUE(EVENT_INTERRUPTIBLE_EXCLUSIVE_LOCKED,
		      wait_event_interruptible_exclusive_locked(*head, CONDITION));
		VALUE(EVENT_INTERRUPTIBLE_EXCLUSIVE_LOCKED_IRQ,
		      wait_event_interruptible_exclusive_locked_irq(*head, CONDITION));
	}
	return -EOPNOTSUPP;
}

long kapi_macro_wait(unsigned int kind, struct kapi_macro *wait)
{
	wait->calls = 0;
	wait->was_empty = wait->linked = false;
	switch (kind) {
	case WAITQ_WAIT_EVENT_STATE:
	case WAITQ_WAIT_EVENT_STATE_EXCLUSIVE:
	case WAITQ_WAIT_IO_EVENT_KILLABLE:
		return newer(kind, wait);
	case WAITQ_WAIT_EVENT_LOCK_IRQ ... WAITQ_WAIT_EVENT_INTERRUPTIBLE_EXCLUSIVE_LOCKED_IRQ:
		return locked(kind, wait);
	case WAITQ_WAIT_PREPARE_TO_WAIT ... WAITQ_WAIT_SLEEP_ON_TIMEOUT:
		return waitq_by_hand(kind, wait);
	default:
		return plain(kind, wait);
	}
}

void kapi_macro_wake(unsigned int kind, struct wait_queue_head *head, int nr, unsigned int key)
{
	const __poll_t mask = (__force __poll_t)key;

	switch (kind) {
	case WAITQ_WAKE_UP:
		wake_up(head);
		break;
	case WAITQ_WAKE_UP_NR:
		wake_up_nr(head, nr);
		break;
	case WAITQ_WAKE_UP_ALL:
		wake_up_all(head);
		break;
	case WAITQ_WAKE_UP_INTERRUPTIBLE:
		wake_up_interruptible(head);
		break;
	case WAITQ_WAKE_UP_INTERRUPTIBLE_NR:
		wake_up_interruptible_nr(head, nr);
		break;
	case WAITQ_WAKE_UP_INTERRUPTIBLE_ALL:
		wake_up_interruptible_all(head);
		break;
	case WAITQ_WAKE_UP_LOCKED:
		wake_up_locked(head);
		break;
	case WAITQ_WAKE_UP_ALL_LOCKED:
		wake_up_all_locked(head);
		break;
#ifdef wake_up_sync
	case WAITQ_WAKE_UP_SYNC:
		wake_up_sync(head);
		break;
#endif
	case WAITQ_WAKE_UP_INTERRUPTIBLE_SYNC:
		wake_up_interruptible_sync(head);
		break;
	case WAITQ_WAKE_UP_POLL:
		wake_up_poll(head, mask);
		break;
	case WAITQ_WAKE_UP_INTERRUPTIBLE_POLL:
		wake_up_interruptible_poll(head, mask);
		break;
	case WAITQ_WAKE_UP_LOCKED_POLL:
		wake_up_locked_poll(head, mask);
		break;
	case WAITQ_WAKE_UP_INTERRUPTIBLE_SYNC_POLL:
		wake_up_interruptible_sync_poll(head, mask);
		break;
	case WAITQ_WAKE_UP_INTERRUPTIBLE_SYNC_POLL_LOCKED:
		wake_up_interruptible_sync_poll_locked(head, mask);
		break;
	}
}

/* ---- what this kernel has ------------------------------------------------- */

#define BIT_OF(kind) (1ULL << (kind))

static const unsigned long long lacking_waits =
#ifndef wait_event_state
	BIT_OF(WAITQ_WAIT_EVENT_STATE) |
#endif
#ifndef wait_event_state_exclusive
	BIT_OF(WAITQ_WAIT_EVENT_STATE_EXCLUSIVE) |
#endif
#ifndef io_wait_event_killable
	BIT_OF(WAITQ_WAIT_IO_EVENT_KILLABLE) |
#endif
#ifndef WQ_FLAG_PRIORITY
	BIT_OF(WAITQ_WAIT_ADD_WAIT_QUEUE_PRIORITY) |
#endif
#ifndef compat_add_wait_queue_priority_exclusive
	BIT_OF(WAITQ_WAIT_ADD_WAIT_QUEUE_PRIORITY_EXCLUSIVE) |
#endif
	BIT_OF(WAITQ_WAIT_SLEEP_ON_TIMEOUT);

static const unsigned long long lacking_wakes =
#ifndef wake_up_sync
	BIT_OF(WAITQ_WAKE_UP_SYNC) |
#endif
	0;

#define ROW(value, ...) BIT_OF(value) |

unsigned long long kapi_macro_waits(void)
{
	return (WAITQ_WAIT_KINDS(ROW) 0) & ~lacking_waits;
}

unsigned long long kapi_macro_wakes(void)
{
	return (WAITQ_WAKE_KINDS(ROW) 0) & ~lacking_wakes;
}
