// SPDX-License-Identifier: GPL-2.0
// wait_queue.hpp - the kernel's wait_queue_head_t.
#pragma once

#include "../kernel/boundary.h"
#include "inline.hpp"

namespace waitq {

// (Simulated kernels, which have few waiters, have fewer.)
#ifndef WAITQ_CHUNK
#define WAITQ_CHUNK 64
#endif

// Which waiters a wake-up wakes. Of those that it can wake, it wakes all that are not
// exclusive. A plain value.
class Wakes {
public:
    // How many exclusive waiters. n: 1 to INT_MAX.
    WAITQ_INLINE static constexpr Wakes one() { return exactly(1); }
    WAITQ_INLINE static constexpr Wakes all() { return exactly(0); }
    WAITQ_INLINE static constexpr Wakes exactly(int n) { return {n, KAPI_TASK_NORMAL, false, 0}; }

    // Not those in TaskState::uninterruptible, killable or idle (kernel: _interruptible).
    WAITQ_INLINE constexpr Wakes interruptible_only() const
    {
        return {nr, KAPI_TASK_INTERRUPTIBLE, sync, key};
    }
    // The waker is about to sleep and keeps its CPU until then (kernel: _sync). one() only.
    WAITQ_INLINE constexpr Wakes by_one_who_sleeps() const { return {nr, mode, true, key}; }
    // A mask for the wake functions of the entries (kernel: _poll). one() only.
    WAITQ_INLINE constexpr Wakes with_key(unsigned int mask) const
    {
        return {nr, mode, sync, mask};
    }

    int nr; // as the kernel has it: 0 is everyone
    unsigned int mode;
    bool sync;
    unsigned int key;
};

// A wait queue. One queue, one condition: tasks that wait for different things belong
// into different queues, or an exclusive wake-up may be spent on the wrong one.
//
// Lives in zeroed or static storage, is never moved, and outlives every waiter and
// every poller in it. Mirrors include/linux/wait.h and kernel/sched/wait.c.
class WaitQueue {
public:
    // The longest that wake_up(Wakes::all()) holds the head's lock, in waiters.
    static constexpr unsigned int chunk = WAITQ_CHUNK;

    WaitQueue() = default;
    WaitQueue(const WaitQueue &) = delete;
    WaitQueue &operator=(const WaitQueue &) = delete;

    // Before first use. `name` and `key` (static storage) give the queue's lock a class
    // of its own in lockdep's reports; without that, all queues of a module share one.
    WAITQ_INLINE void init(const char *name, lock_class_key *key)
    {
        __init_waitqueue_head(&head_, name, key);
    }

    // Wakes waiters (kernel: wake_up and its kin). Make the condition true first, under the
    // lock that the waiter's condition takes.
    //
    // Context: any, hard irq included (on PREEMPT_RT: any that may take a spinlock_t).
    // Takes the head's lock. Wakes::all() gives it back after each `chunk` of waiters, for
    // interrupts (if they are on) and others to come between, which the kernel's own has not done
    // since 6.7; any other wakes all who are not exclusive in one go.
    // Who links itself after it has begun is not woken by Wakes::all(), and need not be: the
    // condition was true by then.
    WAITQ_INLINE void wake_up(Wakes wakes)
    {
        if (wakes.nr == 0)
            walk([&](wait_queue_entry * entry)
                     __attribute__((always_inline)) { return wake_one(entry, wakes); });
        else if (wakes.sync)
            __wake_up_sync_key(&head_, wakes.mode, native_key(wakes));
        else
            __wake_up(&head_, wakes.mode, wakes.nr, native_key(wakes));
    }

    // The same with the head's lock held by the caller, all in one go (kernel: _locked).
    WAITQ_INLINE void wake_locked(Wakes wakes)
    {
        if (wakes.sync)
            __wake_up_locked_sync_key(&head_, wakes.mode, native_key(wakes));
        else if (wakes.key)
            __wake_up_locked_key(&head_, wakes.mode, native_key(wakes));
        else
            __wake_up_locked(&head_, wakes.mode, wakes.nr);
    }

    // Tells pollers linked here by poll_wait() of the events in `mask` (kernel:
    // wake_up_poll). Only a queue that has no other entries: an exclusive poller would
    // take a wake-up that was meant for a waiter.
    // Context: as wake_up().
    WAITQ_INLINE void wake_up_poll(unsigned int mask) { kapi_wake_up_poll(&head_, mask); }

    // Wakes everyone, whose wake functions must unlink themselves: the queue is about to go, and
    // its memory must outlast an RCU grace period (kernel: wake_up_pollfree).
    // Context: as wake_up().
    WAITQ_INLINE void wake_up_pollfree() { kapi_wake_up_pollfree(&head_); }

