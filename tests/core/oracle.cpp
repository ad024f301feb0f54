// SPDX-License-Identifier: GPL-2.0
// oracle.cpp - what must hold of a device in every execution, whatever the scenario.
#include "../sim/objects.hpp"
#include "../sim/timer.hpp"
#include "../sim/wait.hpp"
#include "device_scenario.hpp"
#include <device/file.hpp>

#include <algorithm>
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
enum class Scope : unsigned char { ONE, NR, ALL };
} // namespace word

constexpr auto wait_traits = std::to_array<WaitTraits>({
#define WAITQ_X(value, id, name, state, clock, exclusive, lock, sleep, since)                      \
    {#name, word::state, word::clock, std::string_view(#exclusive) == "YES",                       \
     std::string_view(#lock) == "HEAD"},
    WAITQ_WAIT_KINDS(WAITQ_X)
#undef WAITQ_X
});

constexpr auto wake_scopes = std::to_array<word::Scope>({
#define WAITQ_X(value, id, name, mode, scope, ...) word::Scope::scope,
    WAITQ_WAKE_KINDS(WAITQ_X)
#undef WAITQ_X
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
const char *DeviceScenario::each_state()
{
    if (!loaded_)
        return nullptr;
    const unsigned int step = Machine::get().steps();
    for (unsigned int i = 0; i < player_count_; ++i) {
        Call &call = players_[i].call;
        if (!call.act || call.act->op != Op::wait)
            continue;
        if (queue_->counter < call.act->n)
            call.true_since = 0;
        else if (!call.true_since)
            call.true_since = step;
    }
    if (queue_->counter + queue_->lent < queue_->counter)
        return "the counter and what is lent are more than the counter can hold";
    if (queue_->ring.size() > queue_->ring.capacity())
        return "more bytes are held than fit";
    return nullptr;
}

// ---- what a call returned ----

void DeviceScenario::check_wait(const Player &player, const Act &act, const waitq_wait &request,
                                long result)
{
    const WaitTraits traits = traits_of(act.kind);
    const sim::Task &task = *player.task;
    const char *name = task.name;
    if (result == -KAPI_EFAULT) {
        if (!act.failing_copy)
            refuse("%s gets EFAULT for a good buffer", name);
        ++sums_.faults;
        return;
    }
    if (result == -KAPI_EPERM) {
        if (task.privileged)
            refuse("%s gets EPERM though it is privileged", name);
        return;
    }
    // Another one is first already; the queue has ended, or has as many as it takes.
    if (result == -KAPI_EBUSY && (act.kind == WAITQ_WAIT_ADD_WAIT_QUEUE_PRIORITY_EXCLUSIVE))
        return;
    if (result == -KAPI_EIDRM && act.callback == WAITQ_CALLBACK_POLLER)
        return;
    if (!task.privileged && traits.state == sim::TASK_UNINTERRUPTIBLE && !traits.has_timeout)
        refuse("%s, who may not, parked itself where kill -9 does not reach", name);
    sums_.spurious += request.spurious;
    switch (result) {
    case 0:
        if (request.outcome != WAITQ_OUTCOME_SATISFIED)
            refuse("%s: the call succeeds with outcome %u", name, request.outcome);
        if (act.flags & WAITQ_CONSUME)
            sums_.consumed += act.n;
        if (request.left_ns < 0 || request.left_ns > act.ns)
            refuse("%s has %lld ns left of %lld", name, static_cast<long long>(request.left_ns),
                   act.ns);
        return;
    case -KAPI_ETIMEDOUT:
        ++sums_.timeouts;
        if (!traits.has_timeout || request.outcome != WAITQ_OUTCOME_TIMED_OUT ||
            request.left_ns != 0)
            refuse("%s: ETIMEDOUT with outcome %u and %lld ns left", name, request.outcome,
                   static_cast<long long>(request.left_ns));
        if (sim::clock_ns() - player.call.begun_ns < act.ns)
            refuse("%s timed out early: %lld ns after the begin, asked for %lld", name,
                   sim::clock_ns() - player.call.begun_ns, act.ns);
        break;
    case -KAPI_ERESTARTSYS:
        ++sums_.signals;
        if (!sim::signal_ends(traits.state, task))
            refuse("%s says that a signal came, which did not", name);
        if (request.outcome != WAITQ_OUTCOME_SIGNALLED)
            refuse("%s: EINTR with outcome %u", name, request.outcome);
        if (traits.has_timeout && request.timeout_ns != request.left_ns)
            refuse("%s would wait again for %lld ns, and has %lld left", name,
                   static_cast<long long>(request.timeout_ns),
                   static_cast<long long>(request.left_ns));
        break;
    default:
        refuse("%s: the wait returns %ld", name, result);
    }
    const Call &call = player.call;
    if (call.true_since && task.resumed_at && call.true_since < task.resumed_at)
        refuse("%s says that it %s, though its condition was true since step %u, and it ran "
               "again in step %u: satisfied must win",
               name, result == -KAPI_ETIMEDOUT ? "timed out" : "was interrupted", call.true_since,
               task.resumed_at);
}

void DeviceScenario::check_wake(const Player &player, const Act &act, const waitq_wake &request,
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
                refuse("%s woke somebody and says EFAULT", task.name);
            return;
        }
    } else if (result == -KAPI_EOVERFLOW) {
        if (act.n <= WAITQ_COUNTER_MAX / 2 || woken)
            refuse("%s gets EOVERFLOW for a post of %llu, and woke %u", task.name, act.n, woken);
        return;
    } else if (result != 0) {
        refuse("%s: the wake returns %ld", task.name, result);
    } else {
        // (Who holds on in the window is woken, and is none of those who wait.)
        if (request.woken != woken && act.context == WAITQ_CONTEXT_PROCESS && !row_.window)
            refuse("%s woke %u tasks and says %llu", task.name, woken,
                   static_cast<unsigned long long>(request.woken));
        if (request.counter < act.n)
            refuse("%s says that the counter is %llu after a post of %llu", task.name,
                   static_cast<unsigned long long>(request.counter), act.n);
    }
    if (!scope.all && exclusive > scope.nr)
        refuse("%s woke %u exclusive waiters, asked for %u", task.name, exclusive, scope.nr);
    sums_.posted += act.n;
    sums_.asked += scope.all ? 1'000'000 : scope.nr;
}

// ---- nothing can go on any more ----

void DeviceScenario::quiescent()
{
    if (loaded_ && queue_->reading)
        refuse("the reading end is taken, and nobody has it");
    for (unsigned int i = 0; i < player_count_; ++i)
        if (!players_[i].task->done)
            check_asleep(players_[i]);
}

// An exclusive waiter that takes nothing may be left asleep although its condition is true: when
// each wake-up woke as many others as it was asked for.
bool DeviceScenario::spent_on_others(const Player &player) const
{
    const Act &act = *player.call.act;
    const bool is_exclusive = (act.flags & WAITQ_EXCLUSIVE) || traits_of(act.kind).exclusive;
    if (!is_exclusive || (act.flags & WAITQ_CONSUME))
        return false;
    unsigned long long woken = 0;
    for (unsigned int i = 0; i < Machine::get().threads(); ++i)
        woken += Machine::get().thread(i).exclusive_woken;
    return woken >= sums_.asked;
}

bool DeviceScenario::writer_can_go_on(const Player &player) const
{
    const unsigned int room = queue_->ring.room();
    if (!sim::waits_in(queue_->room.queue.native(), *player.task))
        return !queue_->writing && room != 0;
    // It has the writing end. Before its first byte an atomic write needs room for all.
    const std::size_t size = player.call.act->size;
    return room >= (size <= waitq::atomic_write(*queue_) ? size : 1);
}

unsigned int DeviceScenario::ready() const
{
    return (waitq::readable(*queue_) ? waitq::poll_in : 0U) |
           (waitq::writable(*queue_) ? waitq::poll_out : 0U) |
           (queue_->counter ? waitq::poll_event : 0U);
}

void DeviceScenario::check_asleep(const Player &player)
{
    const Act *act = player.call.act;
    const char *name = player.task->name;
    unsigned int state = sim::TASK_INTERRUPTIBLE;
    if (act && act->op == Op::wait)
        state = traits_of(act->kind).state;
    if (act && act->op != Op::unload && sim::signal_ends(state, *player.task))
        refuse("%s sleeps, though a signal came that must end its call", name);
    bool forgotten = true;
    const char *what = "and nothing that it waits for will come";
    switch (act ? act->op : Op::none) {
    case Op::wait:
        if (act->ns > 0 && player.task->has_tick &&
            sim::clock_ns() - player.call.begun_ns >= act->ns)
            refuse("%s sleeps, though its time is up", name);
        forgotten = queue_->counter >= act->n && !spent_on_others(player);
        what = "its condition is true";
        break;
    case Op::read:
        forgotten = queue_->ring.size() != 0;
        what = "there are bytes to read";
        break;
    case Op::write:
        forgotten = writer_can_go_on(player);
        what = "there is room to write";
        break;
    case Op::sigio_read:
        forgotten = waitq::readable(*queue_);
        what = "it could read, and was not told";
        break;
    case Op::sigio_write:
        forgotten = waitq::writable(*queue_);
        what = "it could write, and was not told";
        break;
    case Op::poll:
        forgotten = (ready() & act->mask) != 0;
        what = "what it polls for is there";
        break;
    case Op::epoll: {
        bool another = false; // EPOLLEXCLUSIVE: one of several is enough
        for (unsigned int i = 0; i < player_count_; ++i)
            another |= players_[i].polled;
        forgotten = (ready() & act->mask) != 0 && !(act->exclusive && another);
        what = "what it polls for is there";
        break;
    }
    default:
        break;
    }
    if (forgotten)
        refuse("a wake-up is lost: %s sleeps, %s, and nobody is left who will wake it", name, what);
}

} // namespace core
