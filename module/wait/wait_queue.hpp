// SPDX-License-Identifier: GPL-2.0
// wait_queue.hpp - the kernel's wait_queue_head_t.
#pragma once

#include "lock.hpp"

namespace waitq {

// (Simulated kernels, which have few waiters, have fewer.)
#ifndef WAITQ_CHUNK
#define WAITQ_CHUNK 64
#endif

// The waiters that a wake-up wakes: of those that its mode matches, each one that is not exclusive,
// and so many exclusive ones. A plain value.
class Wakes {
public:
    // The number of exclusive waiters. n: 1 to INT_MAX.
    WAITQ_INLINE static constexpr Wakes one() { return exactly(1); }
    WAITQ_INLINE static constexpr Wakes all() { return exactly(0); }
    WAITQ_INLINE static constexpr Wakes exactly(int n) { return {n, KAPI_TASK_NORMAL, false, 0}; }

    // Without those in TaskState::uninterruptible, killable or idle (kernel: _interruptible).
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

// The wake function of a walk's marks: does nothing, wakes no task. Defined in wait_entry.cpp.
extern "C" int waitq_pass_mark(wait_queue_entry *entry, unsigned int mode, int sync, void *key);

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
    // Takes the head's lock. Wakes::all() gives it back after each `chunk` of waiters, so that
    // interrupts (if they are on) and other CPUs come between; the kernel's own walk has not done
    // that since 6.7. Any other wake-up wakes all waiters that are not exclusive in one go.
    // Wakes::all() does not wake a waiter that links itself after it has begun. That waiter needs
    // no wake-up: the condition was true by then.
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
    // take a wake-up that was meant for a waiter. pause() as for walk().
    // Context: as wake_up().
    template <class Pause>
    WAITQ_INLINE void wake_up_poll(unsigned int mask, Pause pause)
    {
        walk(
            [&](wait_queue_entry * entry)
                __attribute__((always_inline)) { return wake_poller(entry, mask); },
            pause);
    }

    // Wakes everyone. Each wake function must unlink its entry: the queue is about to go, and its
    // memory must outlast an RCU grace period (kernel: wake_up_pollfree).
    // Context: as wake_up().
    WAITQ_INLINE void wake_up_pollfree() { kapi_wake_up_pollfree(&head_); }

    // The head's own lock, from process context with interrupts on, which are off while it is
    // held; or stay on, for heads that no interrupt locks. Use HeadGuard where the section is a
    // scope.
    WAITQ_INLINE void lock_irq() { kapi_head_lock_irq(&head_); }
    WAITQ_INLINE void unlock_irq() { kapi_head_unlock_irq(&head_); }
    WAITQ_INLINE void lock_irq_on() { kapi_head_lock_irq_on(&head_); }
    WAITQ_INLINE void unlock_irq_on() { kapi_head_unlock_irq_on(&head_); }
    // The same within SpinLock::lock_irq() of `outer`, for those who hold the locks of several
    // heads, in any order: all of them hold `outer`.
    WAITQ_INLINE void lock_nested(SpinLock &outer)
    {
        kapi_head_lock_nested(&head_, outer.native());
    }
    WAITQ_INLINE void unlock_nested() { kapi_head_unlock_nested(&head_); }
    // Asserts that the caller holds it, as SpinLock::assert_held().
    WAITQ_INLINE void assert_held()
    {
        if constexpr (KAPI_LOCKDEP)
            kapi_head_assert_held(&head_);
    }

    // True if an entry is linked. A full barrier comes first (kernel: wq_has_sleeper): it
    // pairs with set_current_state() in prepare_to_wait_event(), so a waker that has
    // made the condition true and sees no entry here has no task to wake:
    //
    //   waker                        waiter
    //   condition = true             link itself, set its state
    //   full barrier                 full barrier
    //   linked? no: don't wake       condition? true: don't sleep
    //
    // Context: any.
    WAITQ_INLINE bool has_sleeper() { return kapi_has_sleeper(&head_); }

