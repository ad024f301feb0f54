// SPDX-License-Identifier: GPL-2.0
// lab_rows_mixed.cpp - the lab's scenarios of several waiters and wakers. They are made from the
// tables of module/uapi/waitq_lab.h.

#include "../sim/task.hpp"
#include "lab_scenario.hpp"
#include "lab_words.hpp"
#include "rows.hpp"

#include <array>

namespace core::lab {
namespace {

constexpr unsigned int consume = LAB_CONSUME;
constexpr unsigned int exclusive = LAB_EXCLUSIVE;
constexpr unsigned int taking = consume | exclusive;
constexpr long long timeout = 20'000'000; // any: it passes when the explorer says so

constexpr std::array waiter_names{"waiter A", "waiter B", "waiter C"};
constexpr std::array waker_names{"waker 1", "waker 2"};

std::string kind_name(unsigned int wait_kind)
{
    return traits_of(wait_kind).name;
}

// A row with what few have.
Row with(void (*change)(Row &row), Row row)
{
    change(row);
    return row;
}

std::string wake_name(unsigned int kind)
{
    static constexpr auto names = std::to_array<const char *>({
#define LAB_X(value, id, name, ...) #name,
        LAB_WAKE_KINDS(LAB_X)
#undef LAB_X
    });
    return names.at(kind);
}

bool is_nr(unsigned int wake_kind)
{
    return !scope_of(wake_kind, 0).all && scope_of(wake_kind, 7).nr == 7;
}

Act kind_wait(unsigned int kind, unsigned int flags = 0, unsigned long long threshold = 1)
{
    return wait(kind, flags, threshold, traits_of(kind).has_timeout ? timeout : 0);
}

// A wake that asks for as many exclusive waiters as it posts events.
Act kind_wake(unsigned int kind, unsigned int n = 1)
{
    return wake(kind, is_nr(kind) ? n : 0, n);
}

// ---- 1 to 3 waiters, 1 or 2 wakers, of every kind ----

void waiters(Rows &rows, unsigned int wait_kind, unsigned int wake_kind)
{
    struct Mix {
        const char *name;
        std::array<unsigned int, 3> flags;
    };
    static constexpr std::array mixes{
        Mix{"plain", {0, 0, 0}},
        Mix{"exclusive", {exclusive, exclusive, exclusive}},
        Mix{"taking", {taking, taking, taking}},
        Mix{"mixed", {0, taking, taking}},
    };
    for (const Mix &mix : mixes)
        for (unsigned int n = 1; n <= 3; ++n)
            for (unsigned int m = 1; m <= 2; ++m) {
                if (mix.flags[0] != mix.flags[1] && n == 1)
                    continue; // a mix of one
                Row row;
                row.name = "waiters/" + std::to_string(n) + "x" + std::to_string(m) + "-" +
                           mix.name + "/" + kind_name(wait_kind) + "/" + wake_name(wake_kind);
                for (unsigned int i = 0; i < n; ++i)
                    row.actors.push_back(
                        {waiter_names.at(i), {kind_wait(wait_kind, mix.flags.at(i))}});
                for (unsigned int i = 0; i < m; ++i)
                    row.actors.push_back({waker_names.at(i), {kind_wake(wake_kind)}});
                rows.push_back(std::move(row));
            }
}

// ---- signals ----

// Two that would take the one event, of whom one is hit by a signal: the other must get it.
void signals(Rows &rows, unsigned int wait_kind, unsigned int wake_kind)
{
    for (const bool fatal : {false, true}) {
        const std::string tail = std::string(fatal ? "kill/" : "signal/") + kind_name(wait_kind) +
                                 "/" + wake_name(wake_kind);
        Row one{"signal/one-" + tail,
                {{"waiter A", {kind_wait(wait_kind, taking)}},
                 {"waker", {kind_wake(wake_kind)}},
                 {"kill(1)", {signal(0, fatal)}}}};
        rows.push_back(one);
        if (wake_kind == 0 && traits_of(wait_kind).state != sim::TASK_UNINTERRUPTIBLE)
            rows.push_back(
                {"signal/alone-" + std::string(fatal ? "kill/" : "signal/") + kind_name(wait_kind),
                 {{"waiter A", {kind_wait(wait_kind, taking)}}, {"kill(1)", {signal(0, fatal)}}}});
        if (traits_of(wait_kind).has_timeout)
            continue;
        Row two{"signal/two-" + tail,
                {{"waiter A", {kind_wait(wait_kind, taking)}},
                 {"waiter B", {kind_wait(wait_kind, taking)}},
                 {"waker", {kind_wake(wake_kind)}},
                 {"kill(1)", {signal(0, fatal)}}}};
        rows.push_back(two);
    }
}

// ---- thresholds ----

void thresholds(Rows &rows, unsigned int wait_kind, unsigned int wake_kind)
{
    const std::string tail = kind_name(wait_kind) + "/" + wake_name(wake_kind);
    rows.push_back({"threshold/two-posts/" + tail,
                    {{"waiter A", {kind_wait(wait_kind, taking, 2)}},
                     {"waker 1", {kind_wake(wake_kind)}},
                     {"waker 2", {kind_wake(wake_kind)}}}});
    rows.push_back({"threshold/two-takers/" + tail,
                    {{"waiter A", {kind_wait(wait_kind, taking, 2)}},
                     {"waiter B", {kind_wait(wait_kind, taking, 2)}},
                     {"waker", {kind_wake(wake_kind), kind_wake(wake_kind)}}}});
    rows.push_back({"threshold/plain-takers/" + tail,
                    {{"waiter A", {kind_wait(wait_kind, consume, 2)}},
                     {"waiter B", {kind_wait(wait_kind, consume, 1)}},
                     {"waker", {kind_wake(wake_kind, 3)}}}});
    if (is_nr(wake_kind))
        rows.push_back({"threshold/one-post-for-two/" + tail,
                        {{"waiter A", {kind_wait(wait_kind, taking)}},
                         {"waiter B", {kind_wait(wait_kind, taking)}},
                         {"waker", {kind_wake(wake_kind, 2)}}}});
}

// ---- faults ----

void event_faults(Rows &rows, unsigned int wait_kind)
{
    const std::string tail = kind_name(wait_kind);
    // The taker can't be told of its event: it goes to the other.
    for (const unsigned int flags : {consume, taking})
        rows.push_back(
            {std::string("fault/undelivered") + (flags == taking ? "-exclusive/" : "/") + tail,
             {{"waiter A", {fault(2, kind_wait(wait_kind, flags))}},
              {"waiter B", {kind_wait(wait_kind, flags)}},
              {"waker", {kind_wake(LAB_WAKE_UP)}}}});
    for (const unsigned int copy : {1U, 2U, 3U})
        rows.push_back({"fault/wake-copy-" + std::to_string(copy) + "/" + tail,
                        {{"waiter A", {kind_wait(wait_kind, taking)}},
                         {"waker", {fault(copy, kind_wake(LAB_WAKE_UP))}}}});
    if (traits_of(wait_kind).has_timeout)
        rows.push_back(with(
            [](Row &row) { row.jiffies_ahead = 40; },
            {"timeout/jiffies-ahead/" + tail,
             {{"waiter A", {kind_wait(wait_kind, taking)}}, {"waker", {kind_wake(LAB_WAKE_UP)}}}}));
    if (traits_of(wait_kind).has_timeout)
        rows.push_back(
            {"timeout/zero/" + tail,
             {{"waiter A", {wait(wait_kind, taking, 1, 0)}}, {"waker", {kind_wake(LAB_WAKE_UP)}}}});
    if (traits_of(wait_kind).has_timeout && traits_of(wait_kind).state != sim::TASK_UNINTERRUPTIBLE)
        rows.push_back({"timeout/rest/" + tail, // B's timeout moves the clock
                        {{"waiter A", {wait(wait_kind, taking, 1, 5 * timeout)}},
                         {"waiter B", {kind_wait(wait_kind, taking)}},
                         {"kill(1)", {signal(0, true)}}}});
    rows.push_back(with([](Row &row) { row.counter = 2; },
                        {"fault/two-undelivered/" + tail,
                         {{"waiter A", {fault(2, kind_wait(wait_kind, taking, 2))}},
                          {"waiter B", {kind_wait(wait_kind, taking)}},
                          {"waiter C", {kind_wait(wait_kind, taking)}}}}));
}

// ---- the rest ----

void others(Rows &rows)
{
    const Act takes = kind_wait(LAB_WAIT_EVENT_INTERRUPTIBLE, taking);
    rows.push_back(
        {"info/while-waiting",
         {{"waiter", {takes}}, {"waker", {wake(LAB_WAKE_UP)}}, {"info", {plain(Op::lab_info)}}}});
    rows.push_back(
        with([](Row &row) { row.counter = LAB_COUNTER_MAX - 1; },
             {"overflow/counter-is-full",
              {{"waiter", {kind_wait(LAB_WAIT_EVENT_INTERRUPTIBLE, consume, LAB_COUNTER_MAX)}},
               {"waker", {wake(LAB_WAKE_UP, 0, LAB_COUNTER_MAX)}}}}));
    // What is taken may be put back, and must find room.
    rows.push_back(
        with([](Row &row) { row.counter = 1; },
             {"overflow/put-back",
              {{"waiter", {fault(2, kind_wait(LAB_WAIT_EVENT_INTERRUPTIBLE, consume, 1))}},
               {"waker", {wake(LAB_WAKE_UP, 0, LAB_COUNTER_MAX)}}}}));
    rows.push_back(
        with([](Row &row) { row.failing_alloc = 1; },
             {"memory/allocation-1", {{"waiter", {takes}}, {"waker", {wake(LAB_WAKE_UP)}}}}));
}

// ---- the two queues of a lab ----

// A wake-up for one is for one in all of them.
void places(Rows &rows)
{
    const unsigned int in_events = LAB_WAIT_EVENT_INTERRUPTIBLE_EXCLUSIVE,
                       in_locked = LAB_WAIT_EVENT_INTERRUPTIBLE_EXCLUSIVE_LOCKED;
    for (const unsigned int flags : {0U, consume}) {
        const std::string tail = flags ? "/taking" : "/plain";
        const Actor a{"waiter A", {wait(in_events, flags)}},
            b{"waiter B", {wait(in_locked, flags)}};
        rows.push_back({"places/one" + tail, {a, b, {"waker", {wake(LAB_WAKE_UP)}}}});
        rows.push_back({"places/nr" + tail, {a, b, {"waker", {wake(LAB_WAKE_UP_NR, 2, 2)}}}});
        rows.push_back({"places/all" + tail, {a, b, {"waker", {wake(LAB_WAKE_UP_ALL, 0, 2)}}}});
        rows.push_back(
            {"places/interrupt" + tail,
             {a, b, {"waker", {from_context(LAB_CONTEXT_HARD_IRQ, wake(LAB_WAKE_UP))}}}});
        rows.push_back({"places/interrupt-two" + tail,
                        {{"waiter A", {wait(in_locked, flags)}},
                         {"waiter B", {wait(in_locked, flags)}},
                         {"waker", {from_context(LAB_CONTEXT_HARD_IRQ, wake(LAB_WAKE_UP))}}}});
        // Spent in the first queue, so that the second has those only that are not exclusive.
        const Actor plain{"waiter B", {wait(LAB_WAIT_EVENT_INTERRUPTIBLE_LOCKED, flags)}};
        rows.push_back(
            {"places/spent-before" + tail, {a, plain, {"waker", {wake(LAB_WAKE_UP, 0, 2)}}}});
        for (const unsigned int kind : {LAB_WAKE_UP, LAB_WAKE_UP_ALL})
            rows.push_back(
                {"places/spent-before-in-interrupt" + tail + "/" + wake_name(kind),
                 {a, plain, {"waker", {from_context(LAB_CONTEXT_HARD_IRQ, wake(kind, 0, 2))}}}});
        rows.push_back({"places/signal" + tail,
                        {a, b, {"waker", {wake(LAB_WAKE_UP)}}, {"kill(1)", {signal(0)}}}});
        rows.push_back(
            {"places/two-wakers" + tail,
             {a, b, {"waker 1", {wake(LAB_WAKE_UP)}}, {"waker 2", {wake(LAB_WAKE_UP)}}}});
    }
}

// ---- entries of priority ----

// They stand before the place where a walk begins, which lets go of the lock on its way.
void priorities(Rows &rows)
{
    const unsigned int plainly = LAB_WAIT_EVENT_INTERRUPTIBLE,
                       exclusively = LAB_WAIT_EVENT_INTERRUPTIBLE_EXCLUSIVE;
    for (const unsigned int first :
         {LAB_WAIT_ADD_WAIT_QUEUE_PRIORITY, LAB_WAIT_ADD_WAIT_QUEUE_PRIORITY_EXCLUSIVE}) {
        Act before = wait(first, 0, 1, timeout);
        before.endless = true; // its timeout would make up for a lost wake-up
        for (const unsigned int second : {plainly, exclusively})
            rows.push_back({"priority/wake-all/" + kind_name(first) + "/" + kind_name(second),
                            {{"waiter A", {before}},
                             {"waiter B", {wait(second)}},
                             {"waker", {wake(LAB_WAKE_UP_ALL)}}}});
        rows.push_back({"priority/long-walk/" + kind_name(first),
                        {{"waiter A", {before}},
                         {"waiter B", {wait(plainly)}},
                         {"waiter C", {wait(exclusively)}},
                         {"waker", {wake(LAB_WAKE_UP_ALL)}}}});
        rows.push_back({"priority/two-walks/" + kind_name(first),
                        {{"waiter A", {before}},
                         {"waiter B", {wait(plainly)}},
                         {"waker 1", {wake(LAB_WAKE_UP_ALL)}},
                         {"waker 2", {wake(LAB_WAKE_UP_ALL)}}}});
    }
}

// The kinds that are tried in every mix: those of the first six rows and the first three. Of the
// others each has rows of its own: rows_kinds.cpp.
constexpr unsigned int mixed_waits = 6, mixed_wakes = 3;

} // namespace

void add_mixed_rows(Rows &rows)
{
    for (unsigned int wait_kind = 0; wait_kind < mixed_waits; ++wait_kind) {
        for (unsigned int wake_kind = 0; wake_kind < mixed_wakes; ++wake_kind) {
            waiters(rows, wait_kind, wake_kind);
            signals(rows, wait_kind, wake_kind);
            thresholds(rows, wait_kind, wake_kind);
        }
        event_faults(rows, wait_kind);
    }
    add_kind_rows(rows, mixed_waits, mixed_wakes);
    places(rows);
    priorities(rows);
    others(rows);
}

} // namespace core::lab
