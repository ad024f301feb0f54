// SPDX-License-Identifier: GPL-2.0
// eventfd.cpp - WAITQ_IOC_EVENTFD: a descriptor for the counter that behaves as an eventfd with
// EFD_SEMAPHORE. Mirrors fs/eventfd.c of the kernel.
#include "event.hpp"

namespace waitq {
namespace {

constexpr EventWait one_event{1, true, Exclusive::yes, TaskState::interruptible};

Transfer read(Queue &queue, kapi_bytes &to, waitq_blocking blocking)
{
    __u64 value = 1;
    if (to.size < sizeof value)
        return {0, Error::bad_argument};
    if (!try_events(queue, one_event)) {
        if (blocking != WAITQ_BLOCKS)
            return {0, Error::would_block};
        if (waitq_wait_events(queue, one_event, -1) != WaitOutcome::satisfied)
            return {0, Error::interrupted};
    }
    if (kapi_try_copy_out(&to, &value, sizeof value) ||
        kapi_copy_out(&to, &value, sizeof value) == sizeof value)
        return {sizeof value, Error::none};
    give_back(queue, 1);
    return {0, Error::bad_address};
}

// Counts a writer in want_room while it waits for room, so that take() notes the room it makes.
class WantsRoom {
public:
    explicit WantsRoom(Queue &queue) : queue_(queue)
    {
        const CounterIrqGuard section(queue_);
        ++queue_.events.want_room;
    }
    ~WantsRoom()
    {
        const CounterIrqGuard section(queue_);
        --queue_.events.want_room;
    }
    WantsRoom(const WantsRoom &) = delete;
    WantsRoom &operator=(const WantsRoom &) = delete;

private:
    Queue &queue_;
};

bool has_room(Queue &queue, __u64 n)
{
    const CounterIrqGuard section(queue);
    return n <= room_for(queue.events);
}

Transfer write(Queue &queue, kapi_bytes &from, waitq_blocking blocking)
{
    __u64 n = 0;
    if (from.size < sizeof n)
        return {0, Error::bad_argument};
    if (!kapi_try_copy_in(&from, &n, sizeof n) && kapi_copy_in(&from, &n, sizeof n) != sizeof n)
        return {0, Error::bad_address};
    if (n > WAITQ_COUNTER_MAX)
        return {0, Error::bad_argument};
    // All exclusive waiters that can have something: one that does not consume would use up the
    // wake-up of a reader.
    const Budget budget{n != 0, 0};
    while (post(queue, n, budget).error == Error::overflow) {
        if (blocking != WAITQ_BLOCKS)
            return {0, Error::would_block};
        const WantsRoom wants_room(queue);
        const auto condition = [&] { return has_room(queue, n); };
        if (!wait_event(queue.events.room, TaskState::interruptible, Exclusive::no, Forever(),
                        condition)
                 .satisfied()) {
            const HeadIrqGuard guard(queue.events.queue);
            ++queue.events.totals.interrupted;
            return {0, Error::interrupted};
        }
    }
    return {sizeof n, Error::none};
}

} // namespace
} // namespace waitq

long waitq_eventfd_read(waitq_queue *queue, kapi_bytes *to, waitq_blocking blocking)
{
    return waitq::read(*queue, *to, blocking).to_syscall();
}

long waitq_eventfd_write(waitq_queue *queue, kapi_bytes *from, waitq_blocking blocking)
{
    return waitq::write(*queue, *from, blocking).to_syscall();
}

// See waitq_poll().
unsigned int waitq_eventfd_poll(waitq_queue *queue, file *filp, poll_table_struct *table)
{
    waitq::Events &events = queue->events;
    kapi_poll_wait(filp, events.pollers.native(), table);
    const waitq::CounterIrqGuard section(*queue);
    events.polled = true;
    unsigned int ready = 0;
    if (events.counter != 0)
        ready |= waitq::poll_in;
    if (events.counter < WAITQ_COUNTER_MAX)
        ready |= waitq::poll_out;
    if (events.counter > WAITQ_COUNTER_MAX)
        ready |= waitq::poll_full;
    return ready;
}
