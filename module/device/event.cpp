// SPDX-License-Identifier: GPL-2.0
// event.cpp - the event counter: this is where WAITQ_IOC_WAKE and the timers wake.
#include "event.hpp"

#include "mortal.hpp"

namespace waitq {
namespace {

// queue.lock held.
bool anybody_waits(Head &head)
{
    return waiting(head, Exclusive::no) + waiting(head, Exclusive::yes) != 0;
}

// Adds n to the counter, or what was lent back to it. Any context.
Posted add(Queue &queue, __u64 n, bool lent = false)
{
    const SpinGuard guard(queue.lock);
    if (lent)
        queue.lent -= n;
    // What is lent may yet be put back, so it takes up room as well.
    const bool overflow = n > WAITQ_COUNTER_MAX - queue.counter - queue.lent;
    if (!overflow)
        queue.counter += n;
    return {overflow ? Error::overflow : Error::none,
            queue.counter,
            0,
            anybody_waits(queue.events),
            anybody_waits(queue.locked),
            queue.mortal_waiting != 0};
}

// A wake-up in one queue, by the engine that the order names. With the head held or not, as its
// kind says; first() comes before it, under the same lock, and says whether to go on.
//
// (Not by has_sleeper(): a waiter of wait_event_locked() does not look once more after it has
// linked itself. It is the head's lock that keeps it from missing the wake-up.)
template <class First>
WAITQ_INLINE unsigned long wake_in(CountedQueue &queue, const Order &order, First first)
{
    if (order.kind->head == row::Head::HELD) {
        const HeadGuard guard(queue);
        if (!first())
            return 0;
        if (!order.macro)
            return queue.wake_locked(order.wakes);
        kapi_macro_wake(order.kind->value, queue.native(), order.wakes.nr, order.wakes.key);
        return 0;
    }
    if (!first())
        return 0;
    if (!order.macro)
        return queue.wake_up(order.wakes);
    kapi_macro_wake(order.kind->value, queue.native(), order.wakes.nr, order.wakes.key);
    return 0;
}

// The waiters who hold the head's lock with interrupts on. An interrupt that took that lock
// could have come upon its own CPU holding it.
unsigned long wake_in_locked(Queue &queue, const Order &order)
{
    if (kapi_in_task())
        return wake_in(queue.locked.queue, order, [] { return true; });
    kapi_work_schedule(&queue.deferred.native);
    return 0;
}

// All that a wake-up does after `events`.
Posted announce(Queue &queue, const Order &order, Posted posted, bool news)
{
    if (posted.in_locked)
        posted.woken += wake_in_locked(queue, order);
    if (posted.in_mortal)
        posted.woken += wake_in_mortal(queue, order.wakes);
    count_wake(queue, posted.woken);
    notify(queue, poll_event, news ? KAPI_POLL_MSG : 0);
    return posted;
}

constexpr Order everyone{&wake_kinds[WAITQ_WAKE_UP_ALL], Wakes::all(), false, 0};

} // namespace

Error parse_order(__u32 kind, __u32 nr, __u32 key, __u64 post, Order &order)
{
    const WakeKind *row = find_row(wake_kinds, kind);
    if (!row || (key != 0 && row->key == row::Key::NONE))
        return Error::bad_argument;
    Wakes wakes = Wakes::one();
    switch (row->scope) {
    case row::Scope::ONE:
        break;
    case row::Scope::ALL:
        wakes = Wakes::all();
        break;
    case row::Scope::NR:
        if (nr < 1 || nr > __INT_MAX__)
            return Error::bad_argument;
        wakes = Wakes::exactly(static_cast<int>(nr));
        break;
    }
    if (nr != 0 && row->scope != row::Scope::NR)
        return Error::bad_argument;
    if (!(kapi_macro_wakes() >> kind & 1))
        return Error::unsupported;
    if (row->mode == row::Mode::INTERRUPTIBLE)
        wakes = wakes.interruptible_only();
    if (row->hint == row::Hint::SYNC)
        wakes = wakes.by_one_who_sleeps();
    order = {row, wakes.with_key(key), false, post};
    return Error::none;
}

Posted carry_out(Queue &queue, const Order &order, bool anyway)
{
    Posted posted{};
    const unsigned long woken = wake_in(queue.events.queue, order, [&] {
        posted = add(queue, order.post);
        return posted.in_events && (posted.error == Error::none || anyway);
    });
    posted.woken = woken;
    if (posted.error != Error::none && !anyway)
        return posted;
    return announce(queue, order, posted, order.post != 0);
}

void settle(Queue &queue, __u64 n, bool delivered)
{
    if (delivered) {
        const SpinGuard guard(queue.lock);
        queue.lent -= n;
        return;
    }
    // Others may have gone to sleep because of what was lent: any number of them.
    Posted posted = add(queue, n, true);
    posted.woken = wake_in(queue.events.queue, everyone, [&] { return posted.in_events; });
    announce(queue, everyone, posted, true);
}

} // namespace waitq

void waitq_deferred(work_struct *work)
{
    waitq_queue &queue = *reinterpret_cast<waitq::Deferred *>(work)->queue;
    const unsigned long woken = queue.locked.queue.wake_up(waitq::Wakes::all());
    const waitq::SpinGuard guard(queue.lock);
    queue.totals.woken += woken;
}
