// SPDX-License-Identifier: GPL-2.0
// threads.cpp - the bodies of the threads of the parameter `threads`: two wait for events, one
// posts and wakes. kernel/lab/threads.c makes and ends them.
#include "event.hpp"

namespace waitq::lab {
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

// The same, with wake-ups in vain entered in the totals, and the thread's info for onlookers.
struct Take {
    Queue &queue;
    const WaiterInfo &info;

    WAITQ_INLINE bool operator()() const { return take(queue); }
    WAITQ_INLINE const WaiterInfo *waiter_info() const { return &info; }
    WAITQ_INLINE void woken_in_vain() const
    {
        const SpinGuard guard(queue.lock);
        ++queue.totals.spurious;
    }
};

} // namespace
} // namespace waitq::lab

void lab_sleeper(lab_queue *native)
{
    using namespace waitq;
    using namespace waitq::lab;
    lab_queue &queue = *native;
    while (!kthread_should_stop()) {
        const WaiterInfo info{LAB_WAIT_EVENT_INTERRUPTIBLE, kapi_now_ns()};
        // Never signalled: a thread of the kernel has no signals. The loop's own test sees why the
        // wait ended.
        (void)counted(
            queue, waiting(queue.events, Exclusive::no), [&]() __attribute__((always_inline)) {
                return wait_event(queue.events.queue, TaskState::interruptible, Exclusive::no,
                                  Forever(), Take{queue, info});
            });
        kapi_cond_resched(); // the counter may be high, and then it does not sleep
    }
}

void lab_waker(lab_queue *queue)
{
    using namespace waitq;
    using namespace waitq::lab;
    const Order order{&wake_kinds[LAB_WAKE_UP_ALL], Wakes::all(), false, posted_each_time};
    for (;;) {
        // The state comes before the test: a kthread_stop() in between makes the task run, and
        // schedule_timeout() returns at once.
        kapi_set_current_state(KAPI_TASK_INTERRUPTIBLE);
        if (!kthread_should_stop())
            schedule_timeout(kapi_ns_to_jiffies(period_ns));
        kapi_set_running();
        if (kthread_should_stop())
            return;
        carry_out(*queue, order, true); // a full counter is as good as a post
    }
}
