// SPDX-License-Identifier: GPL-2.0
// wait.cpp - the functions of kernel/sched/wait.c, line by line where it matters. A point stands
// before each access that another CPU could notice although this one holds the head's lock: a
// task's state (try_to_wake_up) and an entry's link (list_empty_careful in finish_wait,
// wq_has_sleeper).
#include "lock.hpp"
#include "wait_list.hpp"
#include <sim/machine.hpp>

using namespace sim;

extern "C" {

void __init_waitqueue_head(wait_queue_head *opaque_head, const char *name, lock_class_key *)
{
    WaitHead &head = inside(opaque_head);
    spin_init(head.lock, name);
    lock_has_points(&head.lock);
    head.list = {&head.list, &head.list};
}

void kapi_init_wait_entry(wait_queue_entry *opaque_entry, int flags, kapi_wake_function function)
{
    Task &self = current();
    WaitEntry &entry = inside(opaque_entry);
    entry = {static_cast<unsigned int>(flags), &self, function, {&entry.link, &entry.link}};
    if (self.context == Context::interrupt)
        refuse("%s makes a wait entry in an interrupt", self.name);
    // One that was made here before and never linked is gone.
    if (self.entry_count && self.entries[self.entry_count - 1].entry == opaque_entry)
        --self.entry_count;
    if (self.entry_count == self.entries.size())
        refuse("%s has more wait entries than it should", self.name);
    self.entries[self.entry_count++] = {opaque_entry, true}; // not ended: link()
}

void init_wait_entry(wait_queue_entry *entry, int flags)
{
    kapi_init_wait_entry(entry, flags, autoremove_wake_function);
}

long prepare_to_wait_event(wait_queue_head *opaque_head, wait_queue_entry *opaque_entry, int state)
{
    WaitHead &head = inside(opaque_head);
    WaitEntry &entry = inside(opaque_entry);
    Task &self = current();
    long result = 0;
    const bool irqs = spin_lock(head.lock);
    touch(&self, Access::read);
    if (signal_ends(static_cast<unsigned int>(state), self)) {
        // A waiter that fails must not stay: an exclusive wake-up would be spent on it. Whether
        // it was woken first does not matter, its caller looks at the condition once more.
        if (linked(entry))
            unlink(head, entry);
        tell("has a signal pending, and is not in \"%s\"", head.lock.name);
        // From here on its caller may decide: as when it comes back from schedule().
        self.resumed_at = Machine::get().steps();
        result = -KAPI_ERESTARTSYS;
    } else {
        if (!linked(entry)) {
            const bool exclusive = entry.flags & WQ_FLAG_EXCLUSIVE;
            link(head, entry, exclusive ? Place::last : Place::first);
            tell("links itself into \"%s\"%s", head.lock.name, exclusive ? ", exclusively" : "");
        }
        set_current_state(static_cast<unsigned int>(state));
    }
    spin_unlock(head.lock, irqs);
    return result;
}

bool kapi_finish_wait(wait_queue_head *opaque_head, wait_queue_entry *opaque_entry)
{
    WaitHead &head = inside(opaque_head);
    WaitEntry &entry = inside(opaque_entry);
    Task &self = current();
    point();
    touch(&self, Access::write);
    self.state = TASK_RUNNING;
    // list_empty_careful(): true only after list_del_init_careful() is through with the entry.
    touch(&entry.link, Access::read);
    bool was_linked = linked(entry);
    if (was_linked) {
        const bool irqs = spin_lock(head.lock);
        was_linked = linked(entry);
        if (was_linked)
            unlink(head, entry);
        tell("unlinks itself from \"%s\"", head.lock.name);
        spin_unlock(head.lock, irqs);
    } else {
        acquire_from(&entry.link);
        tell("finds itself unlinked: its wait is over");
    }
    if (self.entry_count == 0 || self.entries[self.entry_count - 1].entry != opaque_entry)
        refuse("%s finishes a wait entry that is not the last it made", self.name);
    entry_ends(opaque_entry);
    return !was_linked;
}

void finish_wait(wait_queue_head *head, wait_queue_entry *entry)
{
    kapi_finish_wait(head, entry);
}

int default_wake_function(wait_queue_entry *entry, unsigned int mode, int, void *)
{
    return current().woke = try_to_wake_up(*static_cast<Task *>(inside(entry).task), mode);
}

void __wake_up(wait_queue_head *head, unsigned int mode, int nr, void *key)
{
    wake_up(head, mode, nr, key);
}

void __wake_up_sync_key(wait_queue_head *head, unsigned int mode, void *key)
{
    wake_up(head, mode, 1, key);
}

void __wake_up_locked(wait_queue_head *head, unsigned int mode, int nr)
{
    walk(inside(head), mode, nr, nullptr);
}

void __wake_up_locked_key(wait_queue_head *head, unsigned int mode, void *key)
{
    walk(inside(head), mode, 1, key);
}

// (Which task gets the waker's CPU is not told apart here.)
void __wake_up_locked_sync_key(wait_queue_head *head, unsigned int mode, void *key)
{
    walk(inside(head), mode, 1, key);
}

int autoremove_wake_function(wait_queue_entry *opaque_entry, unsigned int mode, int sync, void *key)
{
    WaitEntry &entry = inside(opaque_entry);
    const int woke = default_wake_function(opaque_entry, mode, sync, key);
    if (woke) {
        // list_del_init_careful(): from here on the waiter may be gone.
        point();
        release_to(&entry.link);
        unlink(*current().walked, entry);
    }
    return woke;
}

bool kapi_entry_wake_task(wait_queue_entry *entry, unsigned int mode, int sync)
{
    return autoremove_wake_function(entry, mode, sync, nullptr) != 0;
}

bool kapi_has_sleeper(wait_queue_head *opaque_head)
{
    WaitHead &head = inside(opaque_head);
    if (!head.lock.initialised)
        refuse("%s looks into a wait queue that was never initialised", current().name);
    point();
    touch(&head.list, Access::read);
    const bool somebody = head.list.next != &head.list;
    if (!somebody)
        tell("sees nobody in \"%s\"", head.lock.name);
    return somebody;
}

} // extern "C"
