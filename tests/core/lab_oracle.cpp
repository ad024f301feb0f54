// SPDX-License-Identifier: GPL-2.0
// lab_oracle.cpp - what must hold of the lab in every execution, whatever the scenario.
#include "../sim/timer.hpp"
#include "../sim/wait.hpp"
#include "lab_scenario.hpp"
#include <lab/queue.hpp>

#include <string_view>

namespace core {

using sim::Machine;
using sim::refuse;

// ---- the contract's tables ----

namespace {

namespace word {
constexpr unsigned int INTERRUPTIBLE = sim::TASK_INTERRUPTIBLE;
constexpr unsigned int UNINTERRUPTIBLE = sim::TASK_UNINTERRUPTIBLE;
constexpr unsigned int KILLABLE = sim::TASK_KILLABLE;
constexpr unsigned int IDLE = sim::TASK_IDLE;
constexpr unsigned int FREEZABLE = sim::TASK_INTERRUPTIBLE | sim::TASK_FREEZABLE;
constexpr unsigned int CALLER = sim::TASK_INTERRUPTIBLE;
constexpr bool NONE = false, JIFFIES = true, HRTIMER = true;
constexpr bool MACRO = false, HAND = true;
enum class Scope : unsigned char { ONE, NR, ALL };
} // namespace word

constexpr auto wait_traits = std::to_array<WaitTraits>({
#define LAB_X(value, id, name, family, state, clock, exclusive, lock, sleep, since)                \
    {#name,                                                                                        \
     word::family,                                                                                 \
     word::state,                                                                                  \
     word::clock,                                                                                  \
     std::string_view(#exclusive) == "YES",                                                        \
     std::string_view(#lock) == "HEAD"},
    LAB_WAIT_KINDS(LAB_X)
#undef LAB_X
});

constexpr auto wake_scopes = std::to_array<word::Scope>({
#define LAB_X(value, id, name, mode, scope, ...) word::Scope::scope,
    LAB_WAKE_KINDS(LAB_X)
#undef LAB_X
});

} // namespace

WaitTraits traits_of(unsigned int kind)
{
    return wait_traits.at(kind);
}

unsigned int wait_kind_count()
{
    return wait_traits.size();
}

unsigned int wake_kind_count()
{
    return wake_scopes.size();
}

WakeScope scope_of(unsigned int kind, unsigned int nr)
{
    switch (wake_scopes.at(kind)) {
    case word::Scope::ONE:
        return {false, 1};
    case word::Scope::NR:
        return {false, nr};
    case word::Scope::ALL:
        break;
    }
    return {true, 0};
}

// ---- each state ----

// Since when each waiter's condition has been true without a break: for check_wait().
const char *LabScenario::each_state()
{
    const unsigned int step = Machine::get().steps();
    for (unsigned int i = 0; i < player_count_; ++i) {
        Call &call = players_[i].call;
        if (!call.act || call.act->op != Op::lab_wait)
            continue;
        if (queue_->counter < call.act->n)
            call.true_since = 0;
        else if (!call.true_since)
            call.true_since = step;
    }
    if (queue_->counter + queue_->reserved < queue_->counter)
        return "the counter and what is reserved are more than the counter can hold";
    return nullptr;
}

// ---- what a call returned ----

void LabScenario::check_wait(const Player &player, const Act &act, const lab_wait &request,
                             long result)
{
    const WaitTraits traits = traits_of(act.kind);
    const char *name = player.task->name;
    if (result == -KAPI_EFAULT) {
        if (!act.failing_copy)
            refuse("%s gets EFAULT for a good buffer", name);
        ++sums_.faults;
        return;
    }
    // Another one is first already; the queue has ended, or has as many as it takes.
    if (result == -KAPI_EBUSY && act.kind == LAB_WAIT_ADD_WAIT_QUEUE_PRIORITY_EXCLUSIVE)
        return;
    if (result == -KAPI_EIDRM && act.callback == LAB_CALLBACK_POLLER)
        return;
    spurious_ += request.spurious;
    switch (result) {
    case 0:
        if (request.outcome != LAB_OUTCOME_SATISFIED)
            refuse("%s: the call succeeds with outcome %u", name, request.outcome);
        if (act.flags & LAB_CONSUME)
            sums_.consumed += act.n;
        if (request.left_ns < 0 || request.left_ns > act.ns)
            refuse("%s has %lld ns left of %lld", name, static_cast<long long>(request.left_ns),
                   act.ns);
        return;
    case -KAPI_ETIMEDOUT:
        ++sums_.timeouts;
        if (!traits.has_timeout || request.outcome != LAB_OUTCOME_TIMED_OUT || request.left_ns != 0)
            refuse("%s: ETIMEDOUT with outcome %u and %lld ns left", name, request.outcome,
                   static_cast<long long>(request.left_ns));
        if (sim::clock_ns() - player.call.begun_ns < act.ns)
            refuse("%s timed out early: %lld ns after the begin, asked for %lld", name,
                   sim::clock_ns() - player.call.begun_ns, act.ns);
        break;
    case -KAPI_ERESTARTSYS:
        ++sums_.signals;
        if (!sim::signal_ends(traits.state, *player.task))
            refuse("%s says that a signal came, which did not", name);
        if (request.outcome != LAB_OUTCOME_SIGNALLED)
            refuse("%s: EINTR with outcome %u", name, request.outcome);
        if (traits.has_timeout && request.timeout_ns != request.left_ns)
            refuse("%s would wait again for %lld ns, and has %lld left", name,
                   static_cast<long long>(request.timeout_ns),
                   static_cast<long long>(request.left_ns));
        break;
    default:
        refuse("%s: the wait returns %ld", name, result);
    }
    must_not_have_been_true(player, result == -KAPI_ETIMEDOUT);
}

void LabScenario::check_wake(const Player &player, const Act &act, const lab_wake &request,
                             long result)
{
    const sim::Task &task = *player.task;
    const unsigned int woken = task.tasks_woken - player.call.woken_before;
    const unsigned int exclusive = task.exclusive_woken - player.call.exclusive_before;
    const WakeScope scope = scope_of(act.kind, act.nr);
    if (result == -KAPI_EFAULT && act.failing_copy) {
        ++sums_.faults;
        // The first copy brings the request, the second tries the address; only the third
        // comes after the post.
        if (act.failing_copy < 3) {
            if (woken)
                refuse("%s woke a task and says EFAULT", task.name);
            return;
        }
    } else if (result == -KAPI_EOVERFLOW) {
        if (act.n <= LAB_COUNTER_MAX / 2 || woken)
            refuse("%s gets EOVERFLOW for a post of %llu, and woke %u", task.name, act.n, woken);
        return;
    } else if (result != 0) {
        refuse("%s: the wake returns %ld", task.name, result);
    } else {
        // (A task that holds on in the window is woken, and is no waiter.)
        if (request.woken != woken && act.context == LAB_CONTEXT_PROCESS && !row_.window)
            refuse("%s woke %u tasks and says %llu", task.name, woken,
                   static_cast<unsigned long long>(request.woken));
        if (request.counter < act.n)
            refuse("%s says that the counter is %llu after a post of %llu", task.name,
                   static_cast<unsigned long long>(request.counter), act.n);
    }
    // In all of the queue's wait queues together.
    if (!scope.all && exclusive > scope.nr)
        refuse("%s woke %u exclusive waiters, asked for %u", task.name, exclusive, scope.nr);
    sums_.posted += act.n;
    asked_ += scope.all ? 1'000'000 : scope.nr;
    if (act.context != LAB_CONTEXT_PROCESS)
        asked_elsewhere_ += scope.all ? 1'000'000 : scope.nr;
}

// ---- nothing can go on any more ----

void LabScenario::quiescent()
{
    for (unsigned int i = 0; i < player_count_; ++i)
        if (!players_[i].task->done)
            check_asleep(players_[i]);
}

// An exclusive waiter that takes nothing may be left asleep although its condition is true: when
// each wake-up woke as many others as it was asked for.
bool LabScenario::spent_on_others(const Player &player) const
{
    const Act &act = *player.call.act;
    const bool is_exclusive = (act.flags & LAB_EXCLUSIVE) || traits_of(act.kind).exclusive;
    if (!is_exclusive || (act.flags & LAB_CONSUME))
        return false;
    return all_exclusive_woken() >= asked_;
}

void LabScenario::check_asleep(const Player &player)
{
    const Act *act = player.call.act;
    const bool waits = act && act->op == Op::lab_wait;
    check_may_sleep(player, waits ? traits_of(act->kind).state : sim::TASK_INTERRUPTIBLE);
    if (!waits)
        refuse("%s sleeps, and nothing that it waits for will come", player.task->name);
    if (queue_->counter >= act->n && !spent_on_others(player))
        refuse("a wake-up is lost: %s sleeps, its condition is true, and no task is left that "
               "will wake it",
               player.task->name);
}

// ---- the sums ----

void LabScenario::check_sums() const
{
    const lab_queue &queue = *queue_;
    if (queue.reserved != 0)
        refuse("%llu events are reserved for ever",
               static_cast<unsigned long long>(queue.reserved));
    if (queue.counter + sums_.consumed != sums_.posted)
        refuse("%llu events were posted; %llu taken and %llu left make another sum", sums_.posted,
               sums_.consumed, static_cast<unsigned long long>(queue.counter));
    if (queue.holding_on || queue.pollfree_waiting)
        refuse("waiters are counted in the window or the pollfree queue, and nobody waits");
    for (auto *head : {&queue_->events, &queue_->locked}) {
        if (head->waiting[0] || head->waiting[1])
            refuse("%u waiters are counted, and nobody waits", head->waiting[0] + head->waiting[1]);
        if (!is_empty(head->queue.native()))
            refuse("an entry is left in a wait queue");
    }
    if (exclusive_woken_elsewhere() > asked_elsewhere_)
        refuse("%llu exclusive waiters were woken from interrupts and workers, %llu were asked for",
               exclusive_woken_elsewhere(), asked_elsewhere_);
    const unsigned long long woken = all_woken();
    if (queue.totals.woken != woken && !row_.window)
        refuse("the figures count %llu tasks woken; there were %llu",
               static_cast<unsigned long long>(queue.totals.woken), woken);
    if (sums_.faults)
        return;
    if (queue.totals.timeouts != sums_.timeouts || queue.totals.signals != sums_.signals ||
        queue.totals.spurious != spurious_)
        refuse("the figures count %llu timeouts, %llu signals, %llu wake-ups in vain; there were "
               "%llu, %llu, %llu",
               static_cast<unsigned long long>(queue.totals.timeouts),
               static_cast<unsigned long long>(queue.totals.signals),
               static_cast<unsigned long long>(queue.totals.spurious), sums_.timeouts,
               sums_.signals, spurious_);
}

} // namespace core
