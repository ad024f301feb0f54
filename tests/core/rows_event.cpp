// SPDX-License-Identifier: GPL-2.0
// rows_event.cpp - WAIT and WAKE: several waiters and wakers, thresholds side by side, signals,
// timeouts, faults.
#include "device_words.hpp"
#include "rows.hpp"

#include <array>

namespace core::device {
namespace {

constexpr unsigned int consume = WAITQ_CONSUME, exclusive = WAITQ_EXCLUSIVE;
constexpr unsigned int taking = consume | exclusive;
constexpr long long timeout = 20'000'000; // any: it passes when the explorer says so

constexpr std::array waiter_names{"waiter A", "waiter B", "waiter C"};
constexpr std::array waker_names{"waker 1", "waker 2"};

struct Way {
    const char *name;
    unsigned int flags;
};
constexpr std::array ways{Way{"plain", 0}, Way{"consuming", consume}, Way{"exclusive", exclusive},
                          Way{"taking", taking}};

Row &add(Rows &rows, const std::string &name, std::vector<Actor> actors)
{
    Row row;
    row.name = "event/" + name;
    row.weight = 1;
    row.actors = std::move(actors);
    rows.push_back(std::move(row));
    return rows.back();
}

// With a timeout, a lost wake-up would only be late.
Act never_late(Act act)
{
    act.endless = true;
    return act;
}

// ---- POST and TAKE ----

void by_number(Rows &rows)
{
    add(rows, "by-number/one", {{"taker", {take_number()}}, {"poster", {post_number()}}});
    add(rows, "by-number/two",
        {{"taker A", {take_number()}},
         {"taker B", {take_number(2)}},
         {"poster", {post_number(2), post_number()}}});
    add(rows, "by-number/one-post-for-both",
        {{"taker A", {take_number()}}, {"taker B", {take_number()}}, {"poster", {post_number(2)}}});
    add(rows, "by-number/and-waiter",
        {{"waiter", {wait(exclusive)}}, {"taker", {take_number()}}, {"poster", {post_number()}}});
    add(rows, "by-number/signal",
        {{"taker A", {take_number()}},
         {"taker B", {take_number()}},
         {"poster", {post_number()}},
         {"kill(1)", {signal(0)}}});
    add(rows, "by-number/long-queue",
        {{"taker A", {take_number()}},
         {"taker B", {take_number()}},
         {"taker C", {take_number()}},
         {"poster", {post_number(3)}}});
}

// ---- 1 to 3 waiters, 1 or 2 wakers ----

void waiters(Rows &rows)
{
    struct Mix {
        const char *name;
        std::array<unsigned int, 3> flags;
    };
    static constexpr std::array mixes{
        Mix{"plain", {0, 0, 0}},
        Mix{"consuming", {consume, consume, consume}},
        Mix{"exclusive", {exclusive, exclusive, exclusive}},
        Mix{"taking", {taking, taking, taking}},
        Mix{"mixed", {0, taking, exclusive}},
    };
    for (const Mix &mix : mixes)
        for (unsigned int n = 1; n <= 3; ++n)
            for (unsigned int m = 1; m <= 2; ++m)
                for (const unsigned int nr : {1U, 2U, 0U}) {
                    std::vector<Actor> actors;
                    for (unsigned int i = 0; i < n; ++i)
                        actors.push_back({waiter_names.at(i), {wait(mix.flags.at(i))}});
                    for (unsigned int i = 0; i < m; ++i)
                        actors.push_back({waker_names.at(i), {wake(nr, nr == 0 ? n : nr)}});
                    add(rows,
                        "waiters-" + std::to_string(n) + "x" + std::to_string(m) + "/" + mix.name +
                            "/nr-" + std::to_string(nr),
                        std::move(actors));
                }
}

// ---- each state and flag ----

void states(Rows &rows)
{
    for (const unsigned int state : {WAITQ_STATE_INTERRUPTIBLE, WAITQ_STATE_UNINTERRUPTIBLE,
                                     WAITQ_STATE_KILLABLE, WAITQ_STATE_IDLE})
        for (const Way &way : ways)
            for (const bool timed : {false, true}) {
                const std::string tail =
                    std::to_string(state) + "/" + way.name + (timed ? "-timed" : "");
                const Act act = in_state(state, wait(way.flags, 1, timed ? timeout : 0));
                const Actor waker{"waker", {wake()}};
                add(rows, "one/" + tail, {{"waiter", {act}}, waker});
                add(rows, "bare-wake-first/" + tail,
                    {{"waiter", {act}}, {"waker", {wake(1, 0), wake()}}});
                for (const bool fatal : {false, true})
                    add(rows, (fatal ? "kill/" : "signal/") + tail,
                        {{"waiter", {act}}, waker, {"kill(1)", {signal(0, fatal)}}});
                // Of two that would take the one event, one leaves: the other must get it.
                const Act stays = in_state(state, wait(way.flags));
                add(rows, "two-signal/" + tail,
                    {{"waiter A", {act}},
                     {"waiter B", {timed ? never_late(act) : stays}},
                     waker,
                     {"kill(1)", {signal(0)}}});
                if (timed)
                    add(rows, "leaves-late/" + tail,
                        {{"waiter A", {act}}, {"waiter B", {stays}}, waker});
                add(rows, "forbidden/" + tail, {{"waiter", {act}, false}, waker});
            }
    add(rows, "too-long/uninterruptible",
        {{"waiter",
          {in_state(WAITQ_STATE_UNINTERRUPTIBLE,
                    never_late(wait(0, 1, WAITQ_UNPRIVILEGED_UNINTERRUPTIBLE_MAX_NS)))},
          false},
         {"waker", {wake()}}});
}

// ---- thresholds ----

// Waiters of different thresholds in one queue.
void thresholds(Rows &rows)
{
    // The first asks for what never comes. It swallows no wake-up.
    for (const Way &way : ways) {
        const Actor greedy{"waiter A", {wait(way.flags, 100)}};
        const std::string tail = way.name;
        add(rows, "never-reached/one/" + tail,
            {greedy, {"waiter B", {wait(taking)}}, {"waker", {wake()}}});
        add(rows, "never-reached/two/" + tail,
            {greedy,
             {"waiter B", {wait(taking)}},
             {"waiter C", {wait(exclusive)}},
             {"waker 1", {wake()}},
             {"waker 2", {wake()}}});
        // The one with a threshold of 2 is reached by the second post only.
        const Actor two{"waiter A", {wait(way.flags, 2)}};
        add(rows, "two-posts/" + tail, {two, {"waker 1", {wake()}}, {"waker 2", {wake()}}});
        add(rows, "two-and-one/" + tail,
            {two, {"waiter B", {wait(way.flags)}}, {"waker 1", {wake()}}, {"waker 2", {wake()}}});
        add(rows, "one-post-for-both/" + tail,
            {two, {"waiter B", {wait(way.flags)}}, {"waker", {wake(0, 3)}}});
        // What the first takes leaves less for the others.
        add(rows, "not-enough/" + tail,
            {two, {"waiter B", {wait(way.flags, 2)}}, {"waker", {wake(0, 3)}}});
        add(rows, "in-order/" + tail,
            {two,
             {"waiter B", {wait(way.flags, 2)}},
             {"waiter C", {wait(way.flags)}},
             {"waker", {wake(1, 2), wake(0, 3)}}});
    }
    // Each wake-up serves one, and as many as there are posts.
    add(rows, "posts-in-turn/taking",
        {{"waiter A", {wait(taking), wait(taking)}},
         {"waiter B", {wait(taking)}},
         {"waker", {wake(), wake(), wake()}}});
    add(rows, "takes-again/consuming",
        {{"waiter A", {wait(consume), wait(consume)}},
         {"waiter B", {wait(consume)}},
         {"waker", {wake(0), wake(0, 2)}}});
}

// ---- timeouts ----

void timeouts(Rows &rows)
{
    const Act timed = wait(taking, 1, timeout);
    Act only_tests = wait(taking | WAITQ_TIMEOUT), absolute = timed, past = only_tests;
    absolute.flags |= WAITQ_ABSOLUTE;
    past.flags |= WAITQ_ABSOLUTE;
    add(rows, "timeout/alone", {{"waiter", {timed}}});
    add(rows, "timeout/zero", {{"waiter", {only_tests}}, {"waker", {wake()}}});
    add(rows, "timeout/two", {{"waiter A", {timed}}, {"waiter B", {timed}}, {"waker", {wake()}}});
    // The clock is moved by B's timeout.
    add(rows, "timeout/rest-after-signal",
        {{"waiter A", {wait(taking, 1, 5 * timeout)}},
         {"waiter B", {timed}},
         {"kill(1)", {signal(0)}}});
    for (const long long offset : {0LL, 1'000'000'000'000LL, -500'000'000LL}) {
        const std::string tail = offset < 0 ? "behind" : offset ? "ahead" : "same-clock";
        add(rows, "timeout/absolute/" + tail, {{"waiter", {absolute}}, {"waker", {wake()}}})
            .timens_offset_ns = offset;
        add(rows, "timeout/absolute-past/" + tail, {{"waiter", {past}}, {"waker", {wake()}}})
            .timens_offset_ns = offset;
        add(rows, "timeout/absolute-alone/" + tail, {{"waiter", {absolute}}}).timens_offset_ns =
            offset;
    }
}

// ---- faults ----

void faults(Rows &rows)
{
    const Act timed = wait(taking, 1, timeout);
    // What was left of the time can't be told: nothing is taken back.
    for (const unsigned int copy : {1U, 2U}) {
        const std::string tail = "/copy-" + std::to_string(copy);
        add(rows, "fault/timed-wait" + tail,
            {{"waiter A", {fault(copy, timed)}},
             {"waiter B", {wait(taking)}},
             {"waker", {wake()}}});
        add(rows, "fault/signalled-wait" + tail,
            {{"waiter A", {fault(copy, timed)}}, {"waker", {wake()}}, {"kill(1)", {signal(0)}}});
    }
    add(rows, "fault/wake", {{"waiter", {wait(taking)}}, {"waker", {fault(1, wake())}}});
}

// ---- overflow, onlookers, memory ----

void others(Rows &rows)
{
    const Act takes = wait(taking), stays = wait(exclusive);
    add(rows, "overflow/counter-is-full",
        {{"waiter", {wait(consume, WAITQ_COUNTER_MAX)}}, {"waker", {wake(1, WAITQ_COUNTER_MAX)}}})
        .counter = WAITQ_COUNTER_MAX - 1;
    add(rows, "overflow/two-posts",
        {{"waiter", {takes}}, {"waker 1", {wake(1, WAITQ_COUNTER_MAX)}}, {"waker 2", {wake()}}});
    add(rows, "info/while-waiting",
        {{"waiter A", {takes}},
         {"waiter B", {wait()}},
         {"waker", {wake()}},
         {"info", {plain(Op::info)}}});
    const Actor onlooker{"onlooker", {plain(Op::list)}};
    for (const Way &way : ways)
        add(rows, std::string("list/one/") + way.name,
            {{"waiter", {wait(way.flags)}}, onlooker, {"waker", {wake()}}});
    add(rows, "list/three-leave",
        {{"waiter A", {stays}},
         {"waiter B", {stays}},
         {"waiter C", {stays}},
         onlooker,
         {"waker", {wake(0, 3)}}});
    add(rows, "list/reader-leaves", {{"reader", {read(1)}}, onlooker, {"writer", {write(1)}}});
    add(rows, "list/poller-leaves", {{"poller", {poll(event)}}, onlooker, {"waker", {wake()}}});
    for (const unsigned int nth : {1U, 2U})
        add(rows, "memory/allocation-" + std::to_string(nth),
            {{"waiter", {takes}}, {"waker", {wake()}}})
            .failing_alloc = nth;
}

} // namespace

void add_event_rows(Rows &rows)
{
    by_number(rows);
    waiters(rows);
    states(rows);
    thresholds(rows);
    timeouts(rows);
    faults(rows);
    others(rows);
}

} // namespace core::device
