// SPDX-License-Identifier: GPL-2.0
// callback.hpp - entries with a wake function of the lab's own (init_waitqueue_func_entry).
#pragma once

#include "../wait/by_hand.hpp"
#include "wait_call.hpp"

namespace waitq::lab {

extern "C" {
// Does what enum lab_callback says. Head's lock held, as for the next.
int lab_call_back(wait_queue_entry *entry, unsigned int mode, int sync, void *key);
// The same in a PollfreeQueue, which may end.
int lab_call_back_poller(wait_queue_entry *entry, unsigned int mode, int sync, void *key);
}

struct FuncEntry : LinkedEntry {
    WAITQ_INLINE FuncEntry(CountedQueue &queue, const WaitCall &call, kapi_wake_function function)
        : LinkedEntry(queue, call.exclusive, function), callback(call.request.callback),
          key(call.request.key)
    {
        set_waiter_info(&call.info);
    }
    WAITQ_INLINE static FuncEntry &of(wait_queue_entry *entry)
    {
        return static_cast<FuncEntry &>(CountedEntry::of(entry));
    }
    WAITQ_INLINE static bool is(const wait_queue_entry *entry)
    {
        const kapi_wake_function function = kapi_entry_function(entry);
        return function == lab_call_back || function == lab_call_back_poller;
    }

    const __u32 callback; // enum lab_callback
    const __u32 key;
    unsigned long calls = 0; // guarded by the head's lock
};

} // namespace waitq::lab
