// SPDX-License-Identifier: GPL-2.0
// wait_list.cpp - a wait queue's list and the entries in it: links, lives, and the walk.
#include "wait_list.hpp"

#include "lock.hpp"
#include "memory.hpp"
#include <sim/machine.hpp>

namespace sim {

namespace {

// What is behind a wait_queue_entry on the stack: the layer keeps its own data there.
constexpr std::size_t entry_reach = sizeof(wait_queue_entry) + 48;
// How far below an entry its own function may have something that lives as long.
constexpr std::size_t same_frame = 256;

} // namespace

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

List &before(WaitHead &head, Place place)
{
    List *at = &head.list;
    switch (place) {
    case Place::first:
        if (wait_version().behind_priority)
            while (at->next != &head.list && (entry_of(at->next).flags & WQ_FLAG_PRIORITY))
                at = at->next;
        break;
    case Place::last:
        return *head.list.prev;
    }
    return *at;
}

// With the head's lock held. The link is what list_empty_careful() and wq_has_sleeper() see.
void link(WaitHead &head, WaitEntry &entry, Place place)
{
    touch(&head.list, Access::write);
    touch(&entry.link, Access::write);
    mark_ended(opaque(entry), false);
    List &prev = before(head, place);
    insert(entry.link, prev, *prev.next);
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
        Task &owner = sim::task(i);
        for (unsigned int n = 0; n < owner.entry_count; ++n)
            if (owner.entries[n].entry == entry)
                return &owner;
    }
    return nullptr;
}

// The entries of the list must all be alive: one on a stack frame that is gone is a crash.
void must_live(WaitHead &head, WaitEntry &entry)
{
    if (Fiber::on_any_stack(reinterpret_cast<std::uintptr_t>(&entry)) && !owner_of(opaque(entry)))
        refuse("%s finds a dead wait entry in \"%s\": its task has gone on", current().name,
               head.lock.name);
}

// One entry's wake function, counted for the checks.
int wake_entry(WaitHead &head, WaitEntry &entry, unsigned int mode, int sync, void *key)
{
    must_live(head, entry);
    const unsigned int flags = entry.flags;
    Task *owner = owner_of(opaque(entry));
    current().woke = false;
    const int woke = entry.function(opaque(entry), mode, sync, key);
    if (owner && current().woke) {
        ++owner->woken_through_entry;
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
        at = next;
        const unsigned int flags = entry.flags;
        if (flags & WQ_FLAG_BOOKMARK)
            continue;
        const int woke = wake_entry(head, entry, mode, 0, key);
        if (woke < 0)
            break;
        if (woke > 0 && (flags & WQ_FLAG_EXCLUSIVE) && --nr == 0)
            break;
    }
    return nr;
}

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
        if (!task.entries[i].ended && reinterpret_cast<std::uintptr_t>(memory) + same_frame >=
                                          reinterpret_cast<std::uintptr_t>(task.entries[i].entry))
            return true;
    return false;
}

std::string described(const void *memory)
{
    Machine &machine = Machine::get();
    for (unsigned int i = 0; i < machine.threads(); ++i)
        if (in_living_entry(task(i), memory))
            return std::string("a wait entry of ") + task(i).name;
    return describe_memory(memory);
}

// Its task has seen it unlinked, and may be through with it.
void mark_ended(const wait_queue_entry *entry, bool ended)
{
    Task *task = owner_of(entry);
    if (!task)
        return;
    // The last of that address: an earlier one has left its place on the stack to it.
    for (unsigned int i = task->entry_count; i-- != 0;)
        if (task->entries[i].entry == entry) {
            task->entries[i].ended = ended;
            return;
        }
}

bool is_unlinked(const wait_queue_entry *entry)
{
    return !linked(inside(const_cast<wait_queue_entry *>(entry)));
}

// Of the memory behind the entry. What a waker still reads there is gone.
void layer_part_ends(const wait_queue_entry *entry)
{
    memory_ends(entry + 1, entry_reach - sizeof(wait_queue_entry));
}

void entry_ends(wait_queue_entry *entry)
{
    Task &self = current();
    unsigned int at = self.entry_count;
    while (at != 0 && self.entries[at - 1].entry != entry)
        --at;
    if (at == 0)
        return; // not of the stack: epoll's, poll's
    for (--self.entry_count; at <= self.entry_count; ++at)
        self.entries[at - 1] = self.entries[at];
    // A mark has no part of the layer, and an entry in allocated memory may outlive its wait.
    if (inside(entry).task && Fiber::on_any_stack(reinterpret_cast<std::uintptr_t>(entry)))
        layer_part_ends(entry);
}

// __wake_up_common_lock(): with a break, the walk stands at a bookmark while others run. An
// entry that comes before it meanwhile is not seen, as in the kernel.
void wake_up(wait_queue_head *opaque_head, unsigned int mode, int nr, void *key)
{
    WaitHead &head = inside(opaque_head);
    const unsigned int limit = wait_version().walk_break;
    WaitEntry bookmark{WQ_FLAG_BOOKMARK, nullptr, nullptr, {}};
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
            List *next = at->next;
            const unsigned int flags = entry.flags;
            const int woke = flags & WQ_FLAG_BOOKMARK ? 0 : wake_entry(head, entry, mode, 0, key);
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
