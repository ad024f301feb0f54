// SPDX-License-Identifier: GPL-2.0
// explorer.cpp - depth first, stateless: each execution begins anew, repeats the choices up to
// some step, takes another one there, and goes on by a default.
//
// All orders of k steps of each of n threads are (nk)!/(k!)^n, most of which differ only in
// swaps of steps that can't notice each other. Which can is said in reduction.hpp. Two
// well-known methods together keep one order of each class:
//
// Backtracking where there is a race (dynamic partial-order reduction with source sets; Abdulla,
// Aronis, Jonsson, Sagonas: "Source Sets", J. ACM 64(4), 2017; the idea: Flanagan and Godefroid,
// 2005). A node begins with one thread to try. When a later step e races with the step i that
// was taken at the node, e could have come before i: then one of the threads that can begin
// "what came after i and does not depend on it, then e" must be tried there as well.
//
// Sleep sets (Godefroid, 1996). What was tried at a node need not be tried again below a
// sibling, until a step comes there that depends on it. An execution in which only such
// threads could go on is cut.
//
// Threads here can disable each other, which the papers leave out:
//  - A lock's section with points inside: the taking is what races, so that the order found is
//    one in which the lock is free (reduction.hpp).
//  - A sleeper can't run before it is woken: a race with the step that enabled it can't be
//    turned round, and is none (Reduction::enabled_by()).
//  - A step that takes from another thread the possibility to go on (disarming a timer that
//    could have fired): that thread is tried in its place. Without that, nobody would see that
//    the timer could have fired first, for in this execution it never does.
//  - A thread that comes to wait for what another has just taken away may never take its step,
//    and then would race with nobody. So it races when it begins to wait (Reduction::blocked()).
//
// tests/core/reduction_test.cpp compares with Strategy::every, outcome by outcome.
#include "explorer.hpp"

#include "chance.hpp"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstdlib>

namespace sim {
namespace {

struct Node {
    Mask enabled = 0;
    Mask wanted = 0;                              // to be tried
    Mask done = 0;                                // have been tried
    Mask asleep = 0;                              // need not be tried
    unsigned int thread = 0, value = 0, ways = 1; // being tried
    unsigned int preemptions = 0;                 // before it
    unsigned int last = max_threads;
    // What the step of each thread that was tried here touches; and for those asleep, the
    // node where it was tried.
    std::array<TouchSet, max_threads> touches;
    std::array<std::uint16_t, max_threads> tried_at{};
};

class Search : public Decider {
public:
    Search(Machine &machine, const Plan &plan) : machine_(machine), plan_(plan) {}

    bool decide(unsigned int number, Mask enabled, unsigned int last, Choice &choice) override;
    void taken(unsigned int number, Mask now) override;
    // Turns to the next order. False: there is none.
    bool turn();
    void begin_anew()
    {
        depth_ = 0;
        fresh_ = 1;
    }

private:
    Node &node(unsigned int number) { return nodes_[number - 1]; }
    void enter_new(unsigned int number, Mask enabled, unsigned int last);
    void inherit_sleep(unsigned int number);
    [[nodiscard]] Mask affordable(const Node &node) const;
    void race(unsigned int earlier);

