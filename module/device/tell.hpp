// SPDX-License-Identifier: GPL-2.0
// tell.hpp - what is told once the event counter has changed and its lock is given back.
#pragma once

#include "queue.hpp"

namespace waitq {

struct News {
    bool events; // the counter is not 0: for pollers
    bool posted; // and something was added: for the subscribers to SIGIO
    bool room;   // events were taken that writers of an EVENTFD wait for as room
};

// Process context.
void tell(Queue &queue, News news);

// From an interrupt: tells the first WAITQ_WAKE_CHUNK pollers, and returns what is left for a
// thread of the kernel to tell. (How many subscribers there are, nobody knows before all are told.)
News tell_from_interrupt(Queue &queue, News news);

} // namespace waitq
