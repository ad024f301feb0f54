// SPDX-License-Identifier: GPL-2.0
// tell.cpp - see tell.hpp.
#include "tell.hpp"

namespace waitq {
namespace {

void tell_pollers(WaitQueue &pollers, PollMask mask)
{
    if (pollers.has_sleeper())
        pollers.wake_up_poll(mask, kapi_cond_resched);
}

} // namespace

void tell(Queue &queue, News news)
{
    if (news.events) {
        tell_pollers(queue.pollers, poll_event);
        tell_pollers(queue.events.pollers, news.full ? poll_in_full : poll_in);
    }
    if (news.posted)
        kill_fasync(&queue.subscribers, KAPI_SIGIO, KAPI_POLL_MSG);
    if (news.room) {
        queue.events.room.wake_up(Wakes::all());
        tell_pollers(queue.events.pollers, poll_out);
    }
}

} // namespace waitq
