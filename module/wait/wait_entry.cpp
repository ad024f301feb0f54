// SPDX-License-Identifier: GPL-2.0
// wait_entry.cpp - the wake functions.
#include "wait_entry.hpp"

namespace waitq {

int waitq_pass_mark(wait_queue_entry *, unsigned int, int, void *)
{
    return 0;
}

int waitq_wake_entry(wait_queue_entry *entry, unsigned int mode, int sync, void *)
{
    // The queue and the flags are read before the task is woken, because a woken waiter may return
    // without taking the head's lock:
    //
    //   waker (head locked)              waiter
    //   try_to_wake_up(), unlink
    //                                    finish_wait(): unlinked already, no lock
    //                                    returns; this entry's stack is reused
    //   must not touch the entry here
    CountedQueue &queue = CountedEntry::of(entry).queue();
    const unsigned int flags = kapi_entry_flags(entry);
    if (!kapi_entry_wake_task(entry, mode, sync))
        return 0;
    queue.count_woken(flags);
    return 1;
}

int waitq_wake_linked(wait_queue_entry *entry, unsigned int mode, int sync, void *key)
{
    // The entry stays linked until its task takes the head's lock, so it is still there afterwards.
    const int woke = default_wake_function(entry, mode, sync, key);
    if (woke > 0) {
        ++LinkedEntry::of(entry).given;
        CountedEntry::of(entry).queue().count_woken(kapi_entry_flags(entry));
    }
    return woke;
}

int waitq_wake_noted(wait_queue_entry *entry, unsigned int mode, int sync, void *key)
{
    const int woke = woken_wake_function(entry, mode, sync, key);
    if (woke > 0)
        CountedEntry::of(entry).queue().count_woken(kapi_entry_flags(entry));
    return woke;
}

} // namespace waitq
