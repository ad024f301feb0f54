// SPDX-License-Identifier: GPL-2.0
// event.cpp - the event counter: this is where LAB_IOC_WAKE wakes.
#include "event.hpp"

#include "end_mark.hpp"
#include "pollfree.hpp"

namespace waitq::lab {
namespace {

bool has_waiters(Queue &queue, Place &place)
{
    queue.lock.assert_held();
    return waiting(place, Exclusive::no) + waiting(place, Exclusive::yes) != 0;
}

// Adds n to the counter; or puts n back that were reserved. Any context.
Posted add(Queue &queue, __u64 n, bool was_reserved = false)
{
    const SpinGuard guard(queue.lock);
    if (was_reserved)
        queue.reserved -= n;
    // Reserved events may yet be put back, so they take up room as well.
    const bool overflow = n > LAB_COUNTER_MAX - queue.counter - queue.reserved;
    if (!overflow)
        queue.counter += n;
    return {overflow ? Error::overflow : Error::none,
            queue.counter,
            0,
            has_waiters(queue, queue.events),
            has_waiters(queue, queue.locked),
            queue.pollfree_waiting != 0};
}

// Wakes the waiters that are not exclusive; no macro of the kernel's does that. Head's lock held.
unsigned long wake_nonexclusive(CountedQueue &queue, Wakes wakes)
{
    unsigned long woken = 0;
    queue.walk_locked([&](wait_queue_entry *entry) {
        if (kapi_entry_flags(entry) & KAPI_WQ_FLAG_EXCLUSIVE)
            return true;
        const bool counts = CountedEntry::is(entry); // asked before the entry may be gone
        const int woke =
            // (The flag of a sync wake-up has no name for a module. It is a hint only.)
            kapi_entry_wake(entry, wakes.mode, 0,
                            reinterpret_cast<void *>(static_cast<unsigned long>(wakes.key)));
        woken += counts && woke > 0;
        return woke >= 0;
    });
    return woken;
}

// An order on its way through the queues, by the engine that it names.
//
// (Never by WaitQueue::has_sleeper(): a waiter of wait_event_locked() does not test once more
// after it has linked itself. The head's lock keeps it from missing the wake-up.)
class Delivery {
public:
    explicit Delivery(const Order &order) : order_(order), left_(order.wakes.nr) {}

    // Calls run() with the head's lock held, if that is how the kind is called.
    template <class Run>
    WAITQ_INLINE void as_called(CountedQueue &queue, Run run)
    {
        if (held()) {
            const HeadGuard guard(queue);
            run();
        } else {
            run();
        }
    }
    // A wake-up in one queue, inside as_called(). `last`: no later queue has exclusive waiters for
    // the rest of the order.
    void wake_in(CountedQueue &queue, bool last)
    {
        if (!all() && left_ == 0)
            locked(queue, [&] { woken_ += wake_nonexclusive(queue, order_.wakes); });
        else if (all() || last)
            woken_ += by_engine(queue, exclusive(left_));
        else
            wake_and_subtract(queue);
    }

    bool all() const { return order_.wakes.nr == 0; }
    // Exclusive waiters that may still be woken, unless all() are.
    int left() const { return left_; }
    unsigned long woken() const { return woken_; }

private:
    bool held() const { return order_.kind->head == row::Head::HELD; }
    Wakes exclusive(int nr) const
    {
        Wakes wakes = order_.wakes;
        wakes.nr = nr;
        return wakes;
    }

    template <class Run>
    WAITQ_INLINE void locked(CountedQueue &queue, Run run)
    {
        if (held()) {
            run();
        } else {
            const HeadGuard guard(queue);
            run();
        }
    }

    unsigned long by_engine(CountedQueue &queue, Wakes wakes)
    {
        if (order_.macro) {
            kapi_macro_wake(order_.kind->value, queue.native(), wakes.nr, wakes.key);
            return 0;
        }
        return (held() ? queue.wake_locked(wakes) : queue.wake_up(wakes)).tasks;
    }

