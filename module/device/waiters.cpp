// SPDX-License-Identifier: GPL-2.0
// waiters.cpp - a look into the wait queues: a chunk of entries at a time is noted down with the
// head's lock held, and described and handed out without it.
#include "waiters.hpp"

#include "callback.hpp"
#include "registry.hpp"

namespace waitq {
namespace {

// What is noted of an entry with the head's lock held.
struct Noted {
    waitq_waiter waiter;
    task_struct *task; // with a reference
    kapi_wake_function function;
};

struct Chunk {
    Noted noted[WaitQueue::chunk];
    unsigned int size;
};

void tell(waitq_waiter &waiter, const About &about)
{
    waiter.flags |= WAITQ_WAITER_KNOWN;
    waiter.kind = about.kind;
    waiter.since_ns = about.since_ns;
}

void note(wait_queue_entry *entry, __u32 place, Noted &noted)
{
    const bool ours = CountedEntry::is(entry) || FuncEntry::is(entry);
    const unsigned int flags = kapi_entry_flags(entry);
    noted = {};
    noted.waiter.place = place;
    noted.waiter.flags = (flags & KAPI_WQ_FLAG_EXCLUSIVE ? WAITQ_WAITER_EXCLUSIVE : 0) |
                         (flags & KAPI_WQ_FLAG_PRIORITY ? WAITQ_WAITER_PRIORITY : 0) |
                         (flags & KAPI_WQ_FLAG_WOKEN ? WAITQ_WAITER_WOKEN : 0);
    noted.function = kapi_entry_function(entry);
    noted.task = kapi_entry_task(entry, ours);
    if (!ours)
        return;
    if (const auto *about = static_cast<const About *>(CountedEntry::of(entry).about()))
        tell(noted.waiter, *about);
}

// No lock held.
void describe(Noted &noted)
{
    About about;
    if (!(noted.waiter.flags & WAITQ_WAITER_KNOWN) && noted.task && find_about(noted.task, about))
        tell(noted.waiter, about);
    kapi_describe(&noted.waiter, noted.task, noted.function);
}

// Calls show(waiter) for each in turn, with no lock held; it must not take long.
template <class Show>
WAITQ_INLINE Error for_each_waiter(Queue &queue, Show show)
{
    struct {
        __u32 place;
        WaitQueue &queue;
    } const places[] = {
        {WAITQ_PLACE_READERS, queue.readers.queue}, {WAITQ_PLACE_WRITERS, queue.writers.queue},
        {WAITQ_PLACE_ROOM, queue.room.queue},       {WAITQ_PLACE_EVENTS, queue.events.queue},
        {WAITQ_PLACE_LOCKED, queue.locked.queue},   {WAITQ_PLACE_POLLERS, queue.pollers},
    };
    auto *chunk = static_cast<Chunk *>(kapi_zalloc(sizeof(Chunk)));
    if (!chunk)
        return Error::no_memory;
    const auto hand_out = [&] {
        for (unsigned int i = 0; i < chunk->size; ++i) {
            Noted &noted = chunk->noted[i];
            describe(noted);
            show(noted.waiter);
        }
        chunk->size = 0;
        kapi_cond_resched();
    };
    for (const auto &place : places) {
        place.queue.walk(
            [&](wait_queue_entry *entry) {
                note(entry, place.place, chunk->noted[chunk->size]);
                ++chunk->size;
                return true;
            },
            hand_out);
        hand_out();
    }
    kapi_free(chunk);
    return Error::none;
}

} // namespace

Error list_waiters(Queue &queue, waitq_waiters &request)
{
    const __u32 room = request.count;
    if (room > WAITQ_WAITERS_MAX)
        return Error::bad_argument;
    // Copied to user space at the end: a copy may take as long as user space likes, and the marks
    // of the walk would stay in the queue meanwhile.
    auto *list = static_cast<waitq_waiter *>(kapi_zalloc((room + 1) * sizeof(waitq_waiter)));
    if (!list)
        return Error::no_memory;
    request.count = 0;
    request.linked = 0;
    Error error = for_each_waiter(queue, [&](const waitq_waiter &waiter) {
        ++request.linked;
        if (request.count < room)
            list[request.count++] = waiter;
    });
    if (error == Error::none && !kapi_copy_to_user(static_cast<unsigned long>(request.waiters),
                                                   list, request.count * sizeof(waitq_waiter)))
        error = Error::bad_address;
    kapi_free(list);
    return error;
}

} // namespace waitq

int waitq_show_waiters(waitq_queue *queue, void (*show)(void *context, const waitq_waiter *waiter),
                       void *context)
{
    return static_cast<int>(to_errno(waitq::for_each_waiter(
        *queue, [&](const waitq_waiter &waiter) { show(context, &waiter); })));
}
