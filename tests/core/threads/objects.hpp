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

// struct hrtimer_sleeper: what it does is in the task, which sleeps no longer than until then.
struct Sleeper {
    long long expiry_ns;
    void *nothing[2];
};

struct Work {
    void (*function)(work_struct *work);
    bool scheduled;
};

// A list sorted by key stands for the tree.
struct SortedNode {
    kapi_sorted *next;
    void *nothing[2];
};
struct SortedTree {
    kapi_sorted *first;
    void *nothing;
};

template <class Inside, class Opaque>
Inside &inside(Opaque *opaque)
{
    static_assert(sizeof(Inside) == sizeof(Opaque) && alignof(Inside) == alignof(Opaque),
                  "the layout headers do not describe this struct");
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
inline Sleeper &inside(hrtimer_sleeper *sleeper)
{
    return inside<Sleeper>(sleeper);
}
inline Work &inside(work_struct *work)
{
    return inside<Work>(work);
}
inline SortedNode &inside(rb_node *node)
{
    return inside<SortedNode>(node);
}
inline SortedTree &inside(rb_root_cached *tree)
{
    return inside<SortedTree>(tree);
}

// spin_lock_irqsave(), and the CPU's book-keeping of it.
bool spin_lock(std::mutex &lock);
void spin_unlock(std::mutex &lock, bool irqs_were_on);

// Timers fire by fire_next() only, from now on.
void no_interrupts();

// kernel/sched/wait.c, for pollers. `key` goes to the wake functions.
void wake_up(wait_queue_head *head, unsigned int mode, int nr, void *key);

} // namespace threads
