// SPDX-License-Identifier: GPL-2.0
// many.cpp - see many.hpp.
#include "many.hpp"

#include "deadline.hpp"
#include "file.hpp"

namespace waitq {

// The wake functions of a ManyEntry: of an item that alone ends the wait, and of one of WAIT_ALL.
extern "C" int waitq_grant_any(wait_queue_entry *entry, unsigned int mode, int sync, void *key);
extern "C" int waitq_grant_all(wait_queue_entry *entry, unsigned int mode, int sync, void *key);

namespace {

constinit SpinLock all_queues{};
constinit lock_class_key all_key{}, call_key{};

struct ManyWait;

// An item. It lasts until its task has unlinked it under the head's lock; so a waker, which holds
// that lock, may use it and its ManyWait to the end.
struct ManyEntry {
    wait_queue_entry native; // first: of() finds itself by it
    ManyWait *wait;
    Queue *queue;
    kapi_held held; // the item's file, which keeps the queue
    __u64 threshold, taken;
    Exclusive exclusive;
    unsigned long since; // the tick when it was linked

    static ManyEntry &of(wait_queue_entry *entry) { return *reinterpret_cast<ManyEntry *>(entry); }
};

constexpr unsigned int nobody = ~0U;

// A call under way; its entries stand behind it.
struct alignas(ManyEntry) ManyWait {
    // Guards `done`. The wakers of several queues, and the waiter, may want to satisfy the call at
    // once: the first that finds `nobody` here does.
    SpinLock lock;
    unsigned int done; // the number of the item that satisfied the call, or nobody

    unsigned int count;
    unsigned int together; // the first so many are items of WAIT_ALL; each other is one by itself
    unsigned int held;     // the first so many have their file

