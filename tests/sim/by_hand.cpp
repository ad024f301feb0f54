// SPDX-License-Identifier: GPL-2.0
// by_hand.cpp - what sleeping by hand needs of kernel/sched/wait.c, and what the seam has of its
// own: what a walk is made of, sleeping with the head's lock held, the queue that ends.
#include "lock.hpp"
#include "wait_list.hpp"
#include <sim/machine.hpp>

using namespace sim;

extern "C" {

void prepare_to_wait(wait_queue_head *opaque_head, wait_queue_entry *opaque_entry, int state)
{
    WaitHead &head = inside(opaque_head);
    WaitEntry &entry = inside(opaque_entry);
    entry.flags &= ~WQ_FLAG_EXCLUSIVE;
    const bool irqs = spin_lock(head.lock);
    if (!linked(entry)) {
        link(head, entry, Place::first);
        tell("links itself into \"%s\"", head.lock.name);
    }
    set_current_state(static_cast<unsigned int>(state));
    spin_unlock(head.lock, irqs);
}

bool prepare_to_wait_exclusive(wait_queue_head *opaque_head, wait_queue_entry *opaque_entry,
                               int state)
{
    WaitHead &head = inside(opaque_head);
    WaitEntry &entry = inside(opaque_entry);
    bool was_empty = false;
    entry.flags |= WQ_FLAG_EXCLUSIVE;
    const bool irqs = spin_lock(head.lock);
    if (!linked(entry)) {
        was_empty = head.list.next == &head.list;
        link(head, entry, Place::last);
        tell("links itself into \"%s\", exclusively", head.lock.name);
    }
    set_current_state(static_cast<unsigned int>(state));
    spin_unlock(head.lock, irqs);
    return was_empty;
}

void add_wait_queue(wait_queue_head *opaque_head, wait_queue_entry *entry)
{
    WaitHead &head = inside(opaque_head);
    inside(entry).flags &= ~WQ_FLAG_EXCLUSIVE;
    const bool irqs = spin_lock(head.lock);
    link(head, inside(entry), Place::first);
    spin_unlock(head.lock, irqs);
}

void add_wait_queue_exclusive(wait_queue_head *opaque_head, wait_queue_entry *entry)
{
    WaitHead &head = inside(opaque_head);
    inside(entry).flags |= WQ_FLAG_EXCLUSIVE;
    const bool irqs = spin_lock(head.lock);
    link(head, inside(entry), Place::last);
    spin_unlock(head.lock, irqs);
}

void kapi_add_priority(wait_queue_head *opaque_head, wait_queue_entry *entry)
{
    WaitHead &head = inside(opaque_head);
    inside(entry).flags |= WQ_FLAG_PRIORITY;
    if (wait_version().priority_is_exclusive)
        inside(entry).flags |= WQ_FLAG_EXCLUSIVE;
    const bool irqs = spin_lock(head.lock);
    link(head, inside(entry), Place::first);
    spin_unlock(head.lock, irqs);
}

int kapi_add_priority_exclusive(wait_queue_head *opaque_head, wait_queue_entry *entry)
{
    WaitHead &head = inside(opaque_head);
    inside(entry).flags |= WQ_FLAG_EXCLUSIVE | WQ_FLAG_PRIORITY;
    const bool irqs = spin_lock(head.lock);
    touch(&head.list, Access::read);
    const bool taken =
        head.list.next != &head.list && (entry_of(head.list.next).flags & WQ_FLAG_PRIORITY);
    if (!taken)
        link(head, inside(entry), Place::first);
    spin_unlock(head.lock, irqs);
    if (taken)
        entry_ends(entry);
    return taken ? -KAPI_EBUSY : 0;
}

void remove_wait_queue(wait_queue_head *opaque_head, wait_queue_entry *entry)
{
    WaitHead &head = inside(opaque_head);
    const bool irqs = spin_lock(head.lock);
    unlink(head, inside(entry));
    spin_unlock(head.lock, irqs);
    entry_ends(entry);
}

void kapi_link(wait_queue_head *head, wait_queue_entry *entry)
{
    must_hold(inside(head), "__add_wait_queue()");
    link(inside(head), inside(entry), Place::first);
}

void kapi_unlink(wait_queue_head *head, wait_queue_entry *entry)
{
    must_hold(inside(head), "list_del_init_careful()");
    point();
    release_to(&inside(entry).link);
    unlink(inside(head), inside(entry));
    entry_ends(entry);
}

bool kapi_is_unlinked(const wait_queue_entry *opaque_entry)
{
    WaitEntry &entry = inside(const_cast<wait_queue_entry *>(opaque_entry));
    point();
    touch(&entry.link, Access::read);
    if (linked(entry))
        return false;
    acquire_from(&entry.link);
    mark_ended(opaque_entry, true);
    layer_part_ends(opaque_entry);
    return true;
}

// The marks of a walk. They need no points of their own: a mark is neither a task's nor unlinked
// without the lock.
void kapi_init_mark(wait_queue_entry *mark, kapi_wake_function function)
{
    WaitEntry &entry = inside(mark);
    entry = {0, nullptr, function, {&entry.link, &entry.link}};
}

// From when it is linked until it is unlinked the mark must live.
static void own_mark(wait_queue_entry *mark)
{
    Task &self = current();
    if (self.entry_count == self.entries.size())
        refuse("%s has more wait entries than it should", self.name);
    self.entries[self.entry_count++] = {mark, false};
}

void kapi_link_before(wait_queue_entry *entry, wait_queue_entry *mark)
{
    must_hold(*current().walked, "kapi_link_before()");
    own_mark(mark);
    List &next = inside(entry).link;
    insert(inside(mark).link, *next.prev, next);
}

void kapi_link_last(wait_queue_head *opaque_head, wait_queue_entry *entry)
{
    WaitHead &head = inside(opaque_head);
    must_hold(head, "__add_wait_queue_entry_tail()");
    if (!inside(entry).task)
        own_mark(entry);
    link(head, inside(entry), Place::last);
}

wait_queue_entry *kapi_first(wait_queue_head *opaque_head)
{
    WaitHead &head = inside(opaque_head);
    must_hold(head, "kapi_first()");
    current().walked = &head;
    current().walk_steps = 0;
    List *first = head.list.next;
    return first == &head.list ? nullptr : opaque(entry_of(first));
}

wait_queue_entry *kapi_next(wait_queue_head *opaque_head, wait_queue_entry *entry)
{
    WaitHead &head = inside(opaque_head);
    must_hold(head, "kapi_next()");
    // Another walk may have gone through another head since.
    current().walked = &head;
    if (++current().walk_steps > WAITQ_CHUNK && current().context == Context::interrupt)
        refuse("%s walks past %u entries in an interrupt", current().name, current().walk_steps);
    List *next = inside(entry).link.next;
    return next == &head.list ? nullptr : opaque(entry_of(next));
}

kapi_wake_function kapi_entry_function(const wait_queue_entry *entry)
{
    return inside(const_cast<wait_queue_entry *>(entry)).function;
}

int kapi_entry_wake(wait_queue_entry *entry, unsigned int mode, int sync, void *key)
{
    if (inside(entry).flags & WQ_FLAG_BOOKMARK)
        return 0;
    return wake_entry(*current().walked, inside(entry), mode, sync, key);
}

int kapi_first_wake(wait_queue_head *head, unsigned int mode, int sync)
{
    wait_queue_entry *entry = kapi_first(head);
    return entry ? kapi_entry_wake(entry, mode, sync, nullptr) : 0;
}

constexpr std::uintptr_t pollfree_key = 0x4000 | 0x10; // POLLFREE | EPOLLHUP

void kapi_wake_up_pollfree(wait_queue_head *opaque_head)
{
    WaitHead &head = inside(opaque_head);
    point();
    touch(&head.list, Access::read);
    if (head.list.next == &head.list)
        return;
    const bool irqs = spin_lock(head.lock);
    walk(head, TASK_NORMAL, 0, reinterpret_cast<void *>(pollfree_key));
    spin_unlock(head.lock, irqs);
    if (head.list.next != &head.list)
        refuse("somebody is still in \"%s\" after wake_up_pollfree()", head.lock.name);
}

bool kapi_is_pollfree(const void *key)
{
    return reinterpret_cast<std::uintptr_t>(key) & 0x4000;
}

// The waker's note (WOKEN) and the task's state cross each other: each side writes its own and
// looks at the other's.
long wait_woken(wait_queue_entry *opaque_entry, unsigned int mode, long timeout)
{
    WaitEntry &entry = inside(opaque_entry);
    set_current_state(mode);
    point();
    touch(&entry.flags, Access::read);
    if (!(entry.flags & WQ_FLAG_WOKEN))
        timeout = schedule_timeout(timeout);
    kapi_set_running();
    point();
    touch(&entry.flags, Access::write);
    acquire_from(&entry.flags);
    entry.flags &= ~WQ_FLAG_WOKEN;
    return timeout;
}

int woken_wake_function(wait_queue_entry *opaque_entry, unsigned int mode, int sync, void *key)
{
    WaitEntry &entry = inside(opaque_entry);
    point();
    touch(&entry.flags, Access::write);
    release_to(&entry.flags);
    entry.flags |= WQ_FLAG_WOKEN;
    return default_wake_function(opaque_entry, mode, sync, key);
}

static bool prepare_locked(wait_queue_head *opaque_head, wait_queue_entry *opaque_entry, int flags,
                           kapi_wake_function function, unsigned int state, const char *what)
{
    WaitHead &head = inside(opaque_head);
    must_hold(head, what);
    touch(&current(), Access::read);
    if (kapi_signal_pending_state(state))
        return false;
    kapi_init_wait_entry(opaque_entry, flags, function);
    link(head, inside(opaque_entry), Place::last);
    tell("links itself into \"%s\"", head.lock.name);
    set_current_state(state);
    return true;
}

static void finish_locked(WaitHead &head, wait_queue_entry *opaque_entry)
{
    WaitEntry &entry = inside(opaque_entry);
    if (linked(entry))
        unlink(head, entry);
    entry_ends(opaque_entry);
}

bool kapi_prepare_locked(wait_queue_head *head, wait_queue_entry *entry, int flags,
                         kapi_wake_function function, unsigned int state)
{
    if (!prepare_locked(head, entry, flags, function, state, "kapi_prepare_locked()"))
        return false;
    spin_unlock_irqs_on(inside(head).lock);
    return true;
}

bool kapi_prepare_locked_irq(wait_queue_head *head, wait_queue_entry *entry, int flags,
                             kapi_wake_function function, unsigned int state)
{
    if (!prepare_locked(head, entry, flags, function, state, "kapi_prepare_locked_irq()"))
        return false;
    spin_unlock(inside(head).lock, true);
    return true;
}

void kapi_finish_locked(wait_queue_head *head, wait_queue_entry *entry)
{
    spin_lock_irqs_on(inside(head).lock);
    finish_locked(inside(head), entry);
}

void kapi_finish_locked_irq(wait_queue_head *head, wait_queue_entry *entry)
{
    spin_lock(inside(head).lock);
    finish_locked(inside(head), entry);
}

} // extern "C"
