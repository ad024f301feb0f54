// SPDX-License-Identifier: GPL-2.0
// mortal.cpp - the protocol of wake_up_pollfree, as epoll and its queues follow it.
#include "mortal.hpp"

#include "callback.hpp"

namespace waitq {
namespace {

constinit lock_class_key mortal_key{};

// What is read within stays until its end. Nothing within may sleep.
class [[nodiscard]] RcuGuard {
public:
    WAITQ_INLINE RcuGuard() { kapi_rcu_read_lock(); }
    WAITQ_INLINE ~RcuGuard() { kapi_rcu_read_unlock(); }
    RcuGuard(const RcuGuard &) = delete;
    RcuGuard &operator=(const RcuGuard &) = delete;
};

// For as long as the caller's RcuGuard.
Mortal &current_mortal(Queue &queue)
{
    const SpinGuard guard(queue.lock);
    return *queue.mortal;
}

// The queue of a linked entry has ended. By the flag, which is set before anybody is sent away, and
// not by being unlinked: that comes after the wake-up, when this task may be about to sleep again.
//
//   waiter                        end of the queue
//                                 ended (head locked)
//   state set                     wakes
//   ended? (head locked)          unlinks
//
// Not ended: then the wake-up finds the state set.
bool has_ended(Mortal &mortal, FuncEntry &entry)
{
    // An entry that is linked, within this section, is in a queue that is still there.
    const RcuGuard guard;
    if (kapi_is_unlinked(entry.native()))
        return true;
    const HeadGuard head_guard(mortal.queue);
    return mortal.ended;
}

// From linked to not linked. True: the queue ended, with the condition false.
bool sleep_linked(Awaited &awaited, Mortal &mortal, FuncEntry &entry, Timeout timeout,
                  HandResult &result)
{
    bool ended = false;
    for (bool slept = false;; slept = true) {
        kapi_set_current_state(static_cast<unsigned int>(awaited.state));
        Condition condition{awaited};
        if (by_hand::over(awaited.state, timeout, condition, result.wait))
            break;
        ended = has_ended(mortal, entry);
        if (ended)
            break;
        if (slept)
            woken_in_vain(condition, result.wait);
        timeout.sleep();
    }
    kapi_set_running();
    const RcuGuard guard; // as in has_ended()
    if (!kapi_is_unlinked(entry.native()))
        remove_wait_queue(mortal.queue.native(), entry.native());
    awaited.request.calls += entry.calls;
    return ended;
}

// False: the queue had ended before the entry was linked. There is another.
bool try_to_sleep(Awaited &awaited, Timeout timeout, HandResult &result, bool &ended)
{
    kapi_rcu_read_lock();
    Mortal &mortal = current_mortal(awaited.queue);
    FuncEntry entry(mortal.queue, awaited, waitq_call_back_poller);
    bool linked;
    {
        const HeadGuard guard(mortal.queue);
        linked = !mortal.ended;
        if (linked)
            kapi_link(mortal.queue.native(), entry.native());
    }
    kapi_rcu_read_unlock();
    if (linked)
        ended = sleep_linked(awaited, mortal, entry, timeout, result);
    return linked;
}

void send_everyone_away(void *argument)
{
    auto &mortal = *static_cast<Mortal *>(argument);
    {
        const HeadGuard guard(mortal.queue);
        mortal.ended = true;
    }
    mortal.queue.wake_up_pollfree();
}

} // namespace

Mortal *make_mortal()
{
    auto *mortal = static_cast<Mortal *>(kapi_zalloc(sizeof(Mortal)));
    if (mortal)
        mortal->queue.init("waitq mortal", &mortal_key);
    return mortal;
}

Error sleep_in_mortal(Awaited &awaited, Timeout timeout, HandResult &result)
{
    {
        const SpinGuard guard(awaited.queue.lock);
        if (awaited.queue.mortal_waiting > WAITQ_POLLERS_MAX)
            return Error::taken;
    }
    bool ended = false;
    while (!try_to_sleep(awaited, timeout, result, ended)) {
    }
    return ended ? Error::ended : Error::none;
}

unsigned long wake_in_mortal(Queue &queue, Wakes wakes)
{
    const RcuGuard guard;
    Mortal &mortal = current_mortal(queue);
    const HeadGuard head_guard(mortal.queue);
    return mortal.queue.wake_locked(wakes);
}

Error end_mortal(Queue &queue, __u32 context, unsigned long &woken)
{
    Mortal *next = make_mortal();
    if (!next)
        return Error::no_memory;
    Mortal *last;
    {
        const SpinGuard guard(queue.lock);
        last = queue.mortal;
        queue.mortal = next;
    }
    if (!kapi_run_in(context, send_everyone_away, last))
        send_everyone_away(last);
    kapi_synchronize_rcu();
    woken = last->sent_away; // nobody else has it any more
    kapi_free(last);
    return Error::none;
}

} // namespace waitq
