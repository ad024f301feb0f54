// SPDX-License-Identifier: GPL-2.0
// wait.cpp - the functions of kernel/sched/wait.c, line by line where it matters. A point stands
// before each access that another CPU could notice although this one holds the head's lock: a
// task's state (try_to_wake_up) and an entry's link (list_empty_careful in finish_wait,
// wq_has_sleeper).
#include "wait.hpp"

#include "lock.hpp"
#include "machine.hpp"
#include "memory.hpp"

namespace sim {
namespace {

// What is behind a wait_queue_entry on the stack: the layer keeps its own data there.
constexpr std::size_t entry_reach = sizeof(wait_queue_entry) + 48;

WaitEntry &entry_of(List *link)
{
    return *reinterpret_cast<WaitEntry *>(reinterpret_cast<unsigned char *>(link) -
                                          offsetof(WaitEntry, link));
}

wait_queue_entry *opaque(WaitEntry &entry)
{
    return reinterpret_cast<wait_queue_entry *>(&entry);
}

bool linked(const WaitEntry &entry)
{
    return entry.link.next != &entry.link;
}

void insert(List &link, List &prev, List &next)
{
    next.prev = &link;
    link.next = &next;
    link.prev = &prev;
    prev.next = &link;
}

void insert_first(WaitHead &head, WaitEntry &entry)
{
    List *at = &head.list;
    if (wait_version().behind_priority)
        while (at->next != &head.list && (entry_of(at->next).flags & WQ_FLAG_PRIORITY))
            at = at->next;
    insert(entry.link, *at, *at->next);
}

void insert_last(WaitHead &head, WaitEntry &entry)
{
    insert(entry.link, *head.list.prev, head.list);
}

// With the head's lock held. The link is what list_empty_careful() and wq_has_sleeper() see.
void link(WaitHead &head, WaitEntry &entry, bool first)
{
    touch(&head.list, Access::write);
    touch(&entry.link, Access::write);
    mark_ended(opaque(entry), false);
    if (first)
        insert_first(head, entry);
    else
        insert_last(head, entry);
}

void unlink(WaitHead &head, WaitEntry &entry)
{
    touch(&entry.link, Access::write);
    touch(&head.list, Access::write);
    entry.link.prev->next = entry.link.next;
    entry.link.next->prev = entry.link.prev;
    entry.link = {&entry.link, &entry.link};
}

void must_hold(const WaitHead &head, const char *what)
{
    if (head.lock.holder != current().index + 1)
        refuse("%s calls %s without the lock of \"%s\"", current().name, what, head.lock.name);
}

Task *owner_of(const wait_queue_entry *entry)
{
    Machine &machine = Machine::get();
    for (unsigned int i = 0; i < machine.threads(); ++i) {
        const Task &task = machine.thread(i);
        for (unsigned int n = 0; n < task.entry_count; ++n)
            if (task.entries[n].entry == entry)
                return const_cast<Task *>(&task);
    }
    return nullptr;
}

// The wake function of a walk's marks.
int mark_passed(wait_queue_entry *, unsigned int, int, void *)
{
    return 0;
}

// The entries of the list must all be alive: one on a stack frame that is gone is a crash.
void must_live(WaitHead &head, WaitEntry &entry)
{
    if (entry.function == mark_passed)
        return;
    if (Fiber::on_any_stack(reinterpret_cast<std::uintptr_t>(&entry)) && !owner_of(opaque(entry)))
        refuse("%s finds a dead wait entry in \"%s\": its task has gone on", current().name,
               head.lock.name);
}

// One entry's wake function, counted for the checks.
int wake_entry(WaitHead &head, WaitEntry &entry, unsigned int mode, int sync, void *key)
{
    must_live(head, entry);
    const unsigned int flags = entry.flags;
    const bool of_a_task = owner_of(opaque(entry)) != nullptr;
    current().woke = false;
    const int woke = entry.function(opaque(entry), mode, sync, key);
    if (of_a_task && current().woke) {
        ++current().tasks_woken;
        current().exclusive_woken += (flags & WQ_FLAG_EXCLUSIVE) != 0;
    }
    return woke;
}

// __wake_up_common()
int walk(WaitHead &head, unsigned int mode, int nr, void *key)
{
    must_hold(head, "__wake_up_common()");
    current().walked = &head;
    List *at = head.list.next;
    while (at != &head.list) {
        WaitEntry &entry = entry_of(at);
        List *next = at->next;
        const unsigned int flags = entry.flags;
        const int woke = wake_entry(head, entry, mode, 0, key);
        if (woke < 0)
            break;
        if (woke > 0 && (flags & WQ_FLAG_EXCLUSIVE) && --nr == 0)
            break;
        at = next;
    }
    return nr;
}

} // namespace

WaitVersion &wait_version()
{
    static WaitVersion version;
    return version;
}

bool waits_in(const wait_queue_head *opaque_head, const Task &task)
{
    WaitHead &head = inside(const_cast<wait_queue_head *>(opaque_head));
    for (List *at = head.list.next; at != &head.list; at = at->next)
        if (entry_of(at).task == &task)
            return true;
    return false;
}

bool in_living_entry(const Task &task, const void *memory)
{
    for (unsigned int i = 0; i < task.entry_count; ++i)
        if (!task.entries[i].ended &&
            reinterpret_cast<std::uintptr_t>(memory) -
                    reinterpret_cast<std::uintptr_t>(task.entries[i].entry) <
                entry_reach)
            return true;
    return false;
}

bool outlives_an_entry(const Task &task, const void *memory)
{
    for (unsigned int i = 0; i < task.entry_count; ++i)
        if (!task.entries[i].ended && memory >= task.entries[i].entry)
            return true;
    return false;
}

std::string described(const void *memory)
{
    Machine &machine = Machine::get();
    for (unsigned int i = 0; i < machine.threads(); ++i)
        if (in_living_entry(machine.thread(i), memory))
            return std::string("a wait entry of ") + machine.thread(i).name;
    return describe_memory(memory);
}

// Its task has seen it unlinked, and may be through with it.
void mark_ended(const wait_queue_entry *entry, bool ended)
{
    if (Task *task = owner_of(entry))
        for (unsigned int i = 0; i < task->entry_count; ++i)
            if (task->entries[i].entry == entry)
                task->entries[i].ended = ended;
}

bool is_unlinked(const wait_queue_entry *entry)
{
    return !linked(inside(const_cast<wait_queue_entry *>(entry)));
}

void entry_ends(wait_queue_entry *entry)
{
    Task &self = current();
    if (self.entry_count == 0 || self.entries[self.entry_count - 1].entry != entry)
        return; // not of the stack: epoll's, poll's
    --self.entry_count;
    // The layer's part of it: what a waker still reads there is gone.
    memory_ends(entry + 1, entry_reach - sizeof(wait_queue_entry));
}

// __wake_up_common_lock(): with a break, the walk stands at a bookmark while others run. An
// entry that comes before it meanwhile is not seen, as in the kernel.
void wake_up(wait_queue_head *opaque_head, unsigned int mode, int nr, void *key)
{
    WaitHead &head = inside(opaque_head);
    const unsigned int limit = wait_version().walk_break;
    WaitEntry bookmark{};
    bookmark.link = {&bookmark.link, &bookmark.link};
    List *at = nullptr;
    do {
        const bool irqs = spin_lock(head.lock);
        current().walked = &head;
        at = linked(bookmark) ? bookmark.link.next : head.list.next;
        if (linked(bookmark))
            unlink(head, bookmark);
        for (unsigned int seen = 0; at != &head.list; ++seen) {
            WaitEntry &entry = entry_of(at);
            if (limit && seen == limit) {
                insert(bookmark.link, *at->prev, *at);
                break;
            }
            if (entry.function)
                must_live(head, entry);
            List *next = at->next;
            const unsigned int flags = entry.flags;
            const int woke = entry.function ? entry.function(opaque(entry), mode, 0, key) : 0;
            if (woke < 0 || (woke > 0 && (flags & WQ_FLAG_EXCLUSIVE) && --nr == 0)) {
                at = &head.list;
                break;
            }
            at = next;
        }
        spin_unlock(head.lock, irqs);
    } while (at != &head.list);
}

} // namespace sim

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
            link(head, entry, !exclusive);
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