    // One exclusive waiter at a time, because the kernel does not tell how many it has woken
    // (since 6.2 some of its functions do). A mark at the end of the queue tells whether the walk
    // came to an end without one.
    void wake_and_subtract(CountedQueue &queue)
    {
        for (EndMark mark; left_ != 0; --left_) {
            if (order_.macro && !held())
                wake_one_unlocked(queue, mark);
            else
                locked(queue, [&] {
                    mark.link(queue);
                    if (order_.macro)
                        by_engine(queue, exclusive(1));
                    else
                        woken_ += queue.wake_locked(exclusive(1)).tasks;
                    mark.unlink(queue);
                });
            if (mark.passed())
                return;
        }
    }

    // The macro takes the head's lock itself. A waiter that comes to stand behind the mark just
    // before that may be woken and not subtracted: one too many, never one too few.
    void wake_one_unlocked(CountedQueue &queue, EndMark &mark)
    {
        {
            const HeadGuard guard(queue);
            mark.link(queue);
        }
        by_engine(queue, exclusive(1));
        const HeadGuard guard(queue);
        mark.unlink(queue);
    }

    const Order &order_;
    int left_;
    unsigned long woken_ = 0;
};

// This head's lock is held with interrupts on, so an interrupt that took it could spin for a lock
// of its own CPU. It leaves the wake-up to `deferred`.
void wake_in_locked(Queue &queue, Delivery &delivery)
{
    if (kapi_in_task()) {
        delivery.as_called(queue.locked.queue, [&] { delivery.wake_in(queue.locked.queue, true); });
        return;
    }
    {
        const SpinGuard guard(queue.lock);
        queue.deferred.all |= delivery.all();
        queue.deferred.at_most += static_cast<__u64>(delivery.left());
    }
    kapi_lab_work_schedule(&queue.deferred.native);
}

// The rest of a wake-up, after `events`: `posted` says which queues have waiters.
void wake_after(Queue &queue, const Order &order, Delivery &delivery, Posted &posted)
{
    if (posted.in_locked)
        wake_in_locked(queue, delivery);
    posted.woken = delivery.woken();
    if (posted.in_pollfree)
        posted.woken += wake_in_pollfree(queue, order.wakes);
    count_wake(queue, posted.woken);
}

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
    if (!(kapi_macro_wakes() >> row->value & 1))
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
    Delivery delivery(order);
    delivery.as_called(queue.events.queue, [&] {
        posted = add(queue, order.post);
        if (posted.in_events && (posted.error == Error::none || anyway))
            delivery.wake_in(queue.events.queue, !posted.in_locked);
    });
    if (posted.error == Error::none || anyway)
        wake_after(queue, order, delivery, posted);
    return posted;
}

void settle(Queue &queue, __u64 n, bool delivered)
{
    if (delivered) {
        const SpinGuard guard(queue.lock);
        queue.reserved -= n;
        return;
    }
    // Any number of waiters may sleep because these events were reserved.
    const Order order{&wake_kinds[LAB_WAKE_UP_ALL], Wakes::all(), false, 0};
    Delivery delivery(order);
    Posted posted = add(queue, n, true);
    if (posted.in_events)
        delivery.wake_in(queue.events.queue, !posted.in_locked);
    wake_after(queue, order, delivery, posted);
}

} // namespace waitq::lab

void lab_deferred(work_struct *work)
{
    using namespace waitq;
    using namespace waitq::lab;
    lab_queue &queue = *reinterpret_cast<Deferred *>(work)->queue;
    bool all;
    __u64 at_most;
    {
        const SpinGuard guard(queue.lock);
        all = queue.deferred.all;
        at_most = queue.deferred.at_most;
        queue.deferred.all = false;
        queue.deferred.at_most = 0;
    }
    unsigned long woken;
    if (all || at_most > __INT_MAX__) {
        woken = queue.locked.queue.wake_up(Wakes::all()).tasks;
    } else if (at_most != 0) {
        woken = queue.locked.queue.wake_up(Wakes::exactly(static_cast<int>(at_most))).tasks;
    } else {
        const HeadGuard guard(queue.locked.queue);
        woken = wake_nonexclusive(queue.locked.queue, Wakes::all());
    }
    const SpinGuard guard(queue.lock);
    queue.totals.woken += woken;
}