    ManyEntry *entries() { return reinterpret_cast<ManyEntry *>(this + 1); }
    ManyEntry *begin() { return entries(); }
    ManyEntry *end() { return entries() + count; }
    unsigned int number_of(const ManyEntry &entry)
    {
        return static_cast<unsigned int>(&entry - entries());
    }
    bool is_together(const ManyEntry &entry) { return number_of(entry) < together; }
};

bool is_done(ManyWait &wait)
{
    const SpinGuard guard(wait.lock);
    return wait.done != nobody;
}

// True: the caller has satisfied the call, and takes for it.
bool claim(ManyWait &wait, unsigned int number)
{
    const SpinGuard guard(wait.lock);
    if (wait.done != nobody)
        return false;
    wait.done = number;
    return true;
}

// Head's lock held.
bool reached(ManyEntry &entry)
{
    entry.queue->events.queue.assert_held();
    return entry.queue->events.counter >= entry.threshold;
}

// Takes for an item that alone ends the wait, if its counter is high enough. Head's lock held.
bool take_one(ManyEntry &entry)
{
    if (!reached(entry) || !claim(*entry.wait, entry.wait->number_of(entry)))
        return false;
    take(entry.queue->events, entry.taken);
    return true;
}

// Takes for the items of WAIT_ALL, if all their counters are high enough. The lock of all queues is
// held; of the heads' locks that of `locked`, or none.
bool take_together(ManyWait &wait, const Queue *locked)
{
    all_queues.assert_held();
    bool all = true;
    ManyEntry *const entries = wait.entries();
    unsigned int i = 0;
    for (; all && i < wait.together; ++i) {
        if (entries[i].queue != locked)
            TogetherGuard::begin(*entries[i].queue);
        all = reached(entries[i]);
    }
    const bool taken = all && claim(wait, 0);
    while (i-- != 0) {
        Queue &queue = *entries[i].queue;
        if (taken)
            take(queue.events, entries[i].taken);
        if (&queue == locked)
            continue;
        // The waker tells of the room in its own queue alone, and when the waiter will run nobody
        // knows.
        if (locked && take_room_news(queue.events)) {
            queue.events.deferred.room = true;
            kapi_work_schedule(&queue.events.deferred.native);
        }
        TogetherGuard::end(queue);
    }
    return taken;
}

// The waiter's own look at its condition. Process context, no lock held.
void look(ManyWait &wait)
{
    if (wait.together != 0) {
        const TogetherGuard guard;
        if (take_together(wait, nullptr))
            return;
    }
    for (ManyEntry &entry : wait) {
        if (wait.is_together(entry))
            continue;
        const CounterIrqGuard section(*entry.queue);
        if (take_one(entry))
            return;
    }
}

void link(ManyWait &wait)
{
    for (ManyEntry &entry : wait) {
        Events &events = entry.queue->events;
        const CounterIrqGuard section(*entry.queue);
        const bool together = wait.is_together(entry);
        kapi_init_wait_entry(&entry.native, static_cast<int>(entry.exclusive),
                             together ? waitq_grant_all : waitq_grant_any);
        entry.since = kapi_tick();
        ++waiting(events, entry.exclusive);
        events.waiting_all += together;
        kapi_link_last(events.queue.native(), &entry.native);
    }
}

void unlink(ManyWait &wait)
{
    for (ManyEntry &entry : wait) {
        Events &events = entry.queue->events;
        const CounterIrqGuard section(*entry.queue);
        kapi_unlink(events.queue.native(), &entry.native);
        --waiting(events, entry.exclusive);
        events.waiting_all -= wait.is_together(entry);
    }
}

// Sleeps until the call is satisfied, the time is up, or a signal comes. A waker that satisfies the
// call is not missed:
//
//   waker                              waiter
//   locks; done = i; unlocks           sets its state (full barrier)
//   wakes it                           locks; done? ; unlocks
//
// With the waiter's section first, the waker finds the state set.
template <SleepPolicy Sleep>
WAITQ_INLINE WaitOutcome sleep(ManyWait &wait, Sleep &sleep)
{
    constexpr unsigned int state = KAPI_TASK_INTERRUPTIBLE;
    for (;;) {
        WaitOutcome outcome = WaitOutcome::satisfied;
        kapi_set_current_state(state);
        if (is_done(wait)) {
        } else if (sleep.expired()) {
            outcome = WaitOutcome::timed_out;
        } else if (kapi_signal_pending_state(state)) {
            outcome = WaitOutcome::signalled;
        } else {
            sleep.sleep();
            continue;
        }
        kapi_set_running();
        return outcome;
    }
}

// Counts how the wait ended, and tells of the room that was made in its name.
void settle(ManyWait &wait, WaitOutcome outcome)
{
    for (ManyEntry &entry : wait) {
        Totals &totals = entry.queue->events.totals;
        bool room;
        {
            const CounterIrqGuard section(*entry.queue);
            totals.timeouts += outcome == WaitOutcome::timed_out;
            totals.interrupted += outcome == WaitOutcome::signalled;
            room = take_room_news(entry.queue->events);
        }
        if (room)
            tell(*entry.queue, {false, false, true});
    }
}

// The arguments are as for waitq_wait_events(). (Not mangled: /proc/PID/wchan names it.)
extern "C" [[gnu::noinline]] WaitOutcome waitq_wait_items(ManyWait &wait, __s64 timeout_ns,
                                                          __u64 slack_ns)
{
    WaitOutcome outcome = WaitOutcome::timed_out;
    look(wait);
    if (!is_done(wait) && timeout_ns != 0) {
        link(wait);
        look(wait); // a post before the link woke nobody
        if (timeout_ns < 0) {
            Forever forever;
            outcome = sleep(wait, forever);
        } else {
            HrTimeout timeout(timeout_ns, slack_ns);
            timeout.begin();
            outcome = sleep(wait, timeout);
            timeout.end();
        }
        // Satisfied beats timed out and signalled. An interrupt posts first and wakes later.
        if (outcome != WaitOutcome::satisfied)
            look(wait);
        unlink(wait);
    }
    if (is_done(wait))
        outcome = WaitOutcome::satisfied;
    settle(wait, outcome);
    return outcome;
}

bool well_formed(const waitq_wait_many &request)
{
    constexpr __u32 known = WAITQ_TIMEOUT | WAITQ_ABSOLUTE | WAITQ_ALERT;
    const __u32 alerts = (request.flags & WAITQ_ALERT) != 0;
    return !(request.flags & ~known) && request.pad == 0 && Deadline::well_formed(request) &&
           request.count > alerts && request.count <= WAITQ_ITEMS_MAX + alerts;
}

// Another item of WAIT_ALL has that queue.
bool is_twice(ManyWait &wait, const ManyEntry &entry)
{
    for (ManyEntry *other = wait.begin(); other != &entry; ++other)
        if (other->queue == entry.queue)
            return true;
    return false;
}

// Reads and checks an item, and gets its file.
Error get(ManyWait &wait, ManyEntry &entry, unsigned long address)
{
    waitq_item item;
    if (!kapi_copy_from_user(&item, address, sizeof item))
        return Error::bad_address;
    if ((item.flags & ~(WAITQ_EXCLUSIVE | WAITQ_CONSUME)) || !is_threshold(item.threshold))
        return Error::bad_argument;
    const waitq_file *file = kapi_file_get(item.fd, &entry.held);
    if (!file)
        return Error::bad_mode;
    ++wait.held;
    if (!file->opener.reads)
        return Error::bad_mode;
    entry.wait = &wait;
    entry.queue = file->queue;
    entry.threshold = item.threshold;
    entry.taken = item.flags & WAITQ_CONSUME ? item.threshold : 0;
    entry.exclusive = item.flags & WAITQ_EXCLUSIVE ? Exclusive::yes : Exclusive::no;
    return wait.together != 0 && is_twice(wait, entry) ? Error::bad_argument : Error::none;
}

} // namespace

void many_init()
{
    all_queues.init("waitq all queues", &all_key);
}

TogetherGuard::TogetherGuard()
{
    all_queues.lock_irq();
}

TogetherGuard::~TogetherGuard()
{
    all_queues.unlock_irq();
}

void TogetherGuard::begin(Queue &queue)
{
    queue.events.queue.lock_nested(all_queues);
    begin_section(queue.events);
}

void TogetherGuard::end(Queue &queue)
{
    end_section(queue);
    queue.events.queue.unlock_nested();
}

void TogetherSection::begin()
{
    all_queues.lock_irq();
    TogetherGuard::begin(queue_);
}

void TogetherSection::end()
{
    TogetherGuard::end(queue_);
    all_queues.unlock_irq();
}

void TogetherSection::pause()
{
    end();
    kapi_cond_resched();
    begin();
}

int waitq_grant_any(wait_queue_entry *native, unsigned int mode, int sync, void *)
{
    ManyEntry &entry = ManyEntry::of(native);
    Events &events = entry.queue->events;
    if (events.counter == 0) // every threshold is 1 or more: ends the walk
        return -1;
    if (!take_one(entry))
        return 0;
    ++events.totals.woken;
    default_wake_function(native, mode, sync, nullptr);
    return 1;
}

int waitq_grant_all(wait_queue_entry *native, unsigned int mode, int sync, void *)
{
    ManyEntry &entry = ManyEntry::of(native);
    Events &events = entry.queue->events;
    if (events.counter == 0)
        return -1;
    if (!reached(entry) || !take_together(*entry.wait, entry.queue))
        return 0;
    ++events.totals.woken;
    default_wake_function(native, mode, sync, nullptr);
    return 1;
}

bool note_many(wait_queue_entry *native, EventNote &note)
{
    const kapi_wake_function function = kapi_entry_function(native);
    if (function != waitq_grant_any && function != waitq_grant_all)
        return false;
    const ManyEntry &entry = ManyEntry::of(native);
    note = {entry.since, entry.threshold};
    return true;
}

Error wait_many(waitq_wait_many &request, Quorum quorum, long &number)
{
    if (!well_formed(request))
        return Error::bad_argument;
    auto *wait =
        static_cast<ManyWait *>(kapi_zalloc(sizeof(ManyWait) + request.count * sizeof(ManyEntry)));
    if (!wait)
        return Error::no_memory;
    wait->lock.init("waitq call", &call_key);
    wait->done = nobody;
    wait->count = request.count;
    if (quorum == Quorum::all)
        wait->together = request.count - ((request.flags & WAITQ_ALERT) != 0);
    Error error = Error::none;
    for (ManyEntry &entry : *wait)
        if (error == Error::none)
            error = get(*wait, entry,
                        static_cast<unsigned long>(request.items) +
                            wait->number_of(entry) * sizeof(waitq_item));
    if (error == Error::none) {
        const Deadline deadline = Deadline::of(request);
        const __u64 slack_ns = kapi_timer_slack_ns();
        error = deadline.end(waitq_wait_items(*wait, deadline.timeout_ns, slack_ns),
                             request.timeout_ns);
        number = static_cast<long>(wait->done);
    }
    for (unsigned int i = 0; i < wait->held; ++i)
        kapi_file_put(&wait->entries()[i].held);
    kapi_free(wait);
    return error;
}

} // namespace waitq
