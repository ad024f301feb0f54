// SPDX-License-Identifier: GPL-2.0
// wait_entry.hpp - a task's entry in a wait queue.
#pragma once

#include "wait_queue.hpp"

namespace waitq {

// A wake-up for n waiters counts the exclusive ones.
enum class Exclusive : int { no = 0, yes = KAPI_WQ_FLAG_EXCLUSIVE };

// The current task's entry in a queue: lives on its stack for the length of one wait.
// Used by wait_event(); by itself only for sleeping by hand. A wake-up that wakes the task
// unlinks it (kernel: DEFINE_WAIT).
class WaitEntry {
public:
    // The seam initialises the entry: kapi_prepare_locked().
    struct Later {};

    WAITQ_INLINE explicit WaitEntry(Exclusive exclusive)
    {
        init_wait_entry(&entry_, static_cast<int>(exclusive));
    }
    WAITQ_INLINE explicit WaitEntry(Later) {}
    WaitEntry(const WaitEntry &) = delete;
    WaitEntry &operator=(const WaitEntry &) = delete;

    // Links the entry if it is not linked and sets the task's state; from here until
    // finish() the task must not sleep but by schedule(). Returns true if a signal that
    // `state` heeds is pending: then the entry is not linked, so no exclusive wake-up
    // can be spent on a task that leaves.
    WAITQ_INLINE bool prepare(WaitQueue &queue, int state)
    {
        return prepare_to_wait_event(queue.native(), &entry_, state) != 0;
    }
    // Sets the task running and unlinks the entry. One of these two must follow prepare().
    WAITQ_INLINE void finish(WaitQueue &queue) { finish_wait(queue.native(), &entry_); }
    // Returns true if the entry was not linked: a wake-up, or prepare(), had taken it out.
    WAITQ_INLINE bool finish_and_tell(WaitQueue &queue)
    {
        return kapi_finish_wait(queue.native(), &entry_);
    }

    WAITQ_INLINE wait_queue_entry *native() { return &entry_; }
    WAITQ_INLINE static kapi_wake_function wake_function() { return autoremove_wake_function; }

    // With a wake function of the caller's.
    WAITQ_INLINE WaitEntry(Exclusive exclusive, kapi_wake_function function)
    {
        kapi_init_wait_entry(&entry_, static_cast<int>(exclusive), function);
    }

private:
    wait_queue_entry entry_; // first: CountedEntry::of() finds itself by it
};

// The wake functions of a CountedEntry. They run in the waker's context, under the head's lock,
// interrupts off. Defined in wait_entry.cpp, and not here: an inline function whose address is
// taken would be a COMDAT group.
extern "C" {
// Wakes the task and, if that did wake it, unlinks the entry (kernel: DEFINE_WAIT).
int waitq_wake_entry(wait_queue_entry *entry, unsigned int mode, int sync, void *key);
// Wakes the task; the entry stays linked (kernel: DECLARE_WAITQUEUE). A LinkedEntry's.
int waitq_wake_linked(wait_queue_entry *entry, unsigned int mode, int sync, void *key);
// Leaves a note for wait_woken() and wakes the task (kernel: woken_wake_function).
int waitq_wake_noted(wait_queue_entry *entry, unsigned int mode, int sync, void *key);
}

// An entry in a CountedQueue: its wake-up is counted, and it may have info for onlookers.
class CountedEntry : public WaitEntry {
public:
    WAITQ_INLINE CountedEntry(CountedQueue &queue, Exclusive exclusive,
                              kapi_wake_function function = waitq_wake_entry)
        : WaitEntry(exclusive, function), queue_(queue)
    {}

    WAITQ_INLINE CountedEntry(CountedQueue &queue, Later later) : WaitEntry(later), queue_(queue) {}
    WAITQ_INLINE static kapi_wake_function wake_function() { return waitq_wake_entry; }

    // Facts about the waiter for onlookers, in a type of the module's. Before it is linked.
    WAITQ_INLINE void set_waiter_info(const void *info) { waiter_info_ = info; }
    // Head's lock held, or by the waiter itself.
    WAITQ_INLINE const void *waiter_info() const { return waiter_info_; }

    WAITQ_INLINE CountedQueue &queue() const { return queue_; }

    // The CountedEntry around a kernel's entry, whose function is one of those above.
    WAITQ_INLINE static CountedEntry &of(wait_queue_entry *entry)
    {
        return *reinterpret_cast<CountedEntry *>(entry);
    }
    WAITQ_INLINE static bool is(const wait_queue_entry *entry)
    {
        const kapi_wake_function function = kapi_entry_function(entry);
        return function == waitq_wake_entry || function == waitq_wake_linked ||
               function == waitq_wake_noted;
    }

private:
    CountedQueue &queue_;
    const void *waiter_info_ = nullptr;
};

// An entry that stays linked when its task is woken (kernel: DECLARE_WAITQUEUE).
class LinkedEntry : public CountedEntry {
public:
    WAITQ_INLINE LinkedEntry(CountedQueue &queue, Exclusive exclusive,
                             kapi_wake_function function = waitq_wake_linked)
        : CountedEntry(queue, exclusive, function)
    {}
    WAITQ_INLINE static LinkedEntry &of(wait_queue_entry *entry)
    {
        return static_cast<LinkedEntry &>(CountedEntry::of(entry));
    }

    unsigned long given = 0; // wake-ups; guarded by the head's lock
};

// The entry that goes with a kind of queue: Exclusive, or Later.
template <class How>
WAITQ_INLINE WaitEntry entry_for(WaitQueue &, How how)
{
    return WaitEntry(how);
}
template <class How>
WAITQ_INLINE CountedEntry entry_for(CountedQueue &queue, How how)
{
    return CountedEntry(queue, how);
}

} // namespace waitq
