// SPDX-License-Identifier: GPL-2.0
// rows_device.cpp - the scenarios that have nothing to do with kinds: the byte stream, timers,
// readiness.
#include "rows.hpp"

namespace core {
namespace {

constexpr unsigned int taking = WAITQ_CONSUME | WAITQ_EXCLUSIVE;

} // namespace

// ---- the byte stream ----

namespace {

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

} // namespace

void add_stream_rows(Rows &rows)
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

// ---- timers, close, unload ----

namespace {

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

} // namespace

void add_timer_rows(Rows &rows)
{
    const long long period = 1'000'000;
    const Act once = set_timer(period), twice = set_timer(period, period, 2),
              endless = set_timer(period, period, 0);
    const Act takes = wait(WAITQ_WAIT_EVENT_INTERRUPTIBLE, taking);
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
          {{"waiter", {wait(WAITQ_WAIT_EVENT_INTERRUPTIBLE_TIMEOUT, taking, 1, 20'000'000)}},
           {"owner", {once}}},
          1);
    timer(rows, "two-timers", {{"owner A", {once}}, {"owner B", {on_file(1, once)}}}, 1, 2, 2);
    timer(rows, "and-waker",
          {{"waiter A", {takes}}, {"owner", {once}}, {"waker", {wake(WAITQ_WAKE_UP)}}}, 1);
}

// ---- readiness ----

namespace {

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

} // namespace

void add_readiness_rows(Rows &rows)
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
           {"waiter", {wait(WAITQ_WAIT_EVENT_INTERRUPTIBLE, WAITQ_EXCLUSIVE)}},
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

} // namespace core