    Machine &machine_;
    const Plan &plan_;
    std::vector<Node> nodes_; // keeps its elements, and they their memory
    unsigned int depth_ = 0;  // nodes that count
    unsigned int fresh_ = 1;  // the first step that was not taken like this before
};

bool Search::decide(unsigned int number, Mask enabled, unsigned int last, Choice &choice)
{
    if (number > depth_)
        enter_new(number, enabled, last);
    Node &now = node(number);
    if (now.enabled != enabled) {
        machine_.give_up_on("a step went otherwise than before: the scenario depends on something "
                            "that is not begun anew (a variable that is never set?)");
        return true;
    }
    if (number == depth_) {
        if (!(static_cast<Mask>(~now.asleep) & enabled)) {
            --depth_; // nothing was tried here
            return false;
        }
        now.ways = machine_.ways(now.thread);
    }
    choice = {static_cast<std::uint8_t>(now.thread), static_cast<std::uint8_t>(now.value)};
    return true;
}

void Search::enter_new(unsigned int number, Mask enabled, unsigned int last)
{
    if (nodes_.size() < number)
        nodes_.resize(number + 64);
    depth_ = number;
    Node &now = node(number);
    now.enabled = enabled;
    now.done = now.asleep = 0;
    now.value = 0;
    now.ways = 1;
    now.last = last;
    now.preemptions = 0;
    if (number > 1) {
        const Node &before = node(number - 1);
        const unsigned int next = machine_.goes_on(before.enabled, before.last);
        const bool preempted = next != max_threads && before.thread != next;
        now.preemptions = before.preemptions + preempted;
    }
    if (plan_.strategy == Strategy::reduced) {
        if (number > 1)
            inherit_sleep(number);
        const auto awake = static_cast<Mask>(enabled & ~now.asleep);
        now.thread = awake ? by_default(machine_, awake, last) : 0;
        now.wanted = bit(now.thread);
    } else {
        now.thread = by_default(machine_, enabled, last);
        now.wanted = plan_.strategy == Strategy::every ? enabled : affordable(now);
    }
    now.touches[now.thread].clear();
}

Mask Search::affordable(const Node &now) const
{
    const unsigned int next = machine_.goes_on(now.enabled, now.last);
    if (now.preemptions < plan_.preemptions || next == max_threads)
        return now.enabled;
    return bit(next);
}

void Search::inherit_sleep(unsigned int number)
{
    Node &now = node(number);
    const Node &before = node(number - 1);
    const TouchSet &step = machine_.reduction().step(number - 1).touches;
    const auto sleepers = static_cast<Mask>((before.asleep | before.done) & ~bit(before.thread));
    for (unsigned int thread = 0; sleepers >> thread != 0; ++thread) {
        if (!(sleepers & bit(thread)))
            continue;
        const auto at = before.done & bit(thread) ? static_cast<std::uint16_t>(number - 1)
                                                  : before.tried_at[thread];
        if (node(at).touches[thread].collides(step))
            continue;
        now.asleep |= bit(thread);
        now.tried_at[thread] = at;
    }
}

void Search::taken(unsigned int number, Mask now)
{
    Reduction &reduction = machine_.reduction();
    if (plan_.strategy != Strategy::reduced)
        return;
    const bool fresh = number >= fresh_;
    reduction.end_step([&](unsigned int earlier) {
        if (fresh)
            race(earlier);
    });
    Node &here = node(number);
    if (fresh && !(now & bit(here.thread)))
        if (const Shared *awaited = machine_.awaited(here.thread))
            reduction.blocked(*awaited, [&](unsigned int earlier) { race(earlier); });
    const auto disabled = static_cast<Mask>(here.enabled & ~now & ~bit(here.thread));
    here.wanted |= static_cast<Mask>(disabled & ~here.asleep);
}

void Search::race(unsigned int earlier)
{
    const Reduction &reduction = machine_.reduction();
    if (reduction.enabled_by(earlier))
        return;
    Node &there = node(earlier);
    const auto initials = static_cast<Mask>(reduction.initials(earlier) & there.enabled);
    if (!initials || (initials & (there.wanted | there.done | there.asleep)))
        return;
    const unsigned int thread = reduction.step(reduction.count()).thread;
    there.wanted |= initials & bit(thread) ? bit(thread) : bit(first_of(initials));
}

bool Search::turn()
{
    for (; depth_ != 0; --depth_) {
        Node &top = node(depth_);
        if (plan_.strategy == Strategy::reduced)
            top.touches[top.thread].add(machine_.reduction().step(depth_).touches);
        if (++top.value < top.ways)
            break;
        top.value = 0;
        top.done |= bit(top.thread);
        const auto left = static_cast<Mask>(top.wanted & ~top.done & ~top.asleep);
        if (left) {
            top.thread = first_of(left);
            top.touches[top.thread].clear();
            break;
        }
    }
    fresh_ = depth_;
    return depth_ != 0;
}

class Script : public Decider {
public:
    Script(Machine &machine, const std::vector<Choice> &schedule)
        : machine_(machine), schedule_(schedule)
    {}
    bool decide(unsigned int number, Mask enabled, unsigned int last, Choice &choice) override
    {
        choice = {static_cast<std::uint8_t>(by_default(machine_, enabled, last)), 0};
        if (number <= schedule_.size() && (enabled & bit(schedule_[number - 1].thread)) &&
            schedule_[number - 1].value < machine_.ways(schedule_[number - 1].thread))
            choice = schedule_[number - 1];
        return true;
    }

private:
    Machine &machine_;
    const std::vector<Choice> &schedule_;
};

} // namespace

Result explore(Scenario &scenario, const Plan &plan)
{
    Machine &machine = Machine::get();
    Result result;
    Search search(machine, plan);
    const bool by_chance = plan.strategy == Strategy::random || plan.strategy == Strategy::pct;
    for (std::uint64_t executions = 0;; ++executions) {
        if (executions >= plan.limit)
            return result;
        if (executions % 1024 == 1023 && plan.go_on && !plan.go_on(executions))
            return result;
        // An odd multiplier: neighbouring seeds give unlike streams.
        const std::uint64_t seed = (plan.seed + executions) * 0x9e3779b97f4a7c15ULL;
        Dice dice(machine, seed);
        Priorities priorities(machine, seed, plan.depth, machine.steps());
        Decider &decider = plan.strategy == Strategy::random ? static_cast<Decider &>(dice)
                           : plan.strategy == Strategy::pct  ? static_cast<Decider &>(priorities)
                                                             : search;
        switch (machine.execute(scenario, decider)) {
        case End::again:
            search.begin_anew();
            result = {};
            executions = 0;
            continue;
        case End::cut:
            ++result.cut;
            break;
        case End::complete:
            ++result.schedules;
            if (plan.completed)
                plan.completed();
            break;
        case End::failed:
            ++result.schedules;
            result.failed = true;
            result.failure = machine.failure();
            result.schedule = machine.choices();
            return result;
        }
        result.steps += machine.steps();
        if (!by_chance && !search.turn()) {
            result.exhausted = true;
            return result;
        }
    }
}

End replay(Scenario &scenario, const std::vector<Choice> &schedule)
{
    Machine &machine = Machine::get();
    Script script(machine, schedule);
    End end = machine.execute(scenario, script, true);
    while (end == End::again)
        end = machine.execute(scenario, script, true);
    return end;
}

Result simplest_failure(Scenario &scenario, const Result &found)
{
    for (unsigned int preemptions = 0; preemptions <= 3; ++preemptions) {
        Plan plan;
        plan.strategy = Strategy::bounded;
        plan.preemptions = preemptions;
        plan.limit = 30'000;
        Result result = explore(scenario, plan);
        if (result.failed)
            return result;
    }
    return found;
}

} // namespace sim
