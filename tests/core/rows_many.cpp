// SPDX-License-Identifier: GPL-2.0
// rows_many.cpp - WAIT_ANY and WAIT_ALL: who satisfies the call, and who else wants the events.
#include "device_words.hpp"
#include "rows.hpp"

namespace core::device {
namespace {

constexpr long long timeout = 20'000'000;
constexpr unsigned int plainly = 0, consume = WAITQ_CONSUME;

Row &add(Rows &rows, const std::string &name, std::vector<Actor> actors, unsigned int queues = 2)
{
    Row row;
    row.name = "many/" + name;
    row.weight = 1;
    row.actors = std::move(actors);
    row.queues = queues;
    rows.push_back(std::move(row));
    return rows.back();
}

Act post_to(unsigned int file, unsigned long long n = 1)
{
    return on_file(file, wake(0, n));
}
Act taking_of(unsigned int file, unsigned long long n = 1)
{
    return on_file(file, wait(WAITQ_CONSUME | WAITQ_EXCLUSIVE, n));
}

const Act any_of_both = wait_any({item(0), item(1)}), all_of_both = wait_all({item(0), item(1)}),
          any_turned = wait_any({item(1), item(0)}), all_turned = wait_all({item(1), item(0)});

// ---- one call, and who posts ----

void one(Rows &rows)
{
    const Actor any{"waiter", {any_of_both}}, all{"waiter", {all_of_both}};
    const Actor poster_0{"poster 0", {post_to(0)}}, poster_1{"poster 1", {post_to(1)}};
    add(rows, "any/one-post", {any, poster_1});
    add(rows, "any/two-posts", {any, poster_0, poster_1});
    add(rows, "any/again", {{"waiter", {any_of_both, any_turned}}, poster_0, poster_1});
    add(rows, "any/there-already", {any, poster_1}).counter = 1;
    add(rows, "any/twice-the-same",
        {{"waiter", {wait_any({item(0), item(0, 2)})}}, {"poster", {post_to(0), post_to(0)}}}, 1);
    add(rows, "any/plainly",
        {{"waiter", {wait_any({item(0, 1, plainly), item(1, 2, consume)})}},
         poster_0,
         {"poster 1", {post_to(1, 2)}}});
    add(rows, "any/one-of-three",
        {{"waiter", {wait_any({item(2), item(0), item(1)})}}, poster_0, poster_1}, 3);
    add(rows, "all/two-posts", {all, poster_0, poster_1});
    add(rows, "all/one-poster", {all, {"poster", {post_to(1), post_to(0)}}});
    add(rows, "all/again",
        {{"waiter", {all_of_both, all_turned}},
         {"poster 0", {post_to(0), post_to(0)}},
         {"poster 1", {post_to(1), post_to(1)}}});
    add(rows, "all/there-already", {all}).counter = 1;
    add(rows, "all/half-there", {{"waiter", {wait_all({item(0), item(1, 2)})}}, poster_1}).counter =
        1;
    add(rows, "all/plainly",
        {{"waiter", {wait_all({item(0, 1, plainly), item(1, 2, consume)})}},
         poster_0,
         {"poster 1", {post_to(1, 2)}}});
    add(rows, "all/three",
        {{"waiter", {wait_all({item(2), item(0), item(1)})}},
         {"poster 0", {post_to(0), post_to(2)}},
         poster_1},
        3);
    add(rows, "all/twice-the-same", {{"waiter", {wait_all({item(1), item(0), item(1)})}}}).counter =
        1;
    add(rows, "all/only-one", {{"waiter", {wait_all({item(1)})}}, poster_1});
}

// ---- alerts ----

void alerts(Rows &rows)
{
    const Act alert = alerted(wait_all({item(0), item(1), item(2)}));
    const Actor waiter{"waiter", {alert}};
    add(rows, "all/alert", {waiter, {"poster 0", {post_to(0)}}, {"alerter", {post_to(2)}}}, 3);
    add(rows, "all/alert-or-all",
        {waiter, {"poster", {post_to(0), post_to(1)}}, {"alerter", {post_to(2)}}}, 3);
    add(rows, "all/alert-for-two",
        {{"waiter A", {alert}}, {"waiter B", {alert}}, {"alerter", {post_to(2)}}}, 3);
}

// ---- several calls, and other waiters ----

void several(Rows &rows)
{
    const Actor poster_0{"poster 0", {post_to(0)}}, poster_1{"poster 1", {post_to(1)}};
    const Actor poster{"poster", {post_to(0), post_to(1)}};
    add(rows, "any/two-waiters",
        {{"waiter A", {any_of_both}}, {"waiter B", {any_turned}}, poster_0, poster_1});
    add(rows, "any/one-post-for-both",
        {{"waiter A", {any_of_both}}, {"waiter B", {any_turned}}, {"poster", {post_to(0, 2)}}});
    add(rows, "any/wake-one",
        {{"waiter A", {any_of_both}},
         {"waiter B", {any_turned}},
         {"waker", {on_file(0, wake(1)), on_file(1, wake(1))}}});
    add(rows, "any/and-taker", {{"waiter", {any_of_both}}, {"taker", {taking_of(0)}}, poster});
    add(rows, "all/two-waiters",
        {{"waiter A", {all_of_both}}, {"waiter B", {all_turned}}, poster_0, poster_1});
    add(rows, "all/two-served",
        {{"waiter A", {all_of_both}},
         {"waiter B", {all_turned}},
         {"poster", {post_to(0, 2), post_to(1, 2)}}});
    add(rows, "all/and-taker", {{"waiter", {all_of_both}}, {"taker", {taking_of(0)}}, poster});
    add(rows, "all/taker-first",
        {{"taker", {taking_of(0)}}, {"waiter", {all_of_both}}, poster_0, poster_1});
    add(rows, "all/and-any",
        {{"waiter of all", {all_of_both}}, {"waiter of any", {any_turned}}, poster_0, poster_1});
    add(rows, "all/overlapping",
        {{"waiter A", {wait_all({item(0), item(1)})}},
         {"waiter B", {wait_all({item(2), item(1)})}},
         {"poster", {post_to(1), post_to(2)}},
         poster_0},
        3);
    add(rows, "all/long-queue",
        {{"taker A", {taking_of(0, 4)}},
         {"taker B", {taking_of(0, 3)}},
         {"waiter", {all_of_both}},
         {"poster", {post_to(1), post_to(0)}}});
}

// ---- ends of the wait ----

void ends(Rows &rows)
{
    const Actor poster{"poster", {post_to(1), post_to(0)}}, killer{"kill(1)", {signal(0)}};
    const Act late_any = wait_any({item(0), item(1)}, timeout),
              late_all = wait_all({item(0), item(1)}, timeout);
    for (const bool all : {false, true}) {
        const std::string what = all ? "all/" : "any/";
        const Act call = all ? all_of_both : any_of_both, late = all ? late_all : late_any;
        add(rows, what + "signal", {{"waiter", {call}}, killer, poster});
        add(rows, what + "signal-with-another",
            {{"waiter A", {call}}, killer, {"taker", {taking_of(1)}}, {"poster", {post_to(1)}}});
        add(rows, what + "timeout", {{"waiter", {late}}, poster});
        add(rows, what + "timeout-with-another",
            {{"waiter", {late}}, {"taker", {taking_of(1)}}, {"poster", {post_to(1)}}});
        Act look = late;
        look.ns = 0;
        look.flags |= WAITQ_TIMEOUT;
        add(rows, what + "only-a-look", {{"waiter", {look}}, poster});
        Act poor = call;
        poor.no_memory = true;
        add(rows, what + "no-memory", {{"waiter", {poor}}, poster});
        for (const unsigned int nth : {1U, 2U, 3U})
            add(rows, what + "bad-address/" + std::to_string(nth),
                {{"waiter", {fault(nth, call)}}, poster});
    }
}

// ---- from an interrupt, in the page, with the EVENTFD's writers ----

void others(Rows &rows)
{
    const Act once = set_timer(1'000'000);
    const Actor owner{"owner", {once}}, poster_1{"poster 1", {post_to(1)}};
    for (const bool all : {false, true}) {
        const std::string what = all ? "all/" : "any/";
        const Act call = all ? all_of_both : any_of_both;
        const Actor waiter{"waiter", {call}};
        add(rows, what + "interrupt", {waiter, owner, poster_1}).timer_firings = 1;
        add(rows, what + "interrupt-and-taker", {waiter, {"taker", {taking_of(0)}}, owner})
            .timer_firings = 1;
        add(rows, what + "interrupt-and-timeout",
            {{"waiter", {all ? wait_all({item(0)}, timeout) : wait_any({item(0)}, timeout)}},
             owner})
            .timer_firings = 1;
        Act in_page = post_to(0);
        in_page.by_page = true;
        add(rows, what + "page", {waiter, {"poster 0", {in_page}}, poster_1}).mapped = true;
        Act looks;
        looks.op = Op::list;
        add(rows, what + "list", {waiter, {"onlooker", {looks}}, poster_1});
        // The room that the call makes in queue 1 is told, whoever satisfied it.
        Row &full = add(rows, what + "makes-room",
                        {{"waiter", {all ? all_of_both : wait_any({item(1)})}},
                         {"writer", {device::add(1, 2)}},
                         {"poster 0", {post_to(0, 0)}}});
        full.counter = WAITQ_COUNTER_MAX;
    }
    // The writer waits for room before, and the poster to the other queue makes it.
    add(rows, "all/makes-room-by-another",
        {{"waiter", {all_of_both}},
         {"writer", {device::add(1, 2)}},
         {"poster", {post_to(1, WAITQ_COUNTER_MAX), post_to(0)}}});
}

} // namespace

void add_many_rows(Rows &rows)
{
    one(rows);
    alerts(rows);
    several(rows);
    ends(rows);
    others(rows);
}

} // namespace core::device
