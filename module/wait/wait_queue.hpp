// SPDX-License-Identifier: GPL-2.0
// wait_queue.hpp - the kernel's wait_queue_head_t, and a task's entry in it.
#pragma once

#include "../kernel/boundary.h"
#include "inline.hpp"

namespace waitq {

// What a wake-up calls for each WaitEntry: in the waker's context, under the head's lock,
// interrupts off. A static function, not a member: an inline member whose address is taken
// would be a COMDAT group.
[[maybe_unused]] static int wake_entry(wait_queue_entry *entry, unsigned int mode, int sync,
                                       void *key);

// Whether a wake-up that asks for n waiters counts this one.
enum class Exclusive : int { no = 0, yes = KAPI_WQ_FLAG_EXCLUSIVE };

// How many exclusive waiters a wake-up wakes. The others are always all woken.
class Wakes {
public:
    WAITQ_INLINE static constexpr Wakes one() { return Wakes(1); }
    WAITQ_INLINE static constexpr Wakes all() { return Wakes(0); }
    // n: 1 to INT_MAX.
    WAITQ_INLINE static constexpr Wakes exactly(int n) { return Wakes(n); }
    WAITQ_INLINE constexpr int native() const { return nr_; }

private:
    WAITQ_INLINE constexpr explicit Wakes(int nr) : nr_(nr) {}
    int nr_; // as the kernel has it: 0 is everyone
};

// A wait queue. One queue, one condition: tasks that wait for different things belong
// into different queues, or an exclusive wake-up may be spent on the wrong one.
//
// Lives in zeroed or static storage, is never moved, and outlives every waiter and
// every poller in it. Mirrors include/linux/wait.h and kernel/sched/wait.c.
class WaitQueue {
public:
    WaitQueue() = default;
    WaitQueue(const WaitQueue &) = delete;
    WaitQueue &operator=(const WaitQueue &) = delete;

    // Before first use. `name` and `key` (static storage) give the queue's lock a class
    // of its own in lockdep's reports; without that, all queues of a module share one.
    WAITQ_INLINE void init(const char *name, lock_class_key *key)
    {
        __init_waitqueue_head(&head_, name, key);
        woken_ = 0;
    }

    // Wakes the waiters in TASK_NORMAL (kernel: wake_up, wake_up_nr, wake_up_all). Make the
    // condition true first, under the lock that the waiter's condition takes.
    //
    // Context: any, hard irq included (on PREEMPT_RT: any that may take a spinlock_t).
    // Takes the head's lock; the walk is as long as the queue.
    // Returns how many tasks woke that were waiting in wait_event(), exclusive or not.
    WAITQ_INLINE unsigned long wake_up(Wakes wakes)
    {
        const unsigned long irq_flags = kapi_head_lock(&head_);
        woken_ = 0;
        __wake_up_locked(&head_, KAPI_TASK_NORMAL, wakes.native());
        const unsigned long woken = woken_;
        kapi_head_unlock(&head_, irq_flags);
        return woken;
    }

    // Tells pollers linked here by poll_wait() of the events in `mask` (kernel:
    // wake_up_poll). Only a queue that has no other entries: an exclusive poller would
    // take a wake-up that was meant for a waiter.
    // Context: as wake_up().
    WAITQ_INLINE void wake_up_poll(unsigned int mask) { kapi_wake_up_poll(&head_, mask); }

    // True if somebody is linked. A full barrier comes first (kernel: wq_has_sleeper): it
    // pairs with set_current_state() in prepare_to_wait_event(), so a waker that has
    // made the condition true and sees nobody here has no one to wake:
    //
    //   waker                        waiter
    //   condition = true             link itself, set its state
    //   full barrier                 full barrier
    //   linked? no: don't wake       condition? true: don't sleep
    //
    // Context: any.
    WAITQ_INLINE bool has_sleeper() { return kapi_has_sleeper(&head_); }

    // The kernel's object, for what this layer has no word for (poll_wait).
    WAITQ_INLINE wait_queue_head *native() { return &head_; }

private:
    friend class WaitEntry;
    friend int wake_entry(wait_queue_entry *entry, unsigned int mode, int sync, void *key);
    wait_queue_head head_;
    unsigned long woken_; // by the walk that is going on; guarded by the head's lock
};

// The current task's entry in a queue: lives on its stack for the length of one wait.
// Used by wait_event(); by itself only for sleeping by hand.
class WaitEntry {
public:
    WAITQ_INLINE WaitEntry(WaitQueue &queue, Exclusive exclusive) : queue_(queue)
    {
        kapi_init_wait_entry(&entry_, static_cast<int>(exclusive), wake_entry);
    }
    WaitEntry(const WaitEntry &) = delete;
    WaitEntry &operator=(const WaitEntry &) = delete;

    // Links the entry if it is not linked and sets the task's state; from here until
    // finish() the task must not sleep but by schedule(). Returns true if a signal that
    // `state` heeds is pending: then the entry is not linked, so no exclusive wake-up
    // can be spent on a task that leaves.
    WAITQ_INLINE bool prepare(int state)
    {
        return prepare_to_wait_event(&queue_.head_, &entry_, state) != 0;
    }
    // The task runs again, the entry is unlinked. Always, once prepare() was called. Returns
    // true if the entry was not linked: a wake-up, or prepare(), had taken it out.
    WAITQ_INLINE bool finish() { return kapi_finish_wait(&queue_.head_, &entry_); }

private:
    friend int wake_entry(wait_queue_entry *entry, unsigned int mode, int sync, void *key);

    wait_queue_entry entry_; // first: wake_entry() finds the WaitEntry by it
    WaitQueue &queue_;
};

[[maybe_unused]] static int wake_entry(wait_queue_entry *entry, unsigned int mode, int sync,
                                       void *key)
{
    // The queue is fetched before the task is woken, because a woken waiter is gone
    // without taking the head's lock:
    //
    //   waker (head locked)              waiter
    //   try_to_wake_up(), unlink
    //                                    finish_wait(): unlinked already, no lock
    //                                    returns; this entry's stack is reused
    //   must not touch the entry here
    WaitQueue &queue = reinterpret_cast<WaitEntry *>(entry)->queue_;
    const int woke = autoremove_wake_function(entry, mode, sync, key);
    if (woke > 0)
        ++queue.woken_;
    return woke;
}

} // namespace waitq
