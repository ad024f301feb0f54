// SPDX-License-Identifier: GPL-2.0
// objects.hpp - what is in the kernel's structs. The module has them in zeroed memory, and never
// ends them: what is here needs no destructor to be run.
#pragma once

#include "kernel.hpp"

#include <mutex>

namespace threads {

// Read without the head's lock by list_empty_careful() and wq_has_sleeper().
struct List {
    std::atomic<List *> next, prev;
};

struct WaitHead {
    std::mutex lock;
    List list;
};

struct WaitEntry {
    unsigned int flags;
    Task *task; // kernel: private
    kapi_wake_function function;
    List link;
};

struct HrTimer {
    long long expiry_ns;
    bool armed, running;
};

template <class Inside, class Opaque>
Inside &inside(Opaque *opaque)
{
    static_assert(sizeof(Inside) == sizeof(Opaque) && alignof(Inside) == alignof(Opaque),
                  "layout.h does not describe this struct");
    return *reinterpret_cast<Inside *>(opaque);
}
inline WaitHead &inside(wait_queue_head *head)
{
    return inside<WaitHead>(head);
}
inline WaitEntry &inside(wait_queue_entry *entry)
{
    return inside<WaitEntry>(entry);
}
inline HrTimer &inside(hrtimer *timer)
{
    return inside<HrTimer>(timer);
}

// spin_lock_irqsave(), and the CPU's book-keeping of it.
bool spin_lock(std::mutex &lock);
void spin_unlock(std::mutex &lock, bool irqs_were_on);

// kernel/sched/wait.c, for pollers. `key` goes to the wake functions.
void wake_up(wait_queue_head *head, unsigned int mode, int nr, void *key);

} // namespace threads
