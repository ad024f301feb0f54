// SPDX-License-Identifier: GPL-2.0
// box.cpp - a mailbox for one letter: a task that takes from it sleeps until it is full.
#include "box.h"

#include "wait/lock.hpp"
#include "wait/wait_event.hpp"

namespace {

struct Mailbox {
    waitq::SpinLock lock;
    bool full;               // guarded by lock
    waitq::WaitQueue filled; // one queue, one condition: full
};

// In zeroed memory, and initialised before first use.
constinit Mailbox box{};
// Their classes in lockdep's reports.
constinit lock_class_key lock_key{}, filled_key{};

} // namespace

void mailbox_init()
{
    box.lock.init("mailbox lock", &lock_key);
    box.filled.init("mailbox filled", &filled_key);
}

long mailbox_take()
{
    using namespace waitq;
    const auto take_it = [&] {
        const SpinGuard guard(box.lock); // a condition may take a spinlock, not sleep
        if (!box.full)
            return false;
        box.full = false; // the condition is not called again once it has returned true
        return true;
    };
    const WaitResult result =
        wait_event(box.filled, TaskState::interruptible, Exclusive::yes, Forever(), take_it);
    return result.satisfied() ? 0 : -KAPI_ERESTARTSYS;
}

void mailbox_fill()
{
    {
        const waitq::SpinGuard guard(box.lock);
        box.full = true; // the condition first, under the lock that the waiter takes,
    }
    box.filled.wake_up(waitq::Wakes::one()); // then the wake-up
}