void prepare_to_wait(wait_queue_head *opaque_head, wait_queue_entry *opaque_entry, int state)
{
    WaitHead &head = inside(opaque_head);
    WaitEntry &entry = inside(opaque_entry);
    entry.flags &= ~WQ_FLAG_EXCLUSIVE;
    const bool irqs = spin_lock(head.lock);
    if (!linked(entry)) {
        link(head, entry, true);
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
        link(head, entry, false);
        tell("links itself into \"%s\", exclusively", head.lock.name);
    }
    set_current_state(static_cast<unsigned int>(state));
    spin_unlock(head.lock, irqs);
    return was_empty;
}

void finish_wait(wait_queue_head *head, wait_queue_entry *entry)
{
    kapi_finish_wait(head, entry);
}

void add_wait_queue(wait_queue_head *opaque_head, wait_queue_entry *entry)
{
    WaitHead &head = inside(opaque_head);
    inside(entry).flags &= ~WQ_FLAG_EXCLUSIVE;
    const bool irqs = spin_lock(head.lock);
    link(head, inside(entry), true);
    spin_unlock(head.lock, irqs);
}

void add_wait_queue_exclusive(wait_queue_head *opaque_head, wait_queue_entry *entry)
{
    WaitHead &head = inside(opaque_head);
    inside(entry).flags |= WQ_FLAG_EXCLUSIVE;
    const bool irqs = spin_lock(head.lock);
    link(head, inside(entry), false);
    spin_unlock(head.lock, irqs);
}

