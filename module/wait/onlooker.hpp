// SPDX-License-Identifier: GPL-2.0
// onlooker.hpp - a look into a wait queue: which tasks are linked, and by which wake function.
#pragma once

#include "wait_event.hpp"
#include "wait_queue.hpp"

namespace waitq {

// The kind of an entry, by Onlooker::note().
enum class Linked : unsigned char {
    passed_over, // it is not to be shown
    other,       // it has a task only if its wake function is one of the kernel's own
    task,        // its wake function is the module's own, and `private` has a task
};

// A list of waiters. `Note`, a plain value, is its record of one entry.
//
//   note(entry, note)  fills in `note`, which is all zeros. Head's lock held: it must be short
//   meet(note, task)   gets the entry's task, or null, while there is a reference to it
//   show(note, seen)   gets the entry's description; last
//
// The last two run with no lock held, in the order of the queue, and may sleep for a short
// time: marks of the walk are linked into the queue meanwhile, which each wake-up passes.
template <class T>
concept Onlooker = requires(T onlooker, wait_queue_entry *entry, typename T::Note &note,
                            const task_struct *task, const kapi_seen &seen)
{
    requires same_as<decltype(onlooker.note(entry, note)), Linked>;
    onlooker.meet(note, task);
    onlooker.show(note, seen);
};

// Memory for a look: too large for a stack.
template <Onlooker T>
struct OnlookerChunk {
    struct {
        typename T::Note note;
        task_struct *task; // with a reference
        kapi_wake_function function;
    } noted[WaitQueue::chunk];
    unsigned int size;
};

// Shows the onlooker each entry of the queue. It notes a chunk of entries at a time with the head's
// lock held, then describes and shows them without it. An entry that is linked meanwhile may be
// left out; one that stays is shown once.
//
// chunk: zeroed memory; may be used again.
// Context: process, no lock held; may sleep.
template <Onlooker T>
WAITQ_INLINE void look_at(WaitQueue &queue, OnlookerChunk<T> &chunk, T &onlooker)
{
    const auto note = [&](wait_queue_entry * entry) __attribute__((always_inline))
    {
        if (WaitQueue::is_mark(entry))
            return true;
        auto &noted = chunk.noted[chunk.size];
        noted = {};
        const Linked linked = onlooker.note(entry, noted.note);
        if (linked != Linked::passed_over) {
            noted.task = kapi_entry_task(entry, linked == Linked::task);
            noted.function = kapi_entry_function(entry);
            ++chunk.size;
        }
        return true;
    };
    const auto show = [&]() __attribute__((always_inline))
    {
        for (unsigned int i = 0; i < chunk.size; ++i) {
            auto &noted = chunk.noted[i];
            onlooker.meet(noted.note, noted.task);
            kapi_seen seen;
            kapi_describe(&seen, noted.task, noted.function);
            onlooker.show(noted.note, seen);
        }
        chunk.size = 0;
        kapi_cond_resched();
    };
    queue.walk(note, show);
    show();
}

} // namespace waitq
