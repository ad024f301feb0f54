// SPDX-License-Identifier: GPL-2.0
/* by_hand.c - the reference for sleeping by hand: the loops as drivers write them in C. */
#include <linux/errno.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>

#include "../../uapi/waitq_lab.h"
#include "../compat.h"
#include "../lab.h"
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

static long by_prepare(struct kapi_macro *wait, bool exclusive)
{
	long error = 0;
	bool slept = false;
	DEFINE_WAIT(entry);

	for (;;) {
		wait->linked |= slept && is_linked(wait, &entry);
		if (exclusive) {
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

long lab_by_hand_PREPARE_TO_WAIT(struct kapi_macro *wait)
{
	return by_prepare(wait, false);
}

long lab_by_hand_PREPARE_TO_WAIT_EXCLUSIVE(struct kapi_macro *wait)
{
	return by_prepare(wait, true);
}

long lab_by_hand_PREPARE_TO_WAIT_EVENT(struct kapi_macro *wait)
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

long lab_by_hand_ADD_WAIT_QUEUE(struct kapi_macro *wait)
{
	DECLARE_WAITQUEUE(entry, current);
	long left;

	add_wait_queue(wait->head, &entry);
	left = while_linked(wait, &entry);
	remove_wait_queue(wait->head, &entry);
	return left;
}

long lab_by_hand_ADD_WAIT_QUEUE_EXCLUSIVE(struct kapi_macro *wait)
{
	DECLARE_WAITQUEUE(entry, current);
	long left;

	add_wait_queue_exclusive(wait->head, &entry);
	left = while_linked(wait, &entry);
	remove_wait_queue(wait->head, &entry);
	return left;
}

#ifdef WQ_FLAG_PRIORITY
long lab_by_hand_ADD_WAIT_QUEUE_PRIORITY(struct kapi_macro *wait)
{
	DECLARE_WAITQUEUE(entry, current);
	long left;

	add_wait_queue_priority(wait->head, &entry);
	left = while_linked(wait, &entry);
	remove_wait_queue(wait->head, &entry);
	return left;
}
#endif

#ifdef compat_add_wait_queue_priority_exclusive
long lab_by_hand_ADD_WAIT_QUEUE_PRIORITY_EXCLUSIVE(struct kapi_macro *wait)
{
	DECLARE_WAITQUEUE(entry, current);
	long left;

	if (compat_add_wait_queue_priority_exclusive(wait->head, &entry))
		return -EBUSY;
	left = while_linked(wait, &entry);
	remove_wait_queue(wait->head, &entry);
	return left;
}
#endif

long lab_by_hand_WAIT_WOKEN(struct kapi_macro *wait)
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

int kapi_macro_call_back(struct wait_queue_entry *entry, unsigned int mode, int sync, void *key)
{
	struct kapi_macro *wait = container_of(entry, struct func_entry, entry)->wait;
	const unsigned int asked = (__force unsigned int)key_to_poll(key);

	wait->calls++;
	if (wait->callback == LAB_CALLBACK_REFUSE)
		return 0;
	if (wait->callback == LAB_CALLBACK_END) {
		default_wake_function(entry, mode, sync, key);
		return -1;
	}
	if (asked && wait->key && !(asked & wait->key))
		return 0;
	return default_wake_function(entry, mode, sync, key);
}

long lab_by_hand_INIT_WAITQUEUE_FUNC_ENTRY(struct kapi_macro *wait)
{
	struct func_entry entry = { .wait = wait };
	long left;

	init_waitqueue_func_entry(&entry.entry, kapi_macro_call_back);
	entry.entry.private = current;
	add_wait_queue(wait->head, &entry.entry);
	left = while_linked(wait, &entry.entry);
	remove_wait_queue(wait->head, &entry.entry);
	return left;
}
