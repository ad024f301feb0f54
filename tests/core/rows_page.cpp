// SPDX-License-Identifier: GPL-2.0
// rows_page.cpp - the page that user space maps: posts and takes in it, beside every other use of
// the counter; and SIGNAL_WAIT.
#include "device_words.hpp"
#include "rows.hpp"

namespace core::device {
namespace {

constexpr unsigned int taking = WAITQ_CONSUME | WAITQ_EXCLUSIVE;
constexpr long long timeout = 20'000'000;

Row &with_page(Rows &rows, const std::string &name, std::vector<Actor> actors)
{
    Row row;
    row.name = name;
    row.weight = 1;
    row.actors = std::move(actors);
    row.mapped = true;
    rows.push_back(std::move(row));
    return rows.back();
}

void among_themselves(Rows &rows)
{
    const Actor taker{"taker", {take_in_page()}}, poster{"poster", {post_in_page()}};
    with_page(rows, "page/one", {taker, poster});
    with_page(rows, "page/two-of-each",
              {{"taker A", {take_in_page()}},
               {"taker B", {take_in_page()}},
               {"poster 1", {post_in_page()}},
               {"poster 2", {post_in_page()}}});
    with_page(rows, "page/two-thresholds",
              {{"taker A", {take_in_page()}},
               {"taker B", {take_in_page(2)}},
               {"poster", {post_in_page(2), post_in_page()}}});
    with_page(rows, "page/again",
              {{"taker", {take_in_page(), take_in_page()}},
               {"poster", {post_in_page(), post_in_page()}}});
    with_page(rows, "page/signal",
              {{"taker A", {take_in_page()}},
               {"taker B", {take_in_page()}},
               {"poster", {post_in_page()}},
               {"kill(1)", {signal(0)}}});
    with_page(rows, "page/full",
              {{"taker", {take_in_page()}}, {"poster", {post_in_page(), post_in_page()}}})
        .counter = WAITQ_COUNTER_MAX - 1;
}

void beside_the_kernels(Rows &rows)
{
    const Actor poster{"poster", {post_in_page()}};
    for (const unsigned int flags : {0U, WAITQ_EXCLUSIVE, WAITQ_CONSUME, taking}) {
        const std::string tail = std::to_string(flags);
        with_page(rows, "page/waiter/" + tail, {{"waiter", {wait(flags)}}, poster});
        with_page(rows, "page/waiter-and-taker/" + tail,
                  {{"waiter", {wait(flags)}},
                   {"taker", {take_in_page()}},
                   {"poster", {post_in_page(), post_in_page()}}});
    }
    Act late = wait(taking, 1, timeout);
    late.endless = true;
    with_page(rows, "page/timed-waiter", {{"waiter", {late}}, poster});
    with_page(rows, "page/leaves-late",
              {{"waiter", {wait(taking, 1, timeout)}}, {"taker", {take_in_page()}}, poster});
    with_page(rows, "page/waker", {{"taker", {take_in_page()}}, {"waker", {wake()}}});
    with_page(rows, "page/poll", {{"poller", {poll(event)}}, poster});
    with_page(rows, "page/poll-and-taker",
              {{"poller", {poll(event)}},
               {"taker", {take_in_page()}},
               {"poster", {post_in_page(), post_in_page()}}});
    with_page(rows, "page/epoll", {{"poller", {epoll(event, false)}}, poster});
    Act sigio;
    sigio.op = Op::sigio_event;
    with_page(rows, "page/sigio", {{"subscriber", {sigio}}, poster});
    with_page(rows, "page/eventfd-read", {{"reader", {take()}}, poster}).event_files = 1;
    with_page(rows, "page/eventfd-write", {{"taker", {take_in_page()}}, {"writer", {add()}}})
        .event_files = 1;
    Row &full =
        with_page(rows, "page/eventfd-full", {{"writer", {add()}}, {"taker", {take_in_page()}}});
    full.event_files = 1;
    full.counter = WAITQ_COUNTER_MAX;
    Row &timer =
        with_page(rows, "page/timer", {{"taker", {take_in_page()}}, {"setter", {set_timer(1)}}});
    timer.timer_firings = 1;
    Act info;
    info.op = Op::info;
    with_page(rows, "page/info", {{"taker", {take_in_page()}}, poster, {"onlooker", {info}}});
    with_page(rows, "page/long-queue",
              {{"waiter A", {wait(taking)}},
               {"waiter B", {wait(taking)}},
               {"waiter C", {wait(taking)}},
               {"poster", {post_in_page(2), post_in_page()}}});
}

// Both tasks post to the queue that both wait for.
void signal_wait(Rows &rows)
{
    const Act meets = posting(1, wait(0, 2));
    with_page(rows, "signal-wait/meet", {{"task A", {meets}}, {"task B", {meets}}}).mapped = false;
    with_page(rows, "signal-wait/meet-in-page", {{"task A", {meets}}, {"task B", {meets}}});
    with_page(
        rows, "signal-wait/wakes-another",
        {{"waiter", {wait(taking)}}, {"task", {posting(1, wait(taking))}}, {"waker", {wake()}}})
        .mapped = false;
    with_page(rows, "signal-wait/signal",
              {{"task", {posting(1, wait(0, 2))}}, {"waker", {wake()}}, {"kill(1)", {signal(0)}}})
        .mapped = false;
    with_page(rows, "signal-wait/timeout",
              {{"task", {posting(1, wait(0, 2, timeout))}}, {"waker", {wake()}}})
        .mapped = false;
    Row &full = with_page(rows, "signal-wait/full",
                          {{"task", {posting(1, wait(taking))}}, {"taker", {wait(taking)}}});
    full.mapped = false;
    full.counter = WAITQ_COUNTER_MAX;
}

} // namespace

void add_page_rows(Rows &rows)
{
    among_themselves(rows);
    beside_the_kernels(rows);
    signal_wait(rows);
}

} // namespace core::device
