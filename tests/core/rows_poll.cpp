// SPDX-License-Identifier: GPL-2.0
// rows_poll.cpp - readiness of the device: poll, epoll, SIGIO.
#include "device_words.hpp"
#include "rows.hpp"

namespace core::device {
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
    ready(rows, "in", {{"poller", {poll(in)}}, {"writer", {write(1)}}});
    ready(rows, "out", {{"poller", {poll(out)}}, {"reader", {read(1)}}}, 1, 1);
    ready(rows, "event", {{"poller", {poll(event)}}, {"waker", {wake()}}});
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
    ready(rows, "epoll-event", {{"epoll", {epoll(event, false)}}, {"waker", {wake()}}});
    ready(rows, "epoll-exclusive",
          {{"epoll A", {epoll(event, true)}},
           {"epoll B", {epoll(event, true)}},
           {"waker", {wake()}}});
    ready(rows, "epoll-exclusive-and-waiter",
          {{"epoll", {epoll(event, true)}},
           {"waiter", {wait(WAITQ_EXCLUSIVE)}},
           {"waker", {wake()}}});
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

} // namespace core::device
