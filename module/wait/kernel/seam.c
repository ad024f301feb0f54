// SPDX-License-Identifier: GPL-2.0
/*
 * seam.c - the kapi_* half of the wait layer's seam. The contracts stand in seam.h.
 *
 * Each is one call of the kernel's, but kapi_finish_wait(), which writes out code that the kernel
 * has inline only.
 */
#include <linux/build_bug.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>

#include "seam.h"
#include "compat.h"

/* A wait_layout.h of another kernel or other flags must not get past the compiler. */
#define CHECK_LAYOUT(tag)                                                    \
	static_assert(sizeof(struct tag) == KAPI_SIZEOF_##tag &&             \
			      __alignof__(struct tag) == KAPI_ALIGNOF_##tag, \
		      "wait_layout.h does not describe struct " #tag " of this kernel")
CHECK_LAYOUT(wait_queue_head);
CHECK_LAYOUT(wait_queue_entry);
CHECK_LAYOUT(spinlock);
CHECK_LAYOUT(hrtimer_sleeper);
CHECK_LAYOUT(lock_class_key);

/* Its links are not set. */
static __always_inline void set_up_entry(struct wait_queue_entry *entry, int flags,
					 kapi_wake_function function)
{
	entry->flags = flags;
	entry->private = current;
	entry->func = function;
}

void kapi_init_wait_entry(struct wait_queue_entry *entry, int flags, kapi_wake_function function)
{
	set_up_entry(entry, flags, function);
	INIT_LIST_HEAD(&entry->entry);
}

bool kapi_finish_wait(struct wait_queue_head *head, struct wait_queue_entry *entry)
{
	unsigned long irq_flags;
	bool linked;

	/* As finish_wait() has it. Running comes first: then no wake-up can be spent on it. */
	__set_current_state(TASK_RUNNING);
	if (list_empty_careful(&entry->entry))
		return true;
	spin_lock_irqsave(&head->lock, irq_flags);
	linked = !list_empty(&entry->entry);
	list_del_init(&entry->entry);
	spin_unlock_irqrestore(&head->lock, irq_flags);
	return !linked;
}

void kapi_add_priority(struct wait_queue_head *head, struct wait_queue_entry *entry)
{
#ifdef WQ_FLAG_PRIORITY
	add_wait_queue_priority(head, entry);
#endif
}

int kapi_add_priority_exclusive(struct wait_queue_head *head, struct wait_queue_entry *entry)
{
#ifdef compat_add_wait_queue_priority_exclusive
	return compat_add_wait_queue_priority_exclusive(head, entry);
#else
	return -EBUSY;
#endif
}

void kapi_link(struct wait_queue_head *head, struct wait_queue_entry *entry)
{
	__add_wait_queue(head, entry);
}

void kapi_link_last(struct wait_queue_head *head, struct wait_queue_entry *entry)
{
	__add_wait_queue_entry_tail(head, entry);
}

void kapi_unlink(struct wait_queue_head *head, struct wait_queue_entry *entry)
{
	list_del_init_careful(&entry->entry);
}

bool kapi_is_unlinked(const struct wait_queue_entry *entry)
{
	return list_empty_careful(&entry->entry);
}

/* A signal that comes behind the look keeps schedule() from sleeping. */
static __always_inline bool prepare_locked(struct wait_queue_head *head,
					   struct wait_queue_entry *entry, int flags,
					   kapi_wake_function function, unsigned int state)
{
	if (signal_pending(current) && signal_pending_state(state, current))
		return false;
	set_up_entry(entry, flags, function);
	__add_wait_queue_entry_tail(head, entry);
	set_current_state(state);
	return true;
}

bool kapi_prepare_locked(struct wait_queue_head *head, struct wait_queue_entry *entry, int flags,
			 kapi_wake_function function, unsigned int state)
{
	if (!prepare_locked(head, entry, flags, function, state))
		return false;
	spin_unlock(&head->lock);
	return true;
}

bool kapi_prepare_locked_irq(struct wait_queue_head *head, struct wait_queue_entry *entry,
			     int flags, kapi_wake_function function, unsigned int state)
{
	if (!prepare_locked(head, entry, flags, function, state))
		return false;
	spin_unlock_irq(&head->lock);
	return true;
}

/* A wake-up has unlinked it, as a rule. */
static __always_inline void finish_locked(struct wait_queue_entry *entry)
{
	if (!list_empty(&entry->entry))
		list_del_init(&entry->entry);
}

void kapi_finish_locked(struct wait_queue_head *head, struct wait_queue_entry *entry)
{
	spin_lock(&head->lock);
	finish_locked(entry);
}

void kapi_finish_locked_irq(struct wait_queue_head *head, struct wait_queue_entry *entry)
{
	spin_lock_irq(&head->lock);
	finish_locked(entry);
}

void kapi_wake_up_pollfree(struct wait_queue_head *head)
{
	compat_wake_up_pollfree(head);
}

bool kapi_is_pollfree(const void *key)
{
	return key_to_poll((void *)key) & POLLFREE;
}

void kapi_init_mark(struct wait_queue_entry *mark, kapi_wake_function function)
{
	init_waitqueue_func_entry(mark, function);
	INIT_LIST_HEAD(&mark->entry);
}

void kapi_link_before(struct wait_queue_entry *entry, struct wait_queue_entry *mark)
{
	list_add_tail(&mark->entry, &entry->entry);
}

struct wait_queue_entry *kapi_first(struct wait_queue_head *head)
{
	return list_first_entry_or_null(&head->head, struct wait_queue_entry, entry);
}

struct wait_queue_entry *kapi_next(struct wait_queue_head *head, struct wait_queue_entry *entry)
{
	if (list_is_last(&entry->entry, &head->head))
		return NULL;
	return list_next_entry(entry, entry);
}

kapi_wake_function kapi_entry_function(const struct wait_queue_entry *entry)
{
	return entry->func;
}

bool kapi_entry_wake_task(struct wait_queue_entry *entry, unsigned int mode, int sync)
{
	if (!default_wake_function(entry, mode, sync, NULL))
		return false;
	list_del_init_careful(&entry->entry);
	return true;
}

static __always_inline int entry_wake(struct wait_queue_entry *entry, unsigned int mode, int sync,
				      void *key)
{
	/* A place that the kernel's own walk has marked has no function. */
	if (entry->flags & COMPAT_WQ_FLAG_BOOKMARK)
		return 0;
	return entry->func(entry, mode, sync, key);
}

int kapi_entry_wake(struct wait_queue_entry *entry, unsigned int mode, int sync, void *key)
{
	return entry_wake(entry, mode, sync, key);
}

int kapi_first_wake(struct wait_queue_head *head, unsigned int mode, int sync)
{
	if (list_empty(&head->head))
		return 0;
	return entry_wake(list_first_entry(&head->head, struct wait_queue_entry, entry), mode, sync,
			  NULL);
}

unsigned long kapi_head_lock(struct wait_queue_head *head)
{
	unsigned long irq_flags;

	spin_lock_irqsave(&head->lock, irq_flags);
	return irq_flags;
}

void kapi_head_unlock(struct wait_queue_head *head, unsigned long irq_flags)
{
	spin_unlock_irqrestore(&head->lock, irq_flags);
}

void kapi_head_lock_irq(struct wait_queue_head *head)
{
	spin_lock_irq(&head->lock);
}

void kapi_head_unlock_irq(struct wait_queue_head *head)
{
	spin_unlock_irq(&head->lock);
}

void kapi_head_lock_irq_on(struct wait_queue_head *head)
{
	spin_lock(&head->lock);
}

void kapi_head_unlock_irq_on(struct wait_queue_head *head)
{
	spin_unlock(&head->lock);
}

void kapi_head_lock_nested(struct wait_queue_head *head, struct spinlock *outer)
{
	spin_lock_nest_lock(&head->lock, outer);
}

void kapi_head_unlock_nested(struct wait_queue_head *head)
{
	spin_unlock(&head->lock);
}

bool kapi_head_is_locked(struct wait_queue_head *head)
{
	return spin_is_locked(&head->lock);
}

void kapi_head_assert_held(struct wait_queue_head *head)
{
	lockdep_assert_held(&head->lock);
}

bool kapi_has_sleeper(struct wait_queue_head *head)
{
	return wq_has_sleeper(head);
}

void kapi_freezable_schedule(void)
{
	compat_freezable_schedule();
}

long kapi_freezable_schedule_timeout(long timeout)
{
	return compat_freezable_schedule_timeout(timeout);
}

void kapi_set_current_state(unsigned int state)
{
	set_current_state(state);
}

void kapi_set_running(void)
{
	__set_current_state(TASK_RUNNING);
}

bool kapi_signal_pending_state(unsigned int state)
{
	return signal_pending_state(state, current);
}

void kapi_might_sleep(void)
{
	might_sleep();
}

void kapi_cond_resched(void)
{
	cond_resched();
}

bool kapi_signal_pending(void)
{
	return signal_pending(current);
}

long long kapi_now_ns(void)
{
	return ktime_get_ns();
}

unsigned long kapi_tick(void)
{
	return jiffies;
}

long long kapi_tick_ns(unsigned long tick)
{
	/* The clock first: a tick between the two makes the answer older, and never newer. */
	const long long now_ns = ktime_get_coarse_ns();

	return now_ns - (long long)(jiffies - tick) * TICK_NSEC;
}

long kapi_ns_to_jiffies(unsigned long long ns)
{
	/* nsecs_to_jiffies64() multiplies on some HZ; beyond this it could overflow. */
	ns = min_t(u64, ns, 1ULL << 60);
	return min_t(u64, nsecs_to_jiffies64(ns), MAX_JIFFY_OFFSET);
}

void kapi_spin_init(struct spinlock *lock, const char *name, struct lock_class_key *key)
{
	spin_lock_init(lock);
	lockdep_set_class_and_name(lock, key, name);
}

unsigned long kapi_spin_lock_irqsave(struct spinlock *lock)
{
	unsigned long irq_flags;

	spin_lock_irqsave(lock, irq_flags);
	return irq_flags;
}

void kapi_spin_unlock_irqrestore(struct spinlock *lock, unsigned long irq_flags)
{
	spin_unlock_irqrestore(lock, irq_flags);
}

void kapi_spin_lock_irq(struct spinlock *lock)
{
	spin_lock_irq(lock);
}

void kapi_spin_unlock_irq(struct spinlock *lock)
{
	spin_unlock_irq(lock);
}

bool kapi_spin_is_locked(struct spinlock *lock)
{
	return spin_is_locked(lock);
}

void kapi_spin_assert_held(struct spinlock *lock)
{
	lockdep_assert_held(lock);
}
