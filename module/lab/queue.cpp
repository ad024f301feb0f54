// SPDX-License-Identifier: GPL-2.0
// queue.cpp - making, ending and looking at a queue.
#include "queue.hpp"

#include "pollfree.hpp"

namespace waitq::lab {
namespace {

// One lockdep class for each role: an inversion between two roles is then seen.
constinit lock_class_key events_key{}, locked_key{}, window_key{}, callers_key{}, lock_key{};

} // namespace

void count_wake(Queue &queue, unsigned long woken)
{
    bool a_task_holds_on;
    {
        const SpinGuard guard(queue.lock);
        ++queue.totals.wakes;
        queue.totals.woken += woken;
        a_task_holds_on = queue.holding_on != 0;
    }
    if (a_task_holds_on)
        queue.window.wake_up(Wakes::all());
}

} // namespace waitq::lab

lab_queue *lab_queue_create()
{
    using namespace waitq::lab;
    auto *queue = static_cast<lab_queue *>(kapi_zalloc(sizeof(lab_queue)));
    if (!queue)
        return nullptr;
    queue->pollfree = make_pollfree_queue();
    if (!queue->pollfree) {
        kapi_free(queue);
        return nullptr;
    }
    queue->callers.init("waitq_lab callers", &callers_key);
    queue->lock.init("waitq_lab lock", &lock_key);
    queue->deferred.queue = queue;
    kapi_lab_work_init(&queue->deferred.native);
    queue->events.queue.init("waitq_lab events", &events_key);
    queue->locked.queue.init("waitq_lab locked", &locked_key);
    queue->window.init("waitq_lab window", &window_key);
    return queue;
}

void lab_queue_destroy(lab_queue *queue)
{
    if (!queue)
        return;
    kapi_lab_work_cancel(&queue->deferred.native);
    kapi_free(queue->pollfree);
    kapi_free(queue);
}

void lab_queue_info(lab_queue *queue, lab_info *info)
{
    using namespace waitq::lab;
    using waitq::Exclusive;
    const waitq::SpinGuard guard(queue->lock);
    *info = {
        .size = sizeof *info,
        .pad = 0,
        .waiters = waiting(queue->events, Exclusive::no) + waiting(queue->locked, Exclusive::no) +
                   queue->pollfree_waiting,
        .waiters_exclusive =
            waiting(queue->events, Exclusive::yes) + waiting(queue->locked, Exclusive::yes),
        .counter = queue->counter,
        .wakes = queue->totals.wakes,
        .woken = queue->totals.woken,
        .spurious = queue->totals.spurious,
        .timeouts = queue->totals.timeouts,
        .signals = queue->totals.signals,
    };
}