    // Calls visit(entry) for each entry, with the head's lock held, and pause() without it after
    // each `chunk` of them. An entry that is linked meanwhile is not visited, and one that stays is
    // visited once. visit() returns false to end the walk. (It meets marks too: is_mark().)
    // Context: as wake_up(); pause() must not sleep unless the caller may.
    template <class Visit, class Pause>
    WAITQ_INLINE void walk(Visit visit, Pause pause)
    {
        unsigned long irq_flags = kapi_head_lock(&head_);
        walk_held(
            visit, [&]() __attribute__((always_inline)) {
                kapi_head_unlock(&head_, irq_flags);
                pause();
                irq_flags = kapi_head_lock(&head_);
            });
        kapi_head_unlock(&head_, irq_flags);
    }
    template <class Visit>
    WAITQ_INLINE void walk(Visit visit)
    {
        walk(visit, []() __attribute__((always_inline)){});
    }

    // The same with the head's lock held by the caller: between() gives it back and takes it again,
    // after each `most` entries.
    //
    // Two marks keep the place meanwhile: one stands between the visited and the others, and one at
    // the end, so that the walk does not reach an entry that is linked later.
    template <unsigned int most = chunk, class Visit, class Between>
    WAITQ_INLINE void walk_held(Visit visit, Between between)
    {
        WAITQ_UNINITIALIZED wait_queue_entry place, end;
        wait_queue_entry *next = kapi_first(&head_), *stop = nullptr;
        while ((next = visit_some<(most >= chunk)>(next, stop, most, visit))) {
            if (!stop) {
                kapi_init_mark(&place, waitq_pass_mark);
                kapi_init_mark(&end, waitq_pass_mark);
                kapi_link_last(&head_, stop = &end);
            }
            kapi_link_before(next, &place);
            between();
            next = kapi_next(&head_, &place);
            kapi_unlink(&head_, &place);
        }
        if (stop)
            kapi_unlink(&head_, stop);
    }

    // Wakes the first waiter, with the head's lock held: the quick way where nobody else waits, or
    // all are exclusive. False: it did not wake, or there is none; or the first entry is a mark.
    // The caller then walks.
    WAITQ_INLINE bool wake_first_locked(int sync)
    {
        assert_held();
        return kapi_first_wake(&head_, KAPI_TASK_NORMAL, sync) > 0;
    }

    // The same with the head's lock held by the caller, all in one go.
    template <class Visit>
    WAITQ_INLINE void walk_locked(Visit visit)
    {
        (void)visit_some<true>(kapi_first(&head_), nullptr, ~0U, visit);
    }
    // Up to one chunk of it. True: it did not come to the end, and visit() did not end it.
    template <class Visit>
    WAITQ_INLINE bool walk_chunk(Visit visit)
    {
        return visit_some<true>(kapi_first(&head_), nullptr, chunk, visit) != nullptr;
    }

    // The entry is a mark of some walk, and no waiter's: another walk may have left it. Waking it
    // does nothing. Head's lock held.
    WAITQ_INLINE static bool is_mark(const wait_queue_entry *entry)
    {
        return kapi_entry_function(entry) == waitq_pass_mark ||
               (kapi_entry_flags(entry) & KAPI_WQ_FLAG_BOOKMARK);
    }

    // The kernel's object, for functions that this layer does not have (poll_wait).
    WAITQ_INLINE wait_queue_head *native() { return &head_; }

protected:
    // Up to `most` steps of a walk from `entry` to before `stop` (null: to the end). Returns the
    // next entry, or null: the walk is over, by its end or by visit(). An entry may unlink itself
    // in visit(), and no other does meanwhile (kernel: list_for_each_entry_safe, in
    // __wake_up_common). Head's lock held.
    //
    // Two walks that take turns of a few steps must not spend them on each other's marks, or each
    // would put its own before the same entry for ever:
    //
    //   walk A                             walk B
    //   passes B's mark: 1 step; links its own before e
    //                                      passes A's mark: 1 step; links its own before e
    //
    // So where there are fewer than a chunk, a mark is no step; but of marks alone it passes a
    // chunk at most.
    template <bool marks_are_steps, class Visit>
    WAITQ_INLINE wait_queue_entry *visit_some(wait_queue_entry *entry, wait_queue_entry *stop,
                                              unsigned int most, Visit visit)
    {
        assert_held();
        unsigned int steps = 0, marks = 0;
        while (entry != stop) {
            if (steps == most || marks == chunk)
                return entry;
            wait_queue_entry *next = kapi_next(&head_, entry);
            if (!marks_are_steps && is_mark(entry))
                ++marks;
            else
                ++steps;
            if (!visit(entry))
                return nullptr;
            entry = next;
        }
        return nullptr;
    }

