// SPDX-License-Identifier: GPL-2.0
// device_oracle.cpp - what must hold of a device in every state, of every answer, and at rest.
#include "../sim/timer.hpp"
#include "../sim/wait.hpp"
#include "device_scenario.hpp"
#include <device/file.hpp>

#include <algorithm>

namespace core {

using sim::Machine;
using sim::refuse;

EventClaim claim_of(const Row &row, const Act *act)
{
    static constexpr std::array<unsigned int, 4> states{
        sim::TASK_INTERRUPTIBLE, sim::TASK_UNINTERRUPTIBLE, sim::TASK_KILLABLE, sim::TASK_IDLE};
    if (act && act->op == Op::wait)
        return {true, act->n, (act->flags & WAITQ_EXCLUSIVE) != 0,
                (act->flags & WAITQ_CONSUME) != 0, states.at(act->state)};
    // read of an EVENTFD
    if (act && act->op == Op::read && act->file >= row.files)
        return {true, 1, true, true, sim::TASK_INTERRUPTIBLE};
    return {};
}

// ---- each state ----

// Since when the condition of each waiter of events has been true, and its entry linked.
const char *DeviceScenario::each_state()
{
    if (!loaded_)
        return nullptr;
    const unsigned int step = Machine::get().steps();
    for (unsigned int i = 0; i < player_count_; ++i) {
        Player &player = players_[i];
        Call &call = player.call;
        const EventClaim claim = claim_of(row_, call.act);
        if (call.act && (call.act->op == Op::poll || call.act->op == Op::epoll))
            io(player).ready_once |= ready(*call.act);
        if (!claim.waits)
            continue;
        if (counter() < claim.threshold) {
            call.true_since = 0;
        } else if (!call.true_since) {
            call.true_since = step;
            exclusive_woken_then_.at(i) = all_exclusive_woken();
        }
        const bool is_linked = sim::waits_in(queue_->events.queue.native(), *player.task);
        if (is_linked) {
            call.last_linked_ns = sim::clock_ns();
            if (!call.first_linked_ns)
                call.first_linked_ns = call.last_linked_ns;
        }
        if (is_linked && !call.linked_since) {
            call.linked_since = step;
            if (parks(player, *call.act, claim.state))
                return "a task that may not sleeps where kill -9 does not reach it for long";
        } else if (!is_linked && call.linked_since) {
            // By a wake-up, which its task can't have undone before this step was over.
            if (player.task->woken_through_entry != call.through_entry_before)
                if (const char *wrong = check_order(player))
                    return wrong;
            call.linked_since = 0;
        }
    }
    if (queue_->stream.ring.size() > queue_->stream.ring.capacity())
        return "more bytes are held than fit";
    // (What a read could not deliver is put back even if the counter is full.)
    if (counter() > WAITQ_COUNTER_MAX && row_.event_files == 0)
        return "the counter is above its maximum";
    return nullptr;
}

// The task sleeps, without the right to it, longer than the contract says where no signal ends
// that.
bool DeviceScenario::parks(const Player &player, const Act &act, unsigned int state)
{
    constexpr long long longest = WAITQ_UNPRIVILEGED_UNINTERRUPTIBLE_MAX_NS - sim::timer_slack_ns;
    return !player.task->privileged && !(state & (sim::TASK_INTERRUPTIBLE | sim::TASK_WAKEKILL)) &&
           (!(act.flags & WAITQ_TIMEOUT) || act.ns > longest);
}

// First in, first out: a wake-up serves no waiter of events before one that was linked earlier and
// asks for no more. (With several posters at once the walks of two can be in the queue.)
const char *DeviceScenario::check_order(const Player &served)
{
    const EventClaim its = claim_of(row_, served.call.act);
    if (posters_ > 1)
        return nullptr;
    for (unsigned int i = 0; i < player_count_; ++i) {
        const Player &other = players_[i];
        const EventClaim claim = claim_of(row_, other.call.act);
        if (claim.waits && other.call.linked_since &&
            other.call.linked_since < served.call.linked_since &&
            claim.threshold <= its.threshold && claim.exclusive == its.exclusive &&
            other.task->state != sim::TASK_RUNNING &&
            sim::waits_in(queue_->events.queue.native(), *other.task))
            return (out_of_order_ = std::string(served.task->name) + " is served before " +
                                    other.task->name + ", which came first and asks for no more")
                .c_str();
    }
    return nullptr;
}

// ---- what a call returned ----

// In the page, or in the kernel; while it is taken out of the page it is as it was before.
unsigned long long DeviceScenario::counter() const
{
    const waitq::Events &events = queue_->events;
    const unsigned long long there = events.page.lent ? *events.page.counter : events.counter;
    if (!events.page.lent || there != WAITQ_PAGE_TAKEN)
        last_counter_ = there;
    return last_counter_;
}

// SIGNAL_WAIT's post.
void DeviceScenario::check_posted(const Player &player, const Act &act,
                                  const waitq_signal_wait &request, long result)
{
    if (result == -KAPI_EOVERFLOW) {
        if (all_that_is_posted() < 1e19 || request.post == 0)
            refuse("%s gets EOVERFLOW for a post of %llu", player.task->name, act.posts);
        return;
    }
    sums_.posted += act.posts;
    if (result == -KAPI_ERESTARTSYS && request.post != 0)
        refuse("%s would post again", player.task->name);
}

void DeviceScenario::check_wait(const Player &player, const Act &act, long long rest_ns,
                                long result)
{
    const EventClaim claim = claim_of(row_, &act);
    const sim::Task &task = *player.task;
    const char *name = task.name;
    const unsigned int woken = task.woken_through_entry - player.call.through_entry_before;
    switch (result) {
    case 0:
        if (claim.consumes)
            sums_.consumed += claim.threshold;
        check_left(player, act, rest_ns);
        if (woken > 1)
            refuse("%s was woken %u times in one wait", name, woken);
        return;
    case -KAPI_EFAULT:
        // Its request can't be read; or a signal came, and what was left can't be written.
        if (!act.failing_copy || woken)
            refuse("%s gets EFAULT, and was woken %u times", name, woken);
        ++sums_.faults;
        return;
    case -KAPI_EPERM:
        if (task.privileged || (claim.state & (sim::TASK_INTERRUPTIBLE | sim::TASK_WAKEKILL)))
            refuse("%s gets EPERM for what it may do", name);
        return;
    case -KAPI_ETIMEDOUT:
        ++sums_.timeouts;
        if (!(act.flags & WAITQ_TIMEOUT))
            refuse("%s timed out, and has no timeout", name);
        if (sim::clock_ns() - player.call.begun_ns < act.ns)
            refuse("%s timed out early: %lld ns after the begin, asked for %lld", name,
                   sim::clock_ns() - player.call.begun_ns, act.ns);
        break;
    case -KAPI_ERESTARTSYS:
        ++sums_.signals;
        if (!sim::signal_ends(claim.state, task))
            refuse("%s says that a signal came, which did not", name);
        check_left(player, act, rest_ns);
        break;
    default:
        refuse("%s: the wait returns %ld", name, result);
    }
    if (woken)
        refuse("%s was woken in vain", name);
    must_not_have_been_true(player, result == -KAPI_ETIMEDOUT);
}

// What the struct says of the time that was left.
void DeviceScenario::check_left(const Player &player, const Act &act, long long rest_ns) const
{
    const bool relative = !(act.flags & WAITQ_ABSOLUTE);
    const bool unwritten = act.failing_copy != 0;
    const long long least = act.ns - (sim::clock_ns() - player.call.begun_ns);
    const long long most = act.ns - (player.call.last_linked_ns - player.call.first_linked_ns);
    if ((act.flags & WAITQ_TIMEOUT) && relative && !unwritten &&
        (rest_ns < std::max(least, 0LL) || rest_ns > std::max(most, 0LL)))
        refuse("%s has %lld ns left of %lld", player.task->name, rest_ns, act.ns);
}

// All posts of the row, as if no events were taken between.
double DeviceScenario::all_that_is_posted() const
{
    auto sum = static_cast<double>(row_.counter);
    for (const Actor &actor : row_.actors)
        for (const Act &act : actor.acts) {
            sum += static_cast<double>(act.posts);
            if (act.op == Op::wake || act.op == Op::set_timer || act.op == Op::write)
                sum += static_cast<double>(act.n);
        }
    return sum;
}

void DeviceScenario::check_wake(const Player &player, const Act &act, long result)
{
    const sim::Task &task = *player.task;
    const unsigned int woken = task.tasks_woken - player.call.woken_before;
    const unsigned int exclusive = task.exclusive_woken - player.call.exclusive_before;
    if (result == -KAPI_EFAULT && act.failing_copy) {
        ++sums_.faults;
        if (woken)
            refuse("%s woke a task and says EFAULT", task.name);
        return;
    }
    if (result == -KAPI_EOVERFLOW) {
        if (all_that_is_posted() < 1e19 || woken)
            refuse("%s gets EOVERFLOW for a post of %llu, and woke %u", task.name, act.n, woken);
        return;
    }
    if (result < 0)
        refuse("%s: the wake returns %ld", task.name, result);
    // (Writers of an EVENTFD for whom there is room now are no waiters.)
    if (result != woken && !(row_.event_files && result < woken))
        refuse("%s woke %u tasks and says %ld", task.name, woken, result);
    if (act.nr && exclusive > act.nr)
        refuse("%s woke %u exclusive waiters, asked for %u", task.name, exclusive, act.nr);
    sums_.posted += act.n;
    // A waiter that was linked, with its condition true, when the call began.
    for (unsigned int i = 0; i < player_count_; ++i) {
        const Call &call = players_[i].call;
        const EventClaim claim = claim_of(row_, call.act);
        const unsigned int begun = player.call.begun_at;
        if (!claim.waits || !call.linked_since || !call.true_since || call.linked_since > begun ||
            call.true_since > begun || players_[i].task->state == sim::TASK_RUNNING)
            continue;
        if (!claim.exclusive || act.nr == 0 || exclusive < act.nr)
            refuse("%s passes over %s, whose condition is true", task.name, players_[i].task->name);
    }
}

// ---- nothing can go on any more ----

void DeviceScenario::quiescent()
{
    if (loaded_ && queue_->stream.reading)
        refuse("the reading end is taken, and no task has it");
    if (loaded_ && row_.timer_firings)
        check_timers_go_on();
    for (unsigned int i = 0; i < player_count_; ++i)
        if (!players_[i].task->done)
            check_asleep(players_[i]);
}

// An exclusive waiter may be left asleep although its condition is true: when the wake-ups since
// then have woken as many others as they were asked for.
bool DeviceScenario::spent_on_others(const Player &player) const
{
    unsigned int least = ~0U;
    for (const Actor &actor : row_.actors)
        for (const Act &act : actor.acts)
            if (act.op == Op::wake || (act.op == Op::set_timer && act.count))
                least = std::min(least, act.nr ? act.nr : ~0U);
    return claim_of(row_, player.call.act).exclusive && least != ~0U &&
           all_exclusive_woken() - exclusive_woken_then_.at(index_of(player)) >= least;
}

bool DeviceScenario::writer_can_go_on(const Player &player) const
{
    waitq::Stream &stream = queue_->stream;
    const unsigned int room = stream.ring.room();
    if (!sim::waits_in(stream.room.native(), *player.task))
        return !stream.writing && room != 0;
    // It has the writing end. Before its first byte an atomic write needs room for all.
    const std::size_t size = player.call.act->size;
    return room >= (size <= waitq::atomic_write(stream) ? size : 1);
}

unsigned int DeviceScenario::ready(const Act &act) const
{
    const waitq::Stream &stream = queue_->stream;
    const unsigned long long counter = this->counter();
    if (act.file >= row_.files)
        return (counter ? KAPI_EPOLLIN : 0U) | (counter < WAITQ_COUNTER_MAX ? KAPI_EPOLLOUT : 0U) |
               (counter > WAITQ_COUNTER_MAX ? KAPI_EPOLLERR : 0U);
    return (!stream.reading && stream.ring.size() ? KAPI_EPOLLIN : 0U) |
           (!stream.writing && stream.ring.room() >= waitq::atomic_write(stream) ? KAPI_EPOLLOUT
                                                                                 : 0U) |
           (counter ? KAPI_EPOLLMSG : 0U);
}

void DeviceScenario::check_event_asleep(const Player &player) const
{
    if (player.call.true_since && !spent_on_others(player))
        refuse("a wake-up is lost: %s sleeps, its condition is true, and no task is left that "
               "will wake it",
               player.task->name);
    if (player.task->woken_through_entry != player.call.through_entry_before)
        refuse("%s was woken in vain, and sleeps on", player.task->name);
}

void DeviceScenario::check_asleep(const Player &player)
{
    const Act *act = player.call.act;
    const EventClaim claim = claim_of(row_, act);
    check_may_sleep(player, claim.waits ? claim.state : sim::TASK_INTERRUPTIBLE);
    if (claim.waits)
        return check_event_asleep(player);
    bool forgotten = true;
    const char *what = "and nothing that it waits for will come";
    switch (act ? act->op : Op::none) {
    case Op::read:
        forgotten = queue_->stream.ring.size() != 0;
        what = "there are bytes to read";
        break;
    case Op::write:
        if (act->file >= row_.files)
            forgotten = act->n <= WAITQ_COUNTER_MAX - counter();
        else
            forgotten = writer_can_go_on(player);
        what = "there is room to write";
        break;
    case Op::sigio_read:
    case Op::sigio_write: {
        Act asked = *act;
        asked.file = 0;
        forgotten =
            (ready(asked) & (act->op == Op::sigio_read ? KAPI_EPOLLIN : KAPI_EPOLLOUT)) != 0;
        what = "it could go on, and was not told";
        break;
    }
    case Op::sigio_event:
        forgotten = counter() != 0;
        what = "the counter is not 0, and it was not told";
        break;
    case Op::poll:
        forgotten = (ready(*act) & act->mask) != 0;
        what = "what it polls for is there";
        break;
    case Op::epoll: {
        bool another = false; // EPOLLEXCLUSIVE: one of several is enough
        for (unsigned int i = 0; i < player_count_; ++i)
            another |= io_[i].polled;
        forgotten = (ready(*act) & act->mask) != 0 && !(act->exclusive && another);
        what = "what it polls for is there";
        break;
    }
    default:
        break;
    }
    if (forgotten)
        refuse("a wake-up is lost: %s sleeps, %s, and no task is left that will wake it",
               player.task->name, what);
}

} // namespace core
