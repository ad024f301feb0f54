// SPDX-License-Identifier: GPL-2.0
// waiters.cpp - LAB_IOC_WAITERS: a list of the entries of each queue.
#include "waiters.hpp"

#include "../wait/onlooker.hpp"
#include "callback.hpp"
#include "end_mark.hpp"
#include "registry.hpp"

namespace waitq::lab {
namespace {

template <size_t to_size, size_t from_size>
void copy_cut(char (&to)[to_size], const char (&from)[from_size])
{
    size_t n = 0;
    for (; n < to_size - 1 && n < from_size && from[n]; ++n)
        to[n] = from[n];
    to[n] = 0;
}

// Fills in an array of struct lab_waiter.
class List {
public:
    using Note = lab_waiter;

    List(lab_waiter *list, __u32 room) : list_(list), room_(room) {}

    // From now on it is shown the entries of that place.
    void begin(lab_place place) { place_ = place; }

    Linked note(wait_queue_entry *entry, Note &note)
    {
        if (EndMark::is(entry))
            return Linked::passed_over;
        const unsigned int flags = kapi_entry_flags(entry);
        note.place = place_;
        note.flags = (flags & KAPI_WQ_FLAG_EXCLUSIVE ? LAB_WAITER_EXCLUSIVE : 0) |
                     (flags & KAPI_WQ_FLAG_PRIORITY ? LAB_WAITER_PRIORITY : 0) |
                     (flags & KAPI_WQ_FLAG_WOKEN ? LAB_WAITER_WOKEN : 0);
        if (CountedEntry::is(entry) || FuncEntry::is(entry)) {
            if (const void *info = CountedEntry::of(entry).waiter_info())
                tell(note, *static_cast<const WaiterInfo *>(info));
            return Linked::task;
        }
        return kapi_entry_function(entry) == kapi_macro_call_back ? Linked::task : Linked::other;
    }

    // An entry that a macro of the kernel's made has no info: the registry has it, by the task.
    void meet(Note &note, const task_struct *task)
    {
        if (!task)
            return;
        note.flags |= LAB_WAITER_TASK;
        WaiterInfo info;
        if (!(note.flags & LAB_WAITER_KNOWN) && find_info(task, info))
            tell(note, info);
    }

    void show(Note &note, const kapi_seen &seen)
    {
        ++linked_;
        if (count_ == room_)
            return;
        note.pid = seen.pid;
        note.state = seen.state ? seen.state : '?';
        copy_cut(note.comm, seen.comm);
        copy_cut(note.function, seen.function);
        list_[count_++] = note;
    }

    __u32 count() const { return count_; }
    __u64 linked() const { return linked_; }

private:
    static void tell(Note &note, const WaiterInfo &info)
    {
        note.flags |= LAB_WAITER_KNOWN;
        note.kind = info.kind;
        note.since_ns = info.since_ns;
    }

    lab_waiter *const list_;
    const __u32 room_;
    __u32 count_ = 0;
    __u64 linked_ = 0;
    lab_place place_ = LAB_PLACE_EVENTS;
};

Error fill(Queue &queue, List &list)
{
    using Chunk = OnlookerChunk<List>;
    auto *chunk = static_cast<Chunk *>(kapi_zalloc(sizeof(Chunk)));
    if (!chunk)
        return Error::no_memory;
    list.begin(LAB_PLACE_EVENTS);
    look_at(queue.events.queue, *chunk, list);
    list.begin(LAB_PLACE_LOCKED);
    look_at(queue.locked.queue, *chunk, list);
    kapi_free(chunk);
    return Error::none;
}

} // namespace

Error list_waiters(Queue &queue, lab_waiters &request)
{
    if (request.count > LAB_WAITERS_MAX)
        return Error::bad_argument;
    // Copied to user space at the end: a copy may take any time, and the marks of the walk would
    // stay in the queue meanwhile.
    auto *memory = static_cast<lab_waiter *>(kapi_zalloc((request.count + 1) * sizeof(lab_waiter)));
    if (!memory)
        return Error::no_memory;
    List list(memory, request.count);
    Error error = fill(queue, list);
    request.count = list.count();
    request.linked = list.linked();
    if (error == Error::none && !kapi_copy_to_user(static_cast<unsigned long>(request.waiters),
                                                   memory, list.count() * sizeof(lab_waiter)))
        error = Error::bad_address;
    kapi_free(memory);
    return error;
}

} // namespace waitq::lab

long lab_list_waiters(lab_queue *queue, lab_waiter *memory, unsigned int room,
                      unsigned long long *linked)
{
    using namespace waitq::lab;
    List list(memory, room);
    const Error error = fill(*queue, list);
    *linked = list.linked();
    return error == Error::none ? static_cast<long>(list.count()) : to_errno(error);
}
