// SPDX-License-Identifier: GPL-2.0
// objects.hpp - what is in the kernel's structs, of which the module's C++ knows the size only.
// Each lives in zeroed memory before its init, as in the kernel.
#pragma once

#include "task.hpp"

#include <kernel/device.h>
#include <kernel/lab.h>

#include <cstdint>

namespace sim {

struct SpinLock {
    std::uint16_t holder; // task index + 1; 0: free
    bool initialised;
    bool taken_in_interrupt;
    bool taken_with_irqs_on; // by a task that need not fear an interrupt: spin_lock_irqs_on()
    const char *name;
};

struct List {
    List *next, *prev;
};

struct WaitHead {
    SpinLock lock;
    List list;
};

struct WaitEntry {
    unsigned int flags;
    void *task; // kernel: private
    kapi_wake_function function;
    List link;
};

struct HrTimer {
    std::uint16_t interrupt; // index of the thread that it fires in, + 1; 0: none
    bool initialised, armed, running;
    unsigned int firings_left; // the scenario's bound
    long long expiry_ns;
};

// struct hrtimer_sleeper: its task's tick stands for the hrtimer.
struct Sleeper {
    Task *task;
    long long expiry_ns;
    bool started;
};

// An rb_node. A list sorted by key stands for the tree.
struct SortedNode {
    kapi_sorted *next;
    bool in_tree;
    void *nothing;
};
struct SortedTree { // an rb_root_cached
    kapi_sorted *first;
    void *nothing;
};

struct Work {
    void (*function)(work_struct *work);
    bool initialised, scheduled;
};

// A kernel struct and what is in it.
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
inline SpinLock &inside(spinlock *lock)
{
    return inside<SpinLock>(lock);
}
inline HrTimer &inside(hrtimer *timer)
{
    return inside<HrTimer>(timer);
}
inline Sleeper &inside(hrtimer_sleeper *sleeper)
{
    return inside<Sleeper>(sleeper);
}
inline SortedNode &inside(rb_node *node)
{
    return inside<SortedNode>(node);
}
inline SortedTree &inside(rb_root_cached *tree)
{
    return inside<SortedTree>(tree);
}
inline Work &inside(work_struct *work)
{
    return inside<Work>(work);
}

} // namespace sim