    WAITQ_INLINE static void *native_key(Wakes wakes)
    {
        return reinterpret_cast<void *>(static_cast<unsigned long>(wakes.key));
    }
    // One step of a walk that tells pollers: it ends at the first exclusive one that it wakes.
    WAITQ_INLINE static bool wake_poller(wait_queue_entry *entry, unsigned int mask)
    {
        const Wakes wakes = Wakes::one().with_key(mask);
        const bool exclusive = kapi_entry_flags(entry) & KAPI_WQ_FLAG_EXCLUSIVE;
        return kapi_entry_wake(entry, wakes.mode, 0, native_key(wakes)) <= 0 || !exclusive;
    }
    // One step of a wake-up's walk. Head's lock held. False: ends it.
    WAITQ_INLINE static bool wake_one(wait_queue_entry *entry, Wakes wakes)
    {
        return kapi_entry_wake(entry, wakes.mode, 0, native_key(wakes)) >= 0;
    }

    wait_queue_head head_;
};

// The number of tasks that a wake-up woke, of those that wait by a CountedEntry, and the number of
// exclusive waiters among them.
struct Woken {
    unsigned long long tasks, exclusive;

    WAITQ_INLINE void operator+=(Woken other)
    {
        tasks += other.tasks;
        exclusive += other.exclusive;
    }
    WAITQ_INLINE Woken operator-(Woken other) const
    {
        return {tasks - other.tasks, exclusive - other.exclusive};
    }
};

// A wait queue whose wake-ups tell how many tasks they woke. (The kernel's own tell the number of
// exclusive ones, since 6.2.)
class CountedQueue : public WaitQueue {
public:
    // As WaitQueue's.
    WAITQ_INLINE Woken wake_up(Wakes wakes)
    {
        if (wakes.nr == 0)
            return wake_all(wakes);
        const unsigned long irq_flags = kapi_head_lock(&head_);
        const Woken woken = wake_locked(wakes);
        kapi_head_unlock(&head_, irq_flags);
        return woken;
    }
    WAITQ_INLINE Woken wake_locked(Wakes wakes)
    {
        assert_held();
        const Woken before = woken_;
        WaitQueue::wake_locked(wakes);
        return woken_ - before;
    }
    // By all wake-ups so far. Head's lock held, if anybody may still wake.
    WAITQ_INLINE Woken woken() const { return woken_; }

    // For a wake function that woke the task of a CountedEntry with these flags. Head's lock held.
    WAITQ_INLINE void count_woken(unsigned int flags)
    {
        assert_held();
        woken_ += {1, (flags & KAPI_WQ_FLAG_EXCLUSIVE) != 0};
    }

private:
    WAITQ_INLINE Woken wake_all(Wakes wakes)
    {
        Woken woken{0, 0};
        walk([&](wait_queue_entry * entry) __attribute__((always_inline)) {
            // Other wake-ups may count here while the lock is not held.
            const Woken before = woken_;
            const bool go_on = wake_one(entry, wakes);
            woken += woken_ - before;
            return go_on;
        });
        return woken;
    }

    Woken woken_; // since init(); guarded by the head's lock
};

// Holds a head's own lock until the end of its scope (kernel: wait_queue_head_t.lock), for users
// whose condition it guards. Any context. Nothing within the scope may sleep.
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

// The same from process context with interrupts on: a little quicker.
class [[nodiscard]] HeadIrqGuard {
public:
    WAITQ_INLINE explicit HeadIrqGuard(WaitQueue &queue) : queue_(queue) { queue_.lock_irq(); }
    WAITQ_INLINE ~HeadIrqGuard() { queue_.unlock_irq(); }
    HeadIrqGuard(const HeadIrqGuard &) = delete;
    HeadIrqGuard &operator=(const HeadIrqGuard &) = delete;

private:
    WaitQueue &queue_;
};

} // namespace waitq
