// SPDX-License-Identifier: GPL-2.0
// wait.cpp - kernel/sched/wait.c, with the kernel's own memory orders where no lock is held.
#include "objects.hpp"

namespace threads {
namespace {

constexpr std::memory_order relaxed = std::memory_order_relaxed;

WaitEntry &entry_of(List *link)
{
    return *reinterpret_cast<WaitEntry *>(reinterpret_cast<unsigned char *>(link) -
                                          offsetof(WaitEntry, link));
}

void insert(List &link, List &prev, List &next)
{
    next.prev.store(&link, relaxed);
    link.next.store(&next, relaxed);
    link.prev.store(&prev, relaxed);
    prev.next.store(&link, relaxed);
}

void link_in(WaitHead &head, WaitEntry &entry)
{
    if (entry.flags & KAPI_WQ_FLAG_EXCLUSIVE)
        insert(entry.link, *head.list.prev.load(relaxed), head.list);
    else
        insert(entry.link, head.list, *head.list.next.load(relaxed));
}

// list_del_init_careful(): who sees the entry linked to itself sees all that came before.
void unlink(WaitEntry &entry)
{
    List &link = entry.link;
    link.prev.load(relaxed)->next.store(link.next.load(relaxed), relaxed);
    link.next.load(relaxed)->prev.store(link.prev.load(relaxed), relaxed);
    link.prev.store(&link, relaxed);
    link.next.store(&link, std::memory_order_release);
}

bool empty(const List &list)
{
    return list.next.load(relaxed) == &list;
}

bool empty_careful(const List &list)
{
    return list.next.load(std::memory_order_acquire) == &list && list.prev.load(relaxed) == &list;
}

// smp_mb(). A fence is nothing to ThreadSanitizer; this is one on every CPU, and orders
// nothing for the sanitizer, because nobody else looks at it.
void full_barrier()
{
    static thread_local std::atomic<int> own = 0;
    own.fetch_add(1);
}

// __wake_up_common()
void walk(WaitHead &head, unsigned int mode, int nr, void *key)
{
    List *at = head.list.next.load(relaxed);
    while (at != &head.list) {
        WaitEntry &entry = entry_of(at);
        at = at->next.load(relaxed);
        const unsigned int flags = entry.flags;
        const int woke = entry.function(reinterpret_cast<wait_queue_entry *>(&entry), mode, 0, key);
        if (woke < 0 || (woke > 0 && (flags & KAPI_WQ_FLAG_EXCLUSIVE) && --nr == 0))
            return;
    }
}

bool signal_pending_state(unsigned int state)
{
    const Task &self = current();
    if (!(state & (TASK_INTERRUPTIBLE | TASK_WAKEKILL)) || !self.signal_pending)
        return false;
    return (state & TASK_INTERRUPTIBLE) || self.fatal_signal_pending;
}

} // namespace

void wake_up(wait_queue_head *head, unsigned int mode, int nr, void *key)
{
    const bool irqs = spin_lock(inside(head).lock);
    walk(inside(head), mode, nr, key);
    spin_unlock(inside(head).lock, irqs);
}

} // namespace threads

using namespace threads;

