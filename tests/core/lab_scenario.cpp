// SPDX-License-Identifier: GPL-2.0
#include "lab_scenario.hpp"

#include "../sim/context.hpp"
#include "lab_words.hpp"
#include <lab/queue.hpp>

#include <cstring>

namespace core {

using sim::Context;
using sim::Machine;
using sim::refuse;

void LabScenario::create()
{
    asked_ = spurious_ = asked_elsewhere_ = 0;
    lab_core_init();
    queue_ = lab_queue_create();
    if (row_.failing_alloc && !queue_) // refused, and nothing is left behind: again, with memory
        queue_ = lab_queue_create();
    if (!queue_)
        refuse("a queue can't be made though there is memory");
}

void LabScenario::prepare()
{
    Machine &machine = Machine::get();
    spawn_others();
    queue_->counter = sums_.posted = row_.counter;
    machine.additions_only(&queue_->totals, sizeof queue_->totals);
    for (auto *head : {&queue_->events, &queue_->locked})
        machine.additions_only(&head->waiting, sizeof head->waiting);
    machine.name(&queue_->counter, 8, "counter");
    machine.name(&queue_->reserved, 8, "reserved");
}

// The threads that run the lab's code for the actors: where a wake-up comes from elsewhere, and
// where an interrupt leaves one to a worker.
void LabScenario::spawn_others()
{
    bool interrupts = false, holds_head = false;
    unsigned int elsewhere = LAB_CONTEXT_PROCESS;
    for (const Actor &actor : row_.actors)
        for (const Act &act : actor.acts) {
            holds_head |= act.op == Op::lab_wait && traits_of(act.kind).holds_head;
            if (act.op != Op::lab_wake)
                continue;
            elsewhere = act.context ? act.context : elsewhere;
            if (act.kind == LAB_WAKE_UP_POLLFREE)
                sim::watch_rcu();
        }
    if (elsewhere != LAB_CONTEXT_PROCESS) {
        const bool thread = elsewhere == LAB_CONTEXT_WORK || elsewhere == LAB_CONTEXT_KTHREAD;
        sim::spawn_errand_runner(thread ? Context::worker : Context::interrupt);
        interrupts |= !thread;
    }
    if (interrupts && holds_head)
        sim::spawn_worker();
}

void LabScenario::perform(Player &player, const Act &act)
{
    begin(player, act);
    switch (act.op) {
    case Op::lab_wait:
        return end(player, traits_of(act.kind).name, do_wait(player, act));
    case Op::lab_wake:
        return end(player, "wake", do_wake(player, act));
    case Op::lab_info:
        return end(player, "info", do_info(player, act));
    case Op::lab_list:
        return end(player, "list", do_list(player, act));
    default:
        refuse("%s is asked for what the lab does not do", player.task->name);
    }
}

long LabScenario::ioctl(unsigned int nr, void *argument, unsigned int size)
{
    return lab_ioctl(queue_, nr, size, reinterpret_cast<unsigned long>(argument));
}

long LabScenario::do_wait(Player &player, const Act &act)
{
    lab_wait request{};
    std::memset(&request, 0xa5, sizeof request);
    request.size = sizeof request;
    request.kind = act.kind;
    request.engine = LAB_ENGINE_CORE;
    request.flags = act.flags;
    request.state = act.state;
    request.pad = 0;
    request.callback = act.callback;
    request.key = act.key;
    request.threshold = act.n;
    request.timeout_ns = act.ns;
    sim::tell("calls %s%s%s, threshold %llu", traits_of(act.kind).name,
              act.flags & LAB_EXCLUSIVE ? ", exclusive" : "",
              act.flags & LAB_CONSUME ? ", to consume" : "", act.n);
    const long result = ioctl(LAB_NR_WAIT, &request, sizeof request);
    check_wait(player, act, request, result);
    return result;
}

long LabScenario::do_wake(Player &player, const Act &act)
{
    lab_wake request{sizeof request, act.kind, LAB_ENGINE_CORE, act.context, act.nr,
                     act.key,        act.n,    ~0ULL,           ~0ULL};
    sim::tell("posts %llu", act.n);
    const long result = ioctl(LAB_NR_WAKE, &request, sizeof request);
    check_wake(player, act, request, result);
    return result;
}

long LabScenario::do_list(Player &player, const Act &)
{
    lab_kinds kinds{sizeof kinds, 0, 0, 0};
    if (ioctl(LAB_NR_KINDS, &kinds, sizeof kinds) != 0 || kinds.wait == 0)
        refuse("%s is not told the kinds", player.task->name);
    std::array<lab_waiter, 2> list{};
    lab_waiters request{sizeof request, list.size(), reinterpret_cast<__u64>(list.data()), 0};
    const long result = ioctl(LAB_NR_WAITERS, &request, sizeof request);
    // A waiter that links itself again while the list is made may be seen twice.
    if (result == 0 && (request.count > list.size() || request.count > request.linked ||
                        request.linked > 2ULL * player_count_))
        refuse("%u of %llu waiters are listed", request.count,
               static_cast<unsigned long long>(request.linked));
    for (unsigned int i = 0; result == 0 && i < request.count; ++i) {
        const lab_waiter &waiter = list.at(i);
        const bool known = waiter.flags & LAB_WAITER_KNOWN;
        if (known && (waiter.kind >= wait_kind_count() || waiter.pid == 0))
            refuse("a waiter of kind %u and pid %u is listed", waiter.kind, waiter.pid);
    }
    return result;
}

long LabScenario::do_info(Player &player, const Act &)
{
    lab_info info{};
    std::memset(&info, 0xa5, sizeof info);
    info.size = sizeof info;
    info.pad = 0;
    const long result = ioctl(LAB_NR_INFO, &info, sizeof info);
    if (result == 0 && info.waiters + info.waiters_exclusive > player_count_)
        refuse("%s counts %llu waiters", player.task->name,
               static_cast<unsigned long long>(info.waiters + info.waiters_exclusive));
    return result;
}

void LabScenario::set_free(Player &player)
{
    if (!player.call.act || player.call.act->op != Op::lab_wait ||
        (traits_of(player.call.act->kind).state & (sim::TASK_INTERRUPTIBLE | sim::TASK_WAKEKILL)))
        return;
    // Nothing but its condition frees it.
    lab_wake request{sizeof request, LAB_WAKE_UP_ALL, 0, 0, 0, 0, player.call.act->n, 0, 0};
    if (ioctl(LAB_NR_WAKE, &request, sizeof request) == 0)
        sums_.posted += request.post;
}

void LabScenario::tear_down()
{
    check_sums();
    lab_queue_destroy(queue_);
}

} // namespace core
