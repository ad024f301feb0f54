// SPDX-License-Identifier: GPL-2.0
// table.cpp - the scenarios as data. What has to do with kinds of waits and wakes is made from
// the tables of module/uapi/waitq.h: a new kind there has all of its scenarios here.
#include "table.hpp"

#include "../sim/task.hpp"
#include "device_scenario.hpp"
#include "rows.hpp"

#include <algorithm>
#include <array>

namespace core {
namespace {

constexpr unsigned int consume = WAITQ_CONSUME;
constexpr unsigned int exclusive = WAITQ_EXCLUSIVE;
constexpr unsigned int taking = consume | exclusive;
constexpr long long timeout = 20'000'000; // any: it passes when the explorer says so

constexpr std::array waiter_names{"waiter A", "waiter B", "waiter C"};
constexpr std::array waker_names{"waker 1", "waker 2"};

std::string kind_name(unsigned int wait_kind)
{
    return traits_of(wait_kind).name;
}

std::string wake_name(unsigned int kind)
{
    static constexpr auto names = std::to_array<const char *>({
#define WAITQ_X(value, id, name, ...) #name,
        WAITQ_WAKE_KINDS(WAITQ_X)
#undef WAITQ_X
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
              {"waker", {kind_wake(WAITQ_WAKE_UP)}}}});
    for (const unsigned int copy : {1U, 2U, 3U})
        rows.push_back({"fault/wake-copy-" + std::to_string(copy) + "/" + tail,
                        {{"waiter A", {kind_wait(wait_kind, taking)}},
                         {"waker", {fault(copy, kind_wake(WAITQ_WAKE_UP))}}}});
    if (traits_of(wait_kind).has_timeout)
        rows.push_back(
            {"timeout/jiffies-ahead/" + tail,
             {{"waiter A", {kind_wait(wait_kind, taking)}}, {"waker", {kind_wake(WAITQ_WAKE_UP)}}},
             4,
             1,
             0,
             40});
    if (traits_of(wait_kind).has_timeout)
        rows.push_back({"timeout/zero/" + tail,
                        {{"waiter A", {wait(wait_kind, taking, 1, 0)}},
                         {"waker", {kind_wake(WAITQ_WAKE_UP)}}}});
    if (traits_of(wait_kind).has_timeout && traits_of(wait_kind).state != sim::TASK_UNINTERRUPTIBLE)
        rows.push_back({"timeout/rest/" + tail, // B's timeout moves the clock
                        {{"waiter A", {wait(wait_kind, taking, 1, 5 * timeout)}},
                         {"waiter B", {kind_wait(wait_kind, taking)}},
                         {"kill(1)", {signal(0, true)}}}});
    rows.push_back({"fault/two-undelivered/" + tail,
                    {{"waiter A", {fault(2, kind_wait(wait_kind, taking, 2))}},
                     {"waiter B", {kind_wait(wait_kind, taking)}},
                     {"waiter C", {kind_wait(wait_kind, taking)}}},
                    4,
                    1,
                    0,
                    100,
                    2});
    rows.push_back({"forbidden/" + tail,
                    {{"waiter A", {kind_wait(wait_kind, taking)}, false},
                     {"waker", {kind_wake(WAITQ_WAKE_UP)}}}});
}

// ---- the rest ----

void others(Rows &rows)
{
    const Act takes = kind_wait(WAITQ_WAIT_EVENT_INTERRUPTIBLE, taking);
    Row info{"info/while-waiting",
             {{"waiter", {takes}}, {"waker", {wake(WAITQ_WAKE_UP)}}, {"info", {plain(Op::info)}}}};
    rows.push_back(info);
    Row overflow{
        "overflow/counter-is-full",
        {{"waiter", {kind_wait(WAITQ_WAIT_EVENT_INTERRUPTIBLE, consume, WAITQ_COUNTER_MAX)}},
         {"waker", {wake(WAITQ_WAKE_UP, 0, WAITQ_COUNTER_MAX)}}}};
    overflow.counter = WAITQ_COUNTER_MAX - 1;
    rows.push_back(overflow);
    // What is lent may come back, and must find room.
    Row lent{"overflow/lent-comes-back",
             {{"waiter", {fault(2, kind_wait(WAITQ_WAIT_EVENT_INTERRUPTIBLE, consume, 1))}},
              {"waker", {wake(WAITQ_WAKE_UP, 0, WAITQ_COUNTER_MAX)}}}};
    lent.counter = 1;
    rows.push_back(lent);
    for (const unsigned int nth : {1U, 2U}) {
        Row memory{"memory/allocation-" + std::to_string(nth),
                   {{"waiter", {takes}}, {"waker", {wake(WAITQ_WAKE_UP)}}}};
        memory.failing_alloc = nth;
        rows.push_back(memory);
    }
}

// The kinds that are tried in every mix: those of the first six rows and the first three. Of the
// others each has rows of its own: rows_kinds.cpp.
constexpr unsigned int mixed_waits = 6, mixed_wakes = 3;

Rows make()
{
    Rows rows;
    for (unsigned int wait_kind = 0; wait_kind < mixed_waits; ++wait_kind) {
        for (unsigned int wake_kind = 0; wake_kind < mixed_wakes; ++wake_kind) {
            waiters(rows, wait_kind, wake_kind);
            signals(rows, wait_kind, wake_kind);
            thresholds(rows, wait_kind, wake_kind);
        }
        event_faults(rows, wait_kind);
    }
    add_kind_rows(rows, mixed_waits, mixed_wakes);
    add_stream_rows(rows);
    add_timer_rows(rows);
    add_readiness_rows(rows);
    others(rows);
    // One family after the other, each through all kinds.
    std::ranges::stable_sort(rows, {}, family);
    return rows;
}

} // namespace

std::string family(const Row &row)
{
    return row.name.substr(0, row.name.find('/', row.name.find('/') + 1));
}

const std::vector<Row> &rows()
{
    static const Rows all = make();
    return all;
}

} // namespace core
