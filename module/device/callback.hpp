// SPDX-License-Identifier: GPL-2.0
// callback.hpp - entries with a wake function of the device's own (init_waitqueue_func_entry).
#pragma once

#include "../wait/by_hand.hpp"
#include "awaited.hpp"

namespace waitq {

extern "C" {
// Does what enum waitq_callback says.
int waitq_call_back(wait_queue_entry *entry, unsigned int mode, int sync, void *key);
// The same in a Mortal, which may end.
int waitq_call_back_poller(wait_queue_entry *entry, unsigned int mode, int sync, void *key);
}

struct FuncEntry : LinkedEntry {
    WAITQ_INLINE FuncEntry(CountedQueue &queue, const Awaited &awaited, kapi_wake_function function)
        : LinkedEntry(queue, awaited.exclusive, function), callback(awaited.request.callback),
          key(awaited.request.key)
    {
        set_about(&awaited.about);
    }
    WAITQ_INLINE static FuncEntry &of(wait_queue_entry *entry)
    {
        return static_cast<FuncEntry &>(CountedEntry::of(entry));
    }
    WAITQ_INLINE static bool is(const wait_queue_entry *entry)
    {
        const kapi_wake_function function = kapi_entry_function(entry);
        return function == waitq_call_back || function == waitq_call_back_poller;
    }

    const __u32 callback, key;
    unsigned long calls = 0; // guarded by the head's lock
};

} // namespace waitq
