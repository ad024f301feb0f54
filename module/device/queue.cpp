// SPDX-License-Identifier: GPL-2.0
// queue.cpp - making, ending and looking at a queue.
#include "queue.hpp"

#include "mortal.hpp"

namespace waitq {
namespace {

// One lockdep class for each role: an inversion between two roles is then seen.
constinit lock_class_key readers_key{}, writers_key{}, room_key{}, events_key{}, locked_key{},
    window_key{}, pollers_key{}, callers_key{}, lock_key{};

} // namespace

unsigned long wake(Queue &queue, Head &head, Wakes wakes)
{
    // A head that nobody is linked into needs no walk: the usual case of a queue whose
    // reader is busy. See WaitQueue::has_sleeper() for why none is missed.
    const unsigned long woken = head.queue.has_sleeper() ? head.queue.wake_up(wakes) : 0;
    count_wake(queue, woken);
    return woken;
}

void count_wake(Queue &queue, unsigned long woken)
{
    bool anybody_holds_on;
    {
        const SpinGuard guard(queue.lock);
        ++queue.totals.wakes;
        queue.totals.woken += woken;
        anybody_holds_on = queue.holding_on != 0;
    }
    if (anybody_holds_on)
        queue.window.wake_up(Wakes::all());
}

void notify(Queue &queue, PollMask mask, int band)
{
    if (queue.pollers.has_sleeper())
        queue.pollers.wake_up_poll(mask);
    if (band != 0)
        kill_fasync(&queue.subscribers, KAPI_SIGIO, band);
}

} // namespace waitq

waitq_queue *waitq_queue_create(unsigned int capacity)
{
    auto *queue = static_cast<waitq_queue *>(kapi_zalloc(sizeof(waitq_queue)));
    if (!queue)
        return nullptr;
    queue->mortal = waitq::make_mortal();
    if (!queue->mortal || !queue->ring.init(capacity)) {
        kapi_free(queue->mortal);
        kapi_free(queue);
        return nullptr;
    }
    queue->callers.init("waitq callers", &waitq::callers_key);
    queue->lock.init("waitq lock", &waitq::lock_key);
    queue->deferred.queue = queue;
    kapi_work_init(&queue->deferred.native);
    queue->readers.queue.init("waitq readers", &waitq::readers_key);
    queue->writers.queue.init("waitq writers", &waitq::writers_key);
    queue->room.queue.init("waitq room", &waitq::room_key);
    queue->events.queue.init("waitq events", &waitq::events_key);
    queue->locked.queue.init("waitq locked", &waitq::locked_key);
    queue->window.init("waitq window", &waitq::window_key);
    queue->pollers.init("waitq pollers", &waitq::pollers_key);
    return queue;
}

void waitq_queue_destroy(waitq_queue *queue)
{
    if (!queue)
        return;
    kapi_work_cancel(&queue->deferred.native);
    queue->ring.destroy();
    kapi_free(queue->mortal);
    kapi_free(queue);
}

void waitq_queue_info(waitq_queue *queue, waitq_info *info)
{
    using waitq::Exclusive;
    const waitq::SpinGuard guard(queue->lock);
    *info = {
        .size = sizeof *info,
        .pad = 0,
        .readers = waiting(queue->readers, Exclusive::yes),
        .writers = waiting(queue->writers, Exclusive::yes) + waiting(queue->room, Exclusive::yes),
        .event_waiters = waiting(queue->events, Exclusive::no) +
                         waiting(queue->locked, Exclusive::no) + queue->mortal_waiting,
        .event_waiters_exclusive =
            waiting(queue->events, Exclusive::yes) + waiting(queue->locked, Exclusive::yes),
        .counter = queue->counter,
        .bytes = queue->ring.size(),
        .capacity = queue->ring.capacity(),
        .wakes = queue->totals.wakes,
        .woken = queue->totals.woken,
        .spurious = queue->totals.spurious,
        .timeouts = queue->totals.timeouts,
        .signals = queue->totals.signals,
    };
}
