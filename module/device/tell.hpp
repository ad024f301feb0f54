// SPDX-License-Identifier: GPL-2.0
// tell.hpp - tells pollers, subscribers and writers that the event counter has changed.
#pragma once

#include "queue.hpp"

namespace waitq {

struct News {
    bool events;       // the counter is not 0: for pollers
    bool posted;       // and something was added: for the subscribers to SIGIO
    bool room;         // room was made that writers or pollers of an EVENTFD wait for
    bool full = false; // the counter is above its maximum: for pollers of an EVENTFD

    WAITQ_INLINE bool any() const { return events | posted | room; }
};

// Whether somebody asked for SIGIO. A subscriber that comes later needs no signal: it looks after
// it has subscribed.
WAITQ_INLINE bool subscribed(const Queue &queue)
{
    return __atomic_load_n(&queue.subscribers, __ATOMIC_RELAXED) != nullptr;
}

// Process context.
void tell(Queue &queue, News news);

} // namespace waitq
