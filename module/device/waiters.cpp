// SPDX-License-Identifier: GPL-2.0
// waiters.cpp - lists the entries of the wait queues, into kernel memory first: a copy to user
// space may take any time, and marks of the walk would stay in the queue for as long.
#include "waiters.hpp"

#include "../wait/onlooker.hpp"
#include "event.hpp"
#include "many.hpp"

namespace waitq {
namespace {

// Fills in a list as far as there is room, and counts every entry.
class ListWaiters {
public:
    struct Note {
        EventNote event; // of a reader or writer: since only
        bool exclusive;
        bool timed; // `since` is known
    };

    WAITQ_INLINE ListWaiters(waitq_waiter *list, unsigned int room)
        : list_(list), room_(room), offset_ns_(kapi_timens_offset_ns())
    {}

    WAITQ_INLINE Linked note(wait_queue_entry *entry, Note &note)
    {
        // An entry for which there is no room is counted, and not described.
        ++linked;
        if (noted_ == room_)
            return Linked::passed_over;
        ++noted_;
        note.exclusive = kapi_entry_flags(entry) & KAPI_WQ_FLAG_EXCLUSIVE;
        note.timed = note_event(entry, note.event) || note_many(entry, note.event);
        if (note.timed)
            return Linked::task;
        if (!CountedEntry::is(entry))
            return Linked::other;
        if (const void *info = CountedEntry::of(entry).waiter_info()) {
            note.event.since = *static_cast<const unsigned long *>(info);
            note.timed = true;
        }
        return Linked::task;
    }
    WAITQ_INLINE void meet(Note &, const task_struct *) {}
    WAITQ_INLINE void show(const Note &note, const kapi_seen &seen)
    {
        waitq_waiter &waiter = list_[count++];
        waiter.place = place;
        waiter.flags = (note.exclusive ? WAITQ_WAITER_EXCLUSIVE : 0) |
                       (seen.pid != 0 || seen.hidden ? WAITQ_WAITER_TASK : 0) |
                       (seen.hidden ? WAITQ_WAITER_HIDDEN : 0);
        waiter.pid = seen.pid;
        waiter.state = static_cast<unsigned char>(seen.state);
        waiter.since_ns = note.timed ? kapi_tick_ns(note.event.since) + offset_ns_ : 0;
        waiter.threshold = note.event.threshold;
        static_assert(sizeof waiter.comm == sizeof seen.comm &&
                      sizeof waiter.function == sizeof seen.function);
        __builtin_memcpy(waiter.comm, seen.comm, sizeof waiter.comm);
        __builtin_memcpy(waiter.function, seen.function, sizeof waiter.function);
    }

    __u32 place = 0;
    unsigned int count = 0;
    unsigned long long linked = 0;

private:
    waitq_waiter *const list_;
    const unsigned int room_;
    const __s64 offset_ns_;
    unsigned int noted_ = 0;
};

// The first version's length of an entry.
constexpr __u32 first_stride = 88;

// Copies an entry to a place of `stride` bytes.
bool put(unsigned long address, __u32 stride, const waitq_waiter &waiter)
{
    if (stride <= sizeof waiter)
        return kapi_copy_to_user(address, &waiter, stride);
    return kapi_copy_to_user(address, &waiter, sizeof waiter) &&
           kapi_clear_user(address + sizeof waiter, stride - sizeof waiter);
}

} // namespace

Error copy_waiters(Queue &queue, waitq_waiters &request)
{
    if (request.flags != 0 || request.count > WAITQ_WAITERS_MAX || request.stride < first_stride ||
        request.stride > WAITQ_STRIDE_MAX)
        return Error::bad_argument;
    auto *list = static_cast<waitq_waiter *>(
        kapi_zalloc((request.count + size_t{1}) * sizeof(waitq_waiter)));
    if (!list)
        return Error::no_memory;
    unsigned long long linked = 0;
    const long listed = waitq_list_waiters(&queue, list, request.count, &linked);
    Error error = listed < 0 ? Error::no_memory : Error::none;
    for (long i = 0; error == Error::none && i < listed; ++i) {
        const auto at = static_cast<unsigned long>(request.waiters) +
                        static_cast<unsigned long>(i) * request.stride;
        if (!put(at, request.stride, list[i]))
            error = Error::bad_address;
        if (i % WAITQ_WAKE_CHUNK == 0)
            kapi_cond_resched();
    }
    kapi_free(list);
    request.count = listed < 0 ? 0 : static_cast<__u32>(listed);
    request.linked = linked;
    return error;
}

} // namespace waitq

long waitq_list_waiters(waitq_queue *queue, waitq_waiter *list, unsigned int room,
                        unsigned long long *linked)
{
    using namespace waitq;
    struct {
        __u32 place;
        WaitQueue &queue;
    } const places[] = {
        {WAITQ_PLACE_READERS, queue->stream.readers},
        {WAITQ_PLACE_WRITERS, queue->stream.writers},
        {WAITQ_PLACE_ROOM, queue->stream.room},
        {WAITQ_PLACE_EVENTS, queue->events.queue},
        {WAITQ_PLACE_POLLERS, queue->pollers},
        {WAITQ_PLACE_EVENT_POLLERS, queue->events.pollers},
        {WAITQ_PLACE_EVENT_ROOM, queue->events.room},
    };
    auto *chunk =
        static_cast<OnlookerChunk<ListWaiters> *>(kapi_zalloc(sizeof(OnlookerChunk<ListWaiters>)));
    if (!chunk)
        return -KAPI_ENOMEM;
    ListWaiters onlooker(list, room);
    for (const auto &place : places) {
        onlooker.place = place.place;
        look_at(place.queue, *chunk, onlooker);
    }
    kapi_free(chunk);
    *linked = onlooker.linked;
    return static_cast<long>(onlooker.count);
}
