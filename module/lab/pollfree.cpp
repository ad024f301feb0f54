// SPDX-License-Identifier: GPL-2.0
// pollfree.cpp - the protocol of wake_up_pollfree, as epoll and its queues follow it.
#include "pollfree.hpp"

#include "callback.hpp"

namespace waitq::lab {
namespace {

constinit lock_class_key pollfree_key{};

// Objects read inside the guard are not freed before it ends. Nothing inside may sleep.
class [[nodiscard]] RcuGuard {
public:
    WAITQ_INLINE RcuGuard() { kapi_rcu_read_lock(); }
    WAITQ_INLINE ~RcuGuard() { kapi_rcu_read_unlock(); }
    RcuGuard(const RcuGuard &) = delete;
    RcuGuard &operator=(const RcuGuard &) = delete;
};

// Valid inside the caller's RcuGuard.
PollfreeQueue &current_pollfree(Queue &queue)
{
    const SpinGuard guard(queue.lock);
    return *queue.pollfree;
}

// True if the queue of a linked entry has ended. The flag tells, which is set before any waiter is
// sent away. The link tells too late: the waker unlinks the entry after the wake-up, when this task
// may be about to sleep again.
//
//   waiter                        end of the queue
//                                 ended (head locked)
//   state set                     wakes
//   ended? (head locked)          unlinks
//
// If it has not ended, the wake-up finds the state set.
bool has_ended(PollfreeQueue &pollfree, FuncEntry &entry)
{
    // While the entry is linked, inside this guard, its queue is not freed.
    const RcuGuard guard;
    if (kapi_is_unlinked(entry.native()))
        return true;
    const HeadGuard head_guard(pollfree.queue);
    return pollfree.ended;
}

// Sleeps with the entry linked, and unlinks it. True: the queue ended, with the condition false.
bool sleep_linked(WaitCall &call, PollfreeQueue &pollfree, FuncEntry &entry, Timeout timeout,
                  HandResult &result)
{
    bool ended = false;
    for (bool slept = false;; slept = true) {
        kapi_set_current_state(static_cast<unsigned int>(call.state));
        Condition condition = call.condition();
        if (by_hand::over(call.state, timeout, condition, result.wait))
            break;
        ended = has_ended(pollfree, entry);
        if (ended)
            break;
        if (slept)
            woken_in_vain(condition, result.wait);
        timeout.sleep();
    }
    kapi_set_running();
    const RcuGuard guard; // as in has_ended()
    if (!kapi_is_unlinked(entry.native()))
        remove_wait_queue(pollfree.queue.native(), entry.native());
    call.request.calls += entry.calls;
    return ended;
}

// False: the queue had ended before the entry was linked. There is another.
bool try_to_sleep(WaitCall &call, Timeout timeout, HandResult &result, bool &ended)
{
    kapi_rcu_read_lock();
    PollfreeQueue &pollfree = current_pollfree(call.queue);
    FuncEntry entry(pollfree.queue, call, lab_call_back_poller);
    bool linked;
    {
        const HeadGuard guard(pollfree.queue);
        linked = !pollfree.ended;
        if (linked)
            kapi_link(pollfree.queue.native(), entry.native());
    }
    kapi_rcu_read_unlock();
    if (linked)
        ended = sleep_linked(call, pollfree, entry, timeout, result);
    return linked;
}

void send_all_away(void *argument)
{
    auto &pollfree = *static_cast<PollfreeQueue *>(argument);
    {
        const HeadGuard guard(pollfree.queue);
        pollfree.ended = true;
    }
    pollfree.queue.wake_up_pollfree();
}

} // namespace

PollfreeQueue *make_pollfree_queue()
{
    auto *pollfree = static_cast<PollfreeQueue *>(kapi_zalloc(sizeof(PollfreeQueue)));
    if (pollfree)
        pollfree->queue.init("waitq_lab pollfree", &pollfree_key);
    return pollfree;
}

Error sleep_in_pollfree(WaitCall &call, Timeout timeout, HandResult &result)
{
    {
        const SpinGuard guard(call.queue.lock);
        if (call.queue.pollfree_waiting > LAB_POLLERS_MAX)
            return Error::taken;
    }
    bool ended = false;
    while (!try_to_sleep(call, timeout, result, ended)) {
    }
    return ended ? Error::ended : Error::none;
}

unsigned long wake_in_pollfree(Queue &queue, Wakes wakes)
{
    const RcuGuard guard;
    PollfreeQueue &pollfree = current_pollfree(queue);
    const HeadGuard head_guard(pollfree.queue);
    return pollfree.queue.wake_locked(wakes).tasks;
}

Error end_pollfree_queue(Queue &queue, __u32 context, unsigned long &woken)
{
    PollfreeQueue *next = make_pollfree_queue();
    if (!next)
        return Error::no_memory;
    PollfreeQueue *last;
    {
        const SpinGuard guard(queue.lock);
        last = queue.pollfree;
        queue.pollfree = next;
    }
    if (!kapi_run_in(context, send_all_away, last))
        send_all_away(last);
    kapi_synchronize_rcu();
    woken = last->sent_away; // no other task has it any more
    kapi_free(last);
    return Error::none;
}

} // namespace waitq::lab