void kapi_add_priority(wait_queue_head *opaque_head, wait_queue_entry *entry)
{
    WaitHead &head = inside(opaque_head);
    inside(entry).flags |= WQ_FLAG_PRIORITY;
    if (wait_version().priority_is_exclusive)
        inside(entry).flags |= WQ_FLAG_EXCLUSIVE;
    const bool irqs = spin_lock(head.lock);
    link(head, inside(entry), true);
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
        link(head, inside(entry), true);
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
    link(inside(head), inside(entry), true);
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
    return true;
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

void kapi_walk_begin(kapi_walk *walk, wait_queue_head *opaque_head)
{
    WaitHead &head = inside(opaque_head);
    must_hold(head, "kapi_walk_begin()");
    current().walked = &head;
    for (wait_queue_entry *mark : {&walk->at, &walk->end}) {
        WaitEntry &entry = inside(mark);
        entry = {0, nullptr, mark_passed, {&entry.link, &entry.link}};
        link(head, entry, mark == &walk->at);
    }
}

wait_queue_entry *kapi_walk_next(kapi_walk *walk)
{
    WaitHead &head = *current().walked;
    must_hold(head, "kapi_walk_next()");
    WaitEntry &at = inside(&walk->at);
    for (;;) {
        List *next = at.link.next;
        if (next == &inside(&walk->end).link)
            return nullptr;
        at.link.prev->next = next; // list_move()
        next->prev = at.link.prev;
        insert(at.link, *next, *next->next);
        WaitEntry &entry = entry_of(next);
        if (entry.function && entry.function != mark_passed)
            return opaque(entry);
    }
}

void kapi_walk_end(kapi_walk *walk)
{
    WaitHead &head = *current().walked;
    must_hold(head, "kapi_walk_end()");
    unlink(head, inside(&walk->at));
    unlink(head, inside(&walk->end));
}

unsigned int kapi_entry_flags(const wait_queue_entry *entry)
{
    return inside(const_cast<wait_queue_entry *>(entry)).flags;
}

kapi_wake_function kapi_entry_function(const wait_queue_entry *entry)
{
    return inside(const_cast<wait_queue_entry *>(entry)).function;
}

int kapi_entry_wake(wait_queue_entry *entry, unsigned int mode, int sync, void *key)
{
    return wake_entry(*current().walked, inside(entry), mode, sync, key);
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

static int sleep_locked(wait_queue_head *opaque_head, wait_queue_entry *opaque_entry, int flags,
                        kapi_wake_function function, void (*unlock)(SpinLock &),
                        void (*lock)(SpinLock &))
{
    WaitHead &head = inside(opaque_head);
    WaitEntry &entry = inside(opaque_entry);
    must_hold(head, "kapi_sleep_locked()");
    kapi_init_wait_entry(opaque_entry, flags, function);
    link(head, entry, false);
    tell("links itself into \"%s\"", head.lock.name);
    set_current_state(TASK_INTERRUPTIBLE);
    touch(&current(), Access::read);
    const bool signal = current().signal_pending;
    if (!signal) {
        unlock(head.lock);
        schedule();
        lock(head.lock);
    } else {
        current().state = TASK_RUNNING;
    }
    if (linked(entry))
        unlink(head, entry);
    entry_ends(opaque_entry);
    return signal ? -KAPI_ERESTARTSYS : 0;
}

int kapi_sleep_locked(wait_queue_head *head, wait_queue_entry *entry, int flags,
                      kapi_wake_function function)
{
    return sleep_locked(head, entry, flags, function, spin_unlock_irqs_on, spin_lock_irqs_on);
}

int kapi_sleep_locked_irq(wait_queue_head *head, wait_queue_entry *entry, int flags,
                          kapi_wake_function function)
{
    return sleep_locked(
        head, entry, flags, function, [](SpinLock &lock) { spin_unlock(lock, true); },
        [](SpinLock &lock) { spin_lock(lock); });
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
