// SPDX-License-Identifier: GPL-2.0
// lock.hpp - locks of the kernel, held by scope.
#pragma once

#include "../kernel/boundary.h"
#include "inline.hpp"

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

    // From process context with interrupts on, which are off while it is held. For what has
    // no scope: see SpinGuard.
    WAITQ_INLINE void lock_irq() { kapi_spin_lock_irq(&lock_); }
    WAITQ_INLINE void unlock_irq() { kapi_spin_unlock_irq(&lock_); }
    // Somebody holds it.
    WAITQ_INLINE bool is_locked() { return kapi_spin_is_locked(&lock_); }
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

// struct mutex, as SpinLock.
class Mutex {
public:
    Mutex() = default;
    Mutex(const Mutex &) = delete;
    Mutex &operator=(const Mutex &) = delete;

    WAITQ_INLINE void init() { kapi_mutex_init(&mutex_); }

private:
    friend class MutexGuard;
    mutex mutex_;
};

// Holds a Mutex until the end of its scope. Process context; taking it may sleep,
// uninterruptibly.
class [[nodiscard]] MutexGuard {
public:
    WAITQ_INLINE explicit MutexGuard(Mutex &mutex) : mutex_(mutex.mutex_)
    {
        kapi_mutex_lock(&mutex_);
    }
    WAITQ_INLINE ~MutexGuard() { kapi_mutex_unlock(&mutex_); }
    MutexGuard(const MutexGuard &) = delete;
    MutexGuard &operator=(const MutexGuard &) = delete;

private:
    mutex &mutex_;
};

} // namespace waitq