    // The head's own lock, from process context with interrupts on, which are off while it is
    // held; or stay on, for heads that no interrupt locks. For what has no scope: see HeadGuard.
    WAITQ_INLINE void lock_irq() { kapi_head_lock_irq(&head_); }
    WAITQ_INLINE void unlock_irq() { kapi_head_unlock_irq(&head_); }
    WAITQ_INLINE void lock_irq_on() { kapi_head_lock_irq_on(&head_); }
    WAITQ_INLINE void unlock_irq_on() { kapi_head_unlock_irq_on(&head_); }

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

    // Calls visit(entry) for each entry, the head's lock held, and pause() with it not held
    // after each `chunk` of them. Who links itself meanwhile is not visited, and nobody twice
    // who stays. visit() returns false to end it.
    // Context: as wake_up(); pause() must not sleep unless the caller may.
    template <class Visit, class Pause>
    WAITQ_INLINE void walk(Visit visit, Pause pause)
    {
        kapi_walk walk;
        unsigned long irq_flags = kapi_head_lock(&head_);
        kapi_walk_begin(&walk, &head_);
        for (unsigned int n = 0;; ++n) {
            if (n == chunk) {
                kapi_head_unlock(&head_, irq_flags);
                pause();
                irq_flags = kapi_head_lock(&head_);
                n = 0;
            }
            wait_queue_entry *entry = kapi_walk_next(&walk);
            if (!entry || !visit(entry))
                break;
        }
        kapi_walk_end(&walk);
        kapi_head_unlock(&head_, irq_flags);
    }

    template <class Visit>
    WAITQ_INLINE void walk(Visit visit)
    {
        walk(visit, []() __attribute__((always_inline)){});
    }

    // The kernel's object, for what this layer has no word for (poll_wait).
    WAITQ_INLINE wait_queue_head *native() { return &head_; }

protected:
    WAITQ_INLINE static void *native_key(Wakes wakes)
    {
        return reinterpret_cast<void *>(static_cast<unsigned long>(wakes.key));
    }
    // One step of the walk that a wake-up is. Head's lock held. False: ends it.
    WAITQ_INLINE static bool wake_one(wait_queue_entry *entry, Wakes wakes)
    {
        return kapi_entry_wake(entry, wakes.mode, wakes.sync, native_key(wakes)) >= 0;
    }

    wait_queue_head head_;
};

// A wait queue whose wake-ups tell how many tasks they woke: exclusive or not, of those that wait
// by a CountedEntry. (The kernel tells of the exclusive ones, since 6.2.)
class CountedQueue : public WaitQueue {
public:
    // As WaitQueue's. Return the tasks woken.
    WAITQ_INLINE unsigned long wake_up(Wakes wakes)
    {
        if (wakes.nr == 0)
            return wake_all(wakes);
        const unsigned long irq_flags = kapi_head_lock(&head_);
        const unsigned long woken = wake_locked(wakes);
        kapi_head_unlock(&head_, irq_flags);
        return woken;
    }
    WAITQ_INLINE unsigned long wake_locked(Wakes wakes)
    {
        woken_ = 0;
        WaitQueue::wake_locked(wakes);
        return woken_;
    }

    // A wake function woke a CountedEntry's task. Head's lock held.
    WAITQ_INLINE void count_woken() { ++woken_; }

private:
    WAITQ_INLINE unsigned long wake_all(Wakes wakes)
    {
        unsigned long woken = 0;
        walk([&](wait_queue_entry * entry) __attribute__((always_inline)) {
            // Others may wake here whenever the lock is not held, so the count is taken
            // entry by entry.
            woken_ = 0;
            const bool go_on = wake_one(entry, wakes);
            woken += woken_;
            return go_on;
        });
        return woken;
    }

    unsigned long woken_; // by the walk that is going on; guarded by the head's lock
};

// Holds a head's own lock until the end of its scope (kernel: wait_queue_head_t.lock), for
// those to whom it guards their condition. Any context. Nothing within the scope may sleep.
class [[nodiscard]] HeadGuard {
public:
    WAITQ_INLINE explicit HeadGuard(WaitQueue &queue)
        : queue_(queue), irq_flags_(kapi_head_lock(queue.native()))
    {}
    WAITQ_INLINE ~HeadGuard() { kapi_head_unlock(queue_.native(), irq_flags_); }
    HeadGuard(const HeadGuard &) = delete;
    HeadGuard &operator=(const HeadGuard &) = delete;

private:
    WaitQueue &queue_;
    unsigned long irq_flags_;
};

} // namespace waitq
