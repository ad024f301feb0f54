// SPDX-License-Identifier: GPL-2.0
// table.cpp - the scenarios as data. What has to do with kinds of waits and wakes is made from
// the tables of module/uapi/waitq.h: a new kind there has all of its scenarios here.
#include "table.hpp"

#include "../sim/task.hpp"
#include "device_scenario.hpp"

#include <algorithm>
#include <array>

namespace core {
namespace {

using Rows = std::vector<Row>;

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
#define WAITQ_X(value, id, name, scope) #name,
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

// ---- 1 to 3 waiters, 1 or 2 wakers, of every kind ---------------------------------

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

// ---- signals -------------------------------------------------------------------------

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

// ---- thresholds ------------------------------------------------------------------------

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

// ---- faults -------------------------------------------------------------------------------

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

// ---- the byte stream -------------------------------------------------------------------------

void stream(Rows &rows, const std::string &name, std::vector<Actor> actors,
            unsigned int capacity = 1, unsigned int bytes = 0)
{
    Row row;
    row.name = "stream/" + name;
    row.weight = 8;
    row.actors = std::move(actors);
    row.capacity = capacity;
    row.bytes = bytes;
    rows.push_back(std::move(row));
}

void streams(Rows &rows)
{
    stream(rows, "one-byte", {{"reader", {read(1)}}, {"writer", {write(1)}}});
    stream(rows, "two-bytes-one-room", {{"reader", {read(1), read(1)}}, {"writer", {write(2)}}});
    stream(rows, "greedy-reader", {{"reader", {read(4), read(4)}}, {"writer", {write(2)}}});
    stream(rows, "two-readers",
           {{"reader A", {read(1)}}, {"reader B", {read(1)}}, {"writer", {write(2)}}});
    stream(rows, "two-readers-room-for-two",
           {{"reader A", {read(1)}}, {"reader B", {read(1)}}, {"writer", {write(2)}}}, 2);
    stream(rows, "two-writers",
           {{"reader", {read(1), read(1)}}, {"writer A", {write(1)}}, {"writer B", {write(1)}}});
    stream(rows, "two-atomic-writers",
           {{"reader", {read(2), read(2)}}, {"writer A", {write(2)}}, {"writer B", {write(2)}}}, 2);
    stream(rows, "small-and-large-need",
           {{"reader", {read(1), read(2)}}, {"writer A", {write(2)}}, {"writer B", {write(1)}}}, 2,
           1);
    stream(rows, "large-need-first",
           {{"writer A", {write(2)}}, {"writer B", {write(1)}}, {"reader", {read(1)}}}, 2, 2);
    stream(rows, "atomic-nonblocking", {{"writer", {nonblocking(write(2))}}, {"reader", {read(1)}}},
           2, 1);
    stream(rows, "signal-to-atomic-writer",
           {{"writer", {write(2)}}, {"reader", {read(1)}}, {"kill(1)", {signal(0)}}}, 2, 2);
    stream(rows, "signal-to-reader",
           {{"reader A", {read(1)}},
            {"reader B", {read(1)}},
            {"writer", {write(1)}},
            {"kill(1)", {signal(0)}}});
    stream(rows, "signal-to-writer",
           {{"writer A", {write(1)}},
            {"writer B", {write(1)}},
            {"reader", {read(1)}},
            {"kill(1)", {signal(0)}}},
           1, 1);
    stream(rows, "signal-to-long-writer",
           {{"writer A", {write(3)}}, {"reader", {read(1), read(1)}}, {"kill(1)", {signal(0)}}});
    stream(rows, "writer-in-room-is-killed",
           {{"writer A", {write(2)}},
            {"writer B", {write(1)}},
            {"reader", {read(1)}},
            {"kill(1)", {signal(0, true)}}},
           2, 1);
    stream(rows, "short-read-buffer",
           {{"reader A", {read(2, 1)}}, {"reader B", {read(1)}}, {"writer", {write(2)}}}, 2);
    stream(rows, "bad-read-buffer",
           {{"reader A", {read(1, 0)}}, {"reader B", {read(1)}}, {"writer", {write(1)}}});
    stream(rows, "bad-write-buffer",
           {{"writer A", {write(1, 0)}}, {"writer B", {write(1)}}, {"reader", {read(1)}}});
    stream(rows, "short-write-buffer",
           {{"writer A", {write(3, 1)}}, {"writer B", {write(1)}}, {"reader", {read(1), read(1)}}},
           2);
    stream(rows, "nonblocking",
           {{"reader", {nonblocking(read(1)), read(1)}},
            {"writer", {nonblocking(write(1)), write(1)}}});
    stream(
        rows, "nonblocking-long",
        {{"reader", {read(2)}}, {"writer A", {nonblocking(write(3))}}, {"writer B", {write(1)}}});
}

// ---- timers, close, unload
// -----------------------------------------------------------------------

void timer(Rows &rows, const std::string &name, std::vector<Actor> actors, unsigned int firings,
           unsigned int files = 1, unsigned int timers = 1)
{
    Row row;
    row.timers = timers;
    row.name = "timer/" + name;
    row.weight = 8;
    row.actors = std::move(actors);
    row.files = files;
    row.timer_firings = firings;
    rows.push_back(std::move(row));
}

void timers(Rows &rows)
{
    const long long period = 1'000'000;
    const Act once = set_timer(period), twice = set_timer(period, period, 2),
              endless = set_timer(period, period, 0);
    const Act takes = kind_wait(WAITQ_WAIT_EVENT_INTERRUPTIBLE, taking);
    timer(rows, "wakes", {{"waiter", {takes}}, {"owner", {once}}}, 1);
    timer(rows, "wakes-two", {{"waiter A", {takes}}, {"waiter B", {takes}}, {"owner", {twice}}}, 3);
    timer(rows, "cancel", {{"waiter", {takes}}, {"owner", {twice, cancel_timer()}}}, 3);
    timer(rows, "set-again", {{"waiter", {takes}}, {"owner", {endless, once}}}, 3);
    timer(rows, "two-set", {{"owner A", {once}}, {"owner B", {endless, cancel_timer()}}}, 2);
    timer(rows, "close", {{"owner", {endless, plain(Op::close)}}}, 2);
    timer(rows, "close-waiter",
          {{"owner", {endless, plain(Op::close)}}, {"waiter", {on_file(1, takes)}}}, 2, 2);
    timer(rows, "close-two-descriptors",
          {{"owner", {endless, plain(Op::close)}}, {"other", {plain(Op::close)}}}, 2);
    timer(rows, "unload", {{"owner", {twice, plain(Op::close)}}, {"rmmod", {plain(Op::unload)}}},
          2);
    timer(rows, "unload-two-files",
          {{"owner", {twice, plain(Op::close)}},
           {"other", {on_file(1, wake(WAITQ_WAKE_UP)), on_file(1, plain(Op::close))}},
           {"rmmod", {plain(Op::unload)}}},
          2, 2);
    timer(rows, "timeout",
          {{"waiter", {kind_wait(WAITQ_WAIT_EVENT_INTERRUPTIBLE_TIMEOUT, taking)}},
           {"owner", {once}}},
          1);
    timer(rows, "two-timers", {{"owner A", {once}}, {"owner B", {on_file(1, once)}}}, 1, 2, 2);
    timer(rows, "and-waker",
          {{"waiter A", {takes}}, {"owner", {once}}, {"waker", {wake(WAITQ_WAKE_UP)}}}, 1);
}

// ---- readiness
// --------------------------------------------------------------------------------------

void ready(Rows &rows, const std::string &name, std::vector<Actor> actors,
           unsigned int capacity = 1, unsigned int bytes = 0, unsigned int files = 1,
           unsigned int walk_break = 0)
{
    Row row;
    row.name = "poll/" + name;
    row.weight = 8;
    row.actors = std::move(actors);
    row.capacity = capacity;
    row.bytes = bytes;
    row.files = files;
    row.walk_break = walk_break;
    rows.push_back(std::move(row));
}

void readiness(Rows &rows)
{
    constexpr unsigned int in = 0x1, out = 0x4, event = 0x400;
    ready(rows, "in", {{"poller", {poll(in)}}, {"writer", {write(1)}}});
    ready(rows, "out", {{"poller", {poll(out)}}, {"reader", {read(1)}}}, 1, 1);
    ready(rows, "event", {{"poller", {poll(event)}}, {"waker", {wake(WAITQ_WAKE_UP)}}});
    ready(rows, "in-then-read",
          {{"poller", {poll(in), nonblocking(read(1))}}, {"writer", {write(1)}}});
    ready(rows, "two-pollers",
          {{"poller A", {poll(in)}}, {"poller B", {poll(in)}}, {"writer", {write(1)}}});
    ready(rows, "in-against-reader",
          {{"poller", {poll(in)}}, {"reader", {read(1)}}, {"writer", {write(2)}}}, 2);
    ready(rows, "out-against-writer",
          {{"poller", {poll(out)}}, {"writer", {write(1)}}, {"reader", {read(1), read(1)}}}, 1, 1);
    ready(rows, "signal",
          {{"poller", {poll(in)}}, {"writer", {write(1)}}, {"kill(1)", {signal(0)}}});
    ready(rows, "epoll-in", {{"epoll", {epoll(in, false)}}, {"writer", {write(1)}}});
    ready(rows, "epoll-event",
          {{"epoll", {epoll(event, false)}}, {"waker", {wake(WAITQ_WAKE_UP)}}});
    ready(rows, "epoll-exclusive",
          {{"epoll A", {epoll(event, true)}},
           {"epoll B", {epoll(event, true)}},
           {"waker", {wake(WAITQ_WAKE_UP)}}});
    ready(rows, "epoll-exclusive-and-waiter",
          {{"epoll", {epoll(event, true)}},
           {"waiter", {kind_wait(WAITQ_WAIT_EVENT_INTERRUPTIBLE, exclusive)}},
           {"waker", {wake(WAITQ_WAKE_UP)}}});
    ready(rows, "walk-with-breaks",
          {{"poller A", {poll(in)}}, {"poller B", {poll(in)}}, {"writer", {write(1)}}}, 1, 0, 1, 1);
    ready(rows, "sigio-in", {{"reader", {plain(Op::sigio_read, 1)}}, {"writer", {write(1)}}});
    ready(rows, "sigio-out", {{"writer", {plain(Op::sigio_write, 1)}}, {"reader", {read(1)}}}, 1,
          1);
    ready(rows, "sigio-in-against-reader",
          {{"sigio", {plain(Op::sigio_read, 1)}},
           {"reader", {on_file(1, read(1))}},
           {"writer", {on_file(1, write(2))}}},
          2, 0, 2);
    ready(rows, "sigio-out-against-writer",
          {{"sigio", {plain(Op::sigio_write, 1)}},
           {"writer", {on_file(1, write(1))}},
           {"reader", {on_file(1, read(2))}}},
          2, 1, 2);
    ready(rows, "sigio-in-bad-buffer",
          {{"sigio", {plain(Op::sigio_read, 1)}}, {"reader", {on_file(1, read(1, 0))}}}, 1, 1, 2);
}

// ---- the rest
// ---------------------------------------------------------------------------------------

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

Rows make()
{
    Rows rows;
    for (unsigned int wait_kind = 0; wait_kind < wait_kind_count(); ++wait_kind)
        for (unsigned int wake_kind = 0; wake_kind < wake_kind_count(); ++wake_kind)
            waiters(rows, wait_kind, wake_kind);
    for (unsigned int wait_kind = 0; wait_kind < wait_kind_count(); ++wait_kind)
        for (unsigned int wake_kind = 0; wake_kind < wake_kind_count(); ++wake_kind)
            signals(rows, wait_kind, wake_kind);
    for (unsigned int wait_kind = 0; wait_kind < wait_kind_count(); ++wait_kind)
        for (unsigned int wake_kind = 0; wake_kind < wake_kind_count(); ++wake_kind)
            thresholds(rows, wait_kind, wake_kind);
    for (unsigned int wait_kind = 0; wait_kind < wait_kind_count(); ++wait_kind)
        event_faults(rows, wait_kind);
    streams(rows);
    timers(rows);
    readiness(rows);
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
