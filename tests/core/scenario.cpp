// SPDX-License-Identifier: GPL-2.0
#include "scenario.hpp"

#include "../sim/timer.hpp"
#include "../sim/wait.hpp"
#include "device_scenario.hpp"
#include "lab_scenario.hpp"
#include "many_scenario.hpp"

namespace core {

using sim::Machine;
using sim::refuse;

namespace {

// Has a timeout.
bool waits(const Act &act)
{
    return act.op == Op::wait || act.op == Op::lab_wait || act.op == Op::wait_any ||
           act.op == Op::wait_all;
}

} // namespace

void RowScenario::set_up()
{
    sums_ = {};
    sim::wait_version() = {};
    sim::wait_version().walk_break = row_.walk_break;
    sim::jiffies_run_ahead(row_.jiffies_ahead);
    sim::current().failing_alloc = row_.failing_alloc;
    create();
    player_count_ = 0;
    for (const Actor &actor : row_.actors) {
        Player &player = players_.at(player_count_++);
        player = {this, &actor, nullptr, {}, {}, 0};
        player.task = &sim::spawn(actor.name, sim::Context::task, play, &player);
        player.task->privileged = actor.privileged;
        player.task->timens_offset_ns = row_.timens_offset_ns;
    }
    for (unsigned int i = 0; i < player_count_; ++i)
        for (const Act &act : players_.at(i).actor->acts)
            if (waits(act) && act.ns > 0 && !act.endless && !players_.at(i).task->has_tick)
                sim::spawn_tick(*players_.at(i).task);
    prepare();
}

void RowScenario::play(void *argument)
{
    auto &player = *static_cast<Player *>(argument);
    for (const Act &act : player.actor->acts) {
        if (player.task->fatal_signal_pending)
            break;
        if (act.op == Op::signal) {
            ++player.scenario->sums_.signals_sent;
            sim::send_signal(*player.scenario->players_.at(act.target).task, act.fatal);
        } else {
            player.scenario->perform(player, act);
        }
    }
    player.call = {};
}

void RowScenario::begin(Player &player, const Act &act)
{
    sim::point(); // a call begins when it likes
    const sim::Task &task = *player.task;
    player.call = {};
    player.call.act = &act;
    player.call.begun_at = Machine::get().steps();
    player.call.begun_ns = sim::clock_ns();
    player.call.woken_before = task.tasks_woken;
    player.call.exclusive_before = task.exclusive_woken;
    player.call.through_entry_before = task.woken_through_entry;
    player.task->resumed_at = 0;
    unsigned int failing = act.failing_copy;
    if (act.either_way && sim::choose(2) == 0)
        failing = 0;
    player.task->failing_copy = failing;
    player.task->failing_alloc = act.no_memory;
}

void RowScenario::end(Player &player, const char *what, long result)
{
    sim::tell("%s returns %ld", what, result);
    player.results.at(player.result_count++) = result;
    player.task->failing_copy = player.task->failing_alloc = 0;
    player.call = {};
    sim::must_be_clean(what);
}

void RowScenario::must_not_have_been_true(const Player &player, bool timed_out) const
{
    const Call &call = player.call;
    if (call.true_since && player.task->resumed_at && call.true_since < player.task->resumed_at)
        refuse("%s says that it %s, though its condition was true since step %u, and it ran "
               "again in step %u: satisfied must win",
               player.task->name, timed_out ? "timed out" : "was interrupted", call.true_since,
               player.task->resumed_at);
}

void RowScenario::check_may_sleep(const Player &player, unsigned int state) const
{
    const Act *act = player.call.act;
    const char *name = player.task->name;
    if (act && act->op != Op::unload && sim::signal_ends(state, *player.task))
        refuse("%s sleeps, though a signal came that must end its call", name);
    if (act && waits(*act) && act->ns > 0 && player.task->has_tick &&
        sim::clock_ns() - player.call.begun_ns >= act->ns)
        refuse("%s sleeps, though its time is up", name);
}

unsigned long long RowScenario::all_woken()
{
    unsigned long long woken = sim::current().tasks_woken;
    for (unsigned int i = 0; i < Machine::get().threads(); ++i)
        woken += sim::task(i).tasks_woken;
    return woken;
}

unsigned long long RowScenario::all_exclusive_woken()
{
    unsigned long long woken = 0;
    for (unsigned int i = 0; i < Machine::get().threads(); ++i)
        woken += sim::task(i).exclusive_woken;
    return woken;
}

unsigned long long RowScenario::exclusive_woken_elsewhere() const
{
    unsigned long long woken = all_exclusive_woken();
    for (unsigned int i = 0; i < player_count_; ++i)
        woken -= players_.at(i).task->exclusive_woken;
    return woken;
}

bool RowScenario::is_empty(wait_queue_head *head)
{
    const sim::WaitHead &inside = sim::inside(head);
    return inside.list.next == &inside.list;
}

// A task sleeps as it should: free it, to see that it leaves nothing behind.
bool RowScenario::rescue()
{
    if (++sums_.rescues > 3)
        return false;
    for (unsigned int i = 0; i < player_count_; ++i) {
        Player &player = players_.at(i);
        if (player.task->done)
            continue;
        ++sums_.signals_sent;
        sim::send_signal(*player.task, true);
        set_free(player);
    }
    return true;
}

std::string RowScenario::outcome() const
{
    std::string text;
    for (unsigned int i = 0; i < player_count_; ++i) {
        const Player &player = players_.at(i);
        text += player.actor->name;
        for (unsigned int n = 0; n < player.result_count; ++n)
            text += ' ' + std::to_string(player.results.at(n));
        text += "; ";
    }
    return text;
}

std::unique_ptr<RowScenario> make_scenario(const Row &row)
{
    if (row.queues)
        return std::make_unique<ManyScenario>(row);
    if (row.lab)
        return std::make_unique<LabScenario>(row);
    return std::make_unique<DeviceScenario>(row);
}

} // namespace core
