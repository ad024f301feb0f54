// SPDX-License-Identifier: GPL-2.0
// queue.cpp - making, ending and looking at a queue.
#include "page.hpp"

namespace waitq {
namespace {

// One lockdep class for each role: an inversion between two roles is then seen.
constinit lock_class_key readers_key{}, writers_key{}, room_key{}, events_key{}, event_room_key{},
    event_pollers_key{}, pollers_key{};

} // namespace

void notify(Queue &queue, PollMask mask, int band)
{
    if (queue.pollers.has_sleeper())
        queue.pollers.wake_up_poll(mask, kapi_cond_resched);
    if (band != 0)
        kill_fasync(&queue.subscribers, KAPI_SIGIO, band);
}

} // namespace waitq

waitq_queue *waitq_queue_create(unsigned int capacity)
{
    auto *queue = static_cast<waitq_queue *>(kapi_zalloc(sizeof(waitq_queue)));
    if (!queue)
        return nullptr;
    if (!queue->stream.ring.init(capacity)) {
        kapi_free(queue);
        return nullptr;
    }
    queue->stream.readers.init("waitq readers", &waitq::readers_key);
    queue->stream.writers.init("waitq writers", &waitq::writers_key);
    queue->stream.room.init("waitq room", &waitq::room_key);
    queue->events.queue.init("waitq events", &waitq::events_key);
    queue->events.room.init("waitq event room", &waitq::event_room_key);
    queue->events.pollers.init("waitq event pollers", &waitq::event_pollers_key);
    queue->events.deferred.queue = queue;
    kapi_work_init(&queue->events.deferred.native);
    queue->pollers.init("waitq pollers", &waitq::pollers_key);
    return queue;
}

void waitq_queue_destroy(waitq_queue *queue)
{
    if (!queue)
        return;
    kapi_work_cancel(&queue->events.deferred.native);
    queue->stream.ring.destroy();
    kapi_page_free(queue->events.page.counter);
    kapi_free(queue);
}

void waitq_queue_info(waitq_queue *queue, waitq_info *info)
{
    waitq::Stream &stream = queue->stream;
    waitq::Events &events = queue->events;
    waitq::Totals totals;
    {
        const waitq::HeadIrqGuard guard(stream.readers);
        totals = stream.totals;
        info->readers = stream.waiting_readers;
        info->writers = stream.waiting_writers;
        info->bytes = stream.ring.size();
        info->capacity = stream.ring.capacity();
    }
    waitq::CountedQueue *const heads[] = {&stream.readers, &stream.writers, &stream.room};
    for (waitq::CountedQueue *head : heads) {
        const waitq::HeadIrqGuard guard(*head);
        totals.woken += head->woken().tasks;
    }
    const waitq::CounterIrqGuard section(*queue);
    info->event_waiters = events.waiting[0];
    info->event_waiters_exclusive = events.waiting[1];
    info->counter = events.counter;
    info->wakes = totals.wakes + events.totals.wakes;
    info->woken = totals.woken + events.totals.woken;
    info->spurious = totals.spurious;
    info->timeouts = events.totals.timeouts;
    info->interrupted = totals.interrupted + events.totals.interrupted;
}
