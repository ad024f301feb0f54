// SPDX-License-Identifier: GPL-2.0
// lock.hpp - locks of the kernel, held by scope.
#pragma once

#include "inline.hpp"
#include "kernel/seam.h"

namespace waitq {

// spinlock_t. Lives in zeroed or static storage; init() before first use.
class SpinLock {
public:
    SpinLock() = default;
    SpinLock(const SpinLock &) = delete;
    SpinLock &operator=(const SpinLock &) = delete;

    // `name` and `key` (static storage) give it a class of its own in lockdep's reports.
    WAITQ_INLINE void init(const char *name, lock_class_key *key)
    {
        kapi_spin_init(&lock_, name, key);
    }

    // From process context with interrupts on, which are off while it is held. Use SpinGuard where
    // the section is a scope.
    WAITQ_INLINE void lock_irq() { kapi_spin_lock_irq(&lock_); }
    WAITQ_INLINE void unlock_irq() { kapi_spin_unlock_irq(&lock_); }
    // Some CPU holds it.
    WAITQ_INLINE bool is_locked() { return kapi_spin_is_locked(&lock_); }
    // Asserts that the caller holds it. Lockdep checks that; without lockdep it costs nothing.
    WAITQ_INLINE void assert_held()
    {
        if constexpr (KAPI_LOCKDEP)
            kapi_spin_assert_held(&lock_);
    }
    WAITQ_INLINE spinlock *native() { return &lock_; }

private:
    friend class SpinGuard;
    spinlock lock_;
};

// Holds a SpinLock with interrupts off (spin_lock_irqsave) until the end of its scope.
// Any context. Nothing within the scope may sleep.
class [[nodiscard]] SpinGuard {
public:
    WAITQ_INLINE explicit SpinGuard(SpinLock &lock)
        : lock_(lock.lock_), irq_flags_(kapi_spin_lock_irqsave(&lock_))
    {}
    WAITQ_INLINE ~SpinGuard() { kapi_spin_unlock_irqrestore(&lock_, irq_flags_); }
    SpinGuard(const SpinGuard &) = delete;
    SpinGuard &operator=(const SpinGuard &) = delete;

private:
    spinlock &lock_;
    unsigned long irq_flags_;
};

} // namespace waitq
