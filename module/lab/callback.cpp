// SPDX-License-Identifier: GPL-2.0
// callback.cpp - the wake functions of the kind init_waitqueue_func_entry.
#include "callback.hpp"

#include "pollfree.hpp"

namespace waitq::lab {
namespace {

bool matches(const FuncEntry &entry, const void *key)
{
    const auto mask = static_cast<__u32>(reinterpret_cast<unsigned long>(key));
    return mask == 0 || entry.key == 0 || (mask & entry.key) != 0;
}

} // namespace

int lab_call_back(wait_queue_entry *native, unsigned int mode, int sync, void *key)
{
    FuncEntry &entry = FuncEntry::of(native);
    entry.queue().assert_held();
    ++entry.calls;
    switch (static_cast<lab_callback>(entry.callback)) {
    case LAB_CALLBACK_REFUSE:
        return 0;
    case LAB_CALLBACK_END:
        waitq_wake_linked(native, mode, sync, key);
        return -1;
    case LAB_CALLBACK_WAKE:
    case LAB_CALLBACK_POLLER:
        break;
    }
    return matches(entry, key) ? waitq_wake_linked(native, mode, sync, key) : 0;
}

int lab_call_back_poller(wait_queue_entry *native, unsigned int mode, int sync, void *key)
{
    FuncEntry &entry = FuncEntry::of(native);
    CountedQueue &queue = entry.queue();
    queue.assert_held();
    ++entry.calls;
    PollfreeQueue &pollfree = PollfreeQueue::of(queue);
    // The flag as well as the key, because any wake-up could have that key.
    if (!pollfree.ended || !kapi_is_pollfree(key))
        return matches(entry, key) ? waitq_wake_linked(native, mode, sync, key) : 0;
    // The queue is about to go, and each waiter must be out of it, asleep or not. The waiter
    // leaves without the head's lock once it sees that it is not linked:
    //
    //   waker (head locked)              waiter
    //   wakes
    //   unlinks (release)
    //                                    linked? (acquire) no: does not touch the head
    //                                    returns; this entry's stack is reused
    //   must not touch the entry here
    const int woke = waitq_wake_linked(native, mode, sync, key);
    pollfree.sent_away += woke > 0;
    kapi_unlink(queue.native(), native);
    return woke;
}

} // namespace waitq::lab