extern "C" {

void __init_waitqueue_head(wait_queue_head *opaque, const char *, lock_class_key *)
{
    auto *head = new (opaque) WaitHead;
    head->list.next.store(&head->list, relaxed);
    head->list.prev.store(&head->list, relaxed);
}

void kapi_init_wait_entry(wait_queue_entry *opaque, int flags, kapi_wake_function function)
{
    auto *entry =
        new (opaque) WaitEntry{static_cast<unsigned int>(flags), &current(), function, {}};
    entry->link.next.store(&entry->link, relaxed);
    entry->link.prev.store(&entry->link, relaxed);
}

void init_wait_entry(wait_queue_entry *entry, int flags)
{
    kapi_init_wait_entry(entry, flags, autoremove_wake_function);
}

long prepare_to_wait_event(wait_queue_head *opaque, wait_queue_entry *opaque_entry, int state)
{
    WaitHead &head = inside(opaque);
    WaitEntry &entry = inside(opaque_entry);
    const bool irqs = spin_lock(head.lock);
    const bool signal = signal_pending_state(static_cast<unsigned int>(state));
    if (signal) {
        unlink(entry);
    } else {
        if (empty(entry.link))
            link_in(head, entry);
        set_current_state(static_cast<unsigned int>(state));
    }
    spin_unlock(head.lock, irqs);
    return signal ? -KAPI_ERESTARTSYS : 0;
}

bool kapi_finish_wait(wait_queue_head *opaque, wait_queue_entry *opaque_entry)
{
    WaitHead &head = inside(opaque);
    WaitEntry &entry = inside(opaque_entry);
    // __set_current_state(): no barrier.
    current().state.store(TASK_RUNNING, relaxed);
    if (empty_careful(entry.link))
        return true;
    const bool irqs = spin_lock(head.lock);
    const bool linked = !empty(entry.link);
    unlink(entry);
    spin_unlock(head.lock, irqs);
    return !linked;
}

void finish_wait(wait_queue_head *head, wait_queue_entry *entry)
{
    kapi_finish_wait(head, entry);
}

void add_wait_queue(wait_queue_head *head, wait_queue_entry *entry)
{
    const bool irqs = spin_lock(inside(head).lock);
    link_in(inside(head), inside(entry));
    spin_unlock(inside(head).lock, irqs);
}

void remove_wait_queue(wait_queue_head *head, wait_queue_entry *entry)
{
    const bool irqs = spin_lock(inside(head).lock);
    unlink(inside(entry));
    spin_unlock(inside(head).lock, irqs);
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
    if (!current().spinlocks)
        broken("__wake_up_locked() without the head's lock");
    walk(inside(head), mode, nr, nullptr);
}

int autoremove_wake_function(wait_queue_entry *opaque, unsigned int mode, int, void *)
{
    WaitEntry &entry = inside(opaque);
    if (!try_to_wake_up(*entry.task, mode))
        return 0;
    unlink(entry); // the waiter may be gone from here on
    return 1;
}

bool kapi_entry_wake_task(wait_queue_entry *entry, unsigned int mode, int sync)
{
    return autoremove_wake_function(entry, mode, sync, nullptr) != 0;
}

unsigned long kapi_head_lock(wait_queue_head *head)
{
    return spin_lock(inside(head).lock);
}

void kapi_head_unlock(wait_queue_head *head, unsigned long irq_flags)
{
    spin_unlock(inside(head).lock, irq_flags != 0);
}

void kapi_head_lock_irq(wait_queue_head *head)
{
    if (!spin_lock(inside(head).lock))
        broken("spin_lock_irq() with interrupts off");
}

void kapi_head_unlock_irq(wait_queue_head *head)
{
    spin_unlock(inside(head).lock, true);
}

// ThreadSanitizer knows no lock that allows others in any order. A try says nothing of an order.
void kapi_head_lock_nested(wait_queue_head *head, spinlock *)
{
    while (!inside(head).lock.try_lock())
        std::this_thread::yield();
    ++current().spinlocks;
}

void kapi_head_unlock_nested(wait_queue_head *head)
{
    spin_unlock(inside(head).lock, false);
}

bool kapi_prepare_locked_irq(wait_queue_head *head, wait_queue_entry *entry, int flags,
                             kapi_wake_function function, unsigned int state)
{
    if (kapi_signal_pending_state(state))
        return false;
    kapi_init_wait_entry(entry, flags, function);
    kapi_link_last(head, entry);
    kapi_set_current_state(state);
    kapi_head_unlock_irq(head);
    return true;
}

void kapi_finish_locked_irq(wait_queue_head *head, wait_queue_entry *entry)
{
    kapi_head_lock_irq(head);
    kapi_unlink(head, entry);
}

void kapi_init_mark(wait_queue_entry *mark, kapi_wake_function function)
{
    kapi_init_wait_entry(mark, 0, function);
}

void kapi_link(wait_queue_head *head, wait_queue_entry *entry)
{
    List &list = inside(head).list;
    insert(inside(entry).link, list, *list.next.load(relaxed));
}

void kapi_link_before(wait_queue_entry *entry, wait_queue_entry *mark)
{
    List &next = inside(entry).link;
    insert(inside(mark).link, *next.prev.load(relaxed), next);
}

void kapi_link_last(wait_queue_head *head, wait_queue_entry *entry)
{
    List &list = inside(head).list;
    insert(inside(entry).link, *list.prev.load(relaxed), list);
}

wait_queue_entry *kapi_first(wait_queue_head *head)
{
    List *first = inside(head).list.next.load(relaxed);
    return first == &inside(head).list ? nullptr
                                       : reinterpret_cast<wait_queue_entry *>(&entry_of(first));
}

wait_queue_entry *kapi_next(wait_queue_head *head, wait_queue_entry *entry)
{
    List *next = inside(entry).link.next.load(relaxed);
    return next == &inside(head).list ? nullptr
                                      : reinterpret_cast<wait_queue_entry *>(&entry_of(next));
}

void kapi_unlink(wait_queue_head *, wait_queue_entry *entry)
{
    unlink(inside(entry));
}

bool kapi_is_unlinked(const wait_queue_entry *entry)
{
    return empty_careful(inside(const_cast<wait_queue_entry *>(entry)).link);
}

kapi_wake_function kapi_entry_function(const wait_queue_entry *entry)
{
    return inside(const_cast<wait_queue_entry *>(entry)).function;
}

int kapi_entry_wake(wait_queue_entry *entry, unsigned int mode, int sync, void *key)
{
    return inside(entry).function(entry, mode, sync, key);
}

int kapi_first_wake(wait_queue_head *head, unsigned int mode, int sync)
{
    wait_queue_entry *entry = kapi_first(head);
    return entry ? kapi_entry_wake(entry, mode, sync, nullptr) : 0;
}

int default_wake_function(wait_queue_entry *entry, unsigned int mode, int, void *)
{
    return try_to_wake_up(*inside(entry).task, mode);
}

bool kapi_has_sleeper(wait_queue_head *head)
{
    full_barrier();
    return !empty(inside(head).list);
}

} // extern "C"
