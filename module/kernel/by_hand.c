// SPDX-License-Identifier: GPL-2.0
/* by_hand.c - the reference for sleeping by hand: the loops as drivers write them in C. */
#include <linux/errno.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>

#include "../uapi/waitq.h"
#include "boundary.h"
#include "kernel.h"

/* (tests/cost has one that is inlined.) */
#ifndef CONDITION
#define CONDITION wait->condition(wait->context)
#endif

/* Under the head's lock: a task may run before the waker that woke it has unlinked it. */
static bool is_linked(struct kapi_macro *wait, struct wait_queue_entry *entry)
{
	unsigned long irq_flags;
	bool linked;

	spin_lock_irqsave(&wait->head->lock, irq_flags);
	linked = !list_empty(&entry->entry);
	spin_unlock_irqrestore(&wait->head->lock, irq_flags);
	return linked;
}

static long by_prepare(unsigned int kind, struct kapi_macro *wait)
{
	long error = 0;
	bool slept = false;
	DEFINE_WAIT(entry);

	for (;;) {
		wait->linked |= slept && is_linked(wait, &entry);
		if (kind == WAITQ_WAIT_PREPARE_TO_WAIT_EXCLUSIVE) {
			const bool empty =
				prepare_to_wait_exclusive(wait->head, &entry, wait->state);

			wait->was_empty |= !slept && empty;
		} else {
			prepare_to_wait(wait->head, &entry, wait->state);
		}
		if (CONDITION)
			break;
		if (signal_pending_state(wait->state, current)) {
			error = -ERESTARTSYS;
			break;
		}
		schedule();
		slept = true;
	}
	finish_wait(wait->head, &entry);
	return error;
}

static long by_prepare_event(struct kapi_macro *wait)
{
	long error;
	bool slept = false;
	DEFINE_WAIT(entry);

	for (;;) {
		wait->linked |= slept && is_linked(wait, &entry);
		error = prepare_to_wait_event(wait->head, &entry, wait->state);
		if (CONDITION) {
			error = 0;
			break;
		}
		if (error)
			break;
		schedule();
		slept = true;
	}
	finish_wait(wait->head, &entry);
	return error;
}

/* From add_wait_queue*() to remove_wait_queue(): the entry stays linked. */
static long while_linked(struct kapi_macro *wait, struct wait_queue_entry *entry)
{
	long timeout = wait->timeout;
	bool slept = false;

	for (;;) {
		wait->linked |= slept && is_linked(wait, entry);
		set_current_state(wait->state);
		if (CONDITION) {
			timeout = timeout ?: 1;
			break;
		}
		if (!timeout)
			break;
		if (signal_pending_state(wait->state, current)) {
			timeout = -ERESTARTSYS;
			break;
		}
		timeout = schedule_timeout(timeout);
		slept = true;
	}
	__set_current_state(TASK_RUNNING);
	return timeout;
}

static long by_add(unsigned int kind, struct kapi_macro *wait)
{
	DECLARE_WAITQUEUE(entry, current);
	long left;

	if (kind == WAITQ_WAIT_ADD_WAIT_QUEUE_EXCLUSIVE) {
		add_wait_queue_exclusive(wait->head, &entry);
	} else if (kind == WAITQ_WAIT_ADD_WAIT_QUEUE_PRIORITY) {
		kapi_add_priority(wait->head, &entry);
	} else if (kind == WAITQ_WAIT_ADD_WAIT_QUEUE_PRIORITY_EXCLUSIVE) {
		if (kapi_add_priority_exclusive(wait->head, &entry))
			return -EBUSY;
	} else {
		add_wait_queue(wait->head, &entry);
	}
	left = while_linked(wait, &entry);
	remove_wait_queue(wait->head, &entry);
	return left;
}

static long by_woken(struct kapi_macro *wait)
{
	DEFINE_WAIT_FUNC(entry, woken_wake_function);
	long timeout = wait->timeout;
	bool slept = false;

	add_wait_queue(wait->head, &entry);
	for (;;) {
		wait->linked |= slept && is_linked(wait, &entry);
		if (CONDITION) {
			timeout = timeout ?: 1;
			break;
		}
		if (!timeout)
			break;
		if (signal_pending_state(wait->state, current)) {
			timeout = -ERESTARTSYS;
			break;
		}
		timeout = wait_woken(&entry, wait->state, timeout);
		slept = true;
	}
	remove_wait_queue(wait->head, &entry);
	return timeout;
}

struct func_entry {
	struct wait_queue_entry entry;
	struct kapi_macro *wait; /* its calls: guarded by the head's lock */
};

int waitq_macro_call_back(struct wait_queue_entry *entry, unsigned int mode, int sync, void *key)
{
	struct kapi_macro *wait = container_of(entry, struct func_entry, entry)->wait;
	const unsigned int asked = (__force unsigned int)key_to_poll(key);

	wait->calls++;
	if (wait->callback == WAITQ_CALLBACK_REFUSE)
		return 0;
	if (wait->callback == WAITQ_CALLBACK_END) {
		default_wake_function(entry, mode, sync, key);
		return -1;
	}
	if (asked && wait->key && !(asked & wait->key))
		return 0;
	return default_wake_function(entry, mode, sync, key);
}

static long by_func(struct kapi_macro *wait)
{
	struct func_entry entry = { .wait = wait };
	long left;

	init_waitqueue_func_entry(&entry.entry, waitq_macro_call_back);
	entry.entry.private = current;
	add_wait_queue(wait->head, &entry.entry);
	left = while_linked(wait, &entry.entry);
	remove_wait_queue(wait->head, &entry.entry);
	return left;
}

long waitq_by_hand(unsigned int kind, struct kapi_macro *wait)
{
	switch (kind) {
	case WAITQ_WAIT_PREPARE_TO_WAIT:
	case WAITQ_WAIT_PREPARE_TO_WAIT_EXCLUSIVE:
		return by_prepare(kind, wait);
	case WAITQ_WAIT_PREPARE_TO_WAIT_EVENT:
		return by_prepare_event(wait);
	case WAITQ_WAIT_WAIT_WOKEN:
		return by_woken(wait);
	case WAITQ_WAIT_INIT_WAITQUEUE_FUNC_ENTRY:
		return by_func(wait);
	case WAITQ_WAIT_SLEEP_ON_TIMEOUT:
		return -EOPNOTSUPP;
	default:
		return by_add(kind, wait);
	}
}
