// SPDX-License-Identifier: GPL-2.0
// threads.cpp - what the threads of the parameter `threads` do: two wait for events, one posts
// and wakes. kernel/threads.c makes and ends them.
#include "event.hpp"

namespace waitq {
namespace {

constexpr unsigned long long period_ns = 1000000000;
constexpr __u64 posted_each_time = 2; // one for each sleeper

// A sleeper's condition: there is an event, which it takes, or it is to end. kthread_stop() sets
// that and then wakes the task, whatever it sleeps in, so it needs no wake-up in the queue.
bool take(Queue &queue)
{
    if (kthread_should_stop())
        return true;
    const SpinGuard guard(queue.lock);
    if (queue.counter == 0)
        return false;
    --queue.counter;
    return true;
}

} // namespace
} // namespace waitq

void waitq_sleeper(waitq_queue *native)
{
    using namespace waitq;
    Queue &queue = *native;
    const auto condition = [&] { return take(queue); };
    while (!kthread_should_stop()) {
        const About about{WAITQ_WAIT_EVENT_INTERRUPTIBLE, kapi_now_ns()};
        // Not signalled: a thread of the kernel has no signals. And what ended it is seen above.
        (void)counted(
            queue, waiting(queue.events, Exclusive::no), [&]() __attribute__((always_inline)) {
                return wait_event(queue.events.queue, TaskState::interruptible, Exclusive::no,
                                  Forever(),
                                  Counted<const decltype(condition)>{queue, about, condition});
            });
        kapi_cond_resched(); // the counter may be high, and then it does not sleep
    }
}

void waitq_waker(waitq_queue *queue)
{
    using namespace waitq;
    const Order order{&wake_kinds[WAITQ_WAKE_UP_ALL], Wakes::all(), false, posted_each_time};
    for (;;) {
        // The state comes before the look: a kthread_stop() in between makes the task run, and
        // the sleep is none.
        kapi_set_current_state(KAPI_TASK_INTERRUPTIBLE);
        if (!kthread_should_stop())
            schedule_timeout(kapi_ns_to_jiffies(period_ns));
        kapi_set_running();
        if (kthread_should_stop())
            return;
        carry_out(*queue, order, true); // a full counter is as good as a post
    }
}
