// SPDX-License-Identifier: GPL-2.0
// end_mark.hpp - tells whether a wake-up came to the end of a queue.
#pragma once

#include "../wait/wait_queue.hpp"

namespace waitq::lab {

// Its wake function notes that it was called, and wakes no task.
extern "C" int lab_pass_end_mark(wait_queue_entry *entry, unsigned int mode, int sync, void *key);

// An entry behind all others. A wake-up that has woken its last exclusive waiter stops
// before it; one that had exclusive waiters left to wake passes it.
class EndMark {
public:
    WAITQ_INLINE EndMark() { kapi_init_mark(&entry_, lab_pass_end_mark); }
    EndMark(const EndMark &) = delete;
    EndMark &operator=(const EndMark &) = delete;

    // Head's lock held. The wake-up in question comes between the two.
    WAITQ_INLINE void link(WaitQueue &queue)
    {
        queue.assert_held();
        passed_ = false;
        kapi_link_last(queue.native(), &entry_);
    }
    WAITQ_INLINE void unlink(WaitQueue &queue)
    {
        queue.assert_held();
        kapi_unlink(queue.native(), &entry_);
    }
    // Once it is unlinked.
    WAITQ_INLINE bool passed() const { return passed_; }

    WAITQ_INLINE static bool is(const wait_queue_entry *entry)
    {
        return kapi_entry_function(entry) == lab_pass_end_mark;
    }

private:
    friend int lab_pass_end_mark(wait_queue_entry *entry, unsigned int mode, int sync, void *key);

    wait_queue_entry entry_; // first: lab_pass_end_mark() finds the EndMark by it
    bool passed_ = false;    // guarded by the head's lock while it is linked
};

} // namespace waitq::lab
