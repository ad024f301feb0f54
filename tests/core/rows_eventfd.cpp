// SPDX-License-Identifier: GPL-2.0
// rows_eventfd.cpp - descriptors of the event counter: read, write, poll, epoll; beside WAIT and
// WAKE on the same counter.
#include "device_words.hpp"
#include "rows.hpp"

namespace core::device {
namespace {

constexpr unsigned int taking = WAITQ_CONSUME | WAITQ_EXCLUSIVE;
constexpr unsigned long long full = WAITQ_COUNTER_MAX;

Row &with_eventfd(Rows &rows, const std::string &name, std::vector<Actor> actors,
                  unsigned long long counter = 0)
{
    Row row;
    row.name = "eventfd/" + name;
    row.weight = 2;
    row.actors = std::move(actors);
    row.event_files = 1;
    row.counter = counter;
    rows.push_back(std::move(row));
    return rows.back();
}

// ---- read and write ----

void transfers(Rows &rows)
{
    const Actor reader{"reader", {take()}}, writer{"writer", {add()}};
    with_eventfd(rows, "read-write", {reader, writer});
    with_eventfd(rows, "read-wake", {reader, {"waker", {wake()}}});
    with_eventfd(rows, "wait-write", {{"waiter", {wait(taking)}}, writer});
    with_eventfd(rows, "two-readers-one-write-of-two",
                 {{"reader A", {take()}}, {"reader B", {take()}}, {"writer", {add(2)}}});
    with_eventfd(rows, "two-readers-two-writers",
                 {{"reader A", {take()}},
                  {"reader B", {take()}},
                  {"writer A", {add()}},
                  {"writer B", {add()}}});
    with_eventfd(rows, "reader-and-waiter",
                 {reader, {"waiter", {wait(taking)}}, {"writer", {add()}}});
    with_eventfd(rows, "reader-and-plain-waiter", {reader, {"waiter", {wait()}}, writer});
    with_eventfd(rows, "reader-behind-greedy-waiter",
                 {{"waiter", {wait(taking, 100)}}, reader, writer});
    // The waiter takes no event, and so no reader's wake-up either.
    with_eventfd(rows, "reader-behind-exclusive-waiter",
                 {{"waiter", {wait(WAITQ_EXCLUSIVE)}}, reader, writer});
    with_eventfd(rows, "readers-behind-exclusive-waiter",
                 {{"waiter", {wait(WAITQ_EXCLUSIVE)}},
                  {"reader A", {take()}},
                  {"reader B", {take()}},
                  {"writer", {add(2)}}});
    with_eventfd(rows, "write-of-nothing", {reader, {"writer", {add(0), add()}}});
    with_eventfd(
        rows, "signal",
        {{"reader A", {take()}}, {"reader B", {take()}}, writer, {"kill(1)", {signal(0)}}});
    with_eventfd(
        rows, "nonblocking",
        {{"reader", {nonblocking(take()), take()}}, {"writer", {add(), nonblocking(add())}}});
    with_eventfd(rows, "bad-buffer",
                 {{"reader A", {take(1, 4)}}, {"reader B", {take()}}, {"writer", {add()}}});
    // What goes back wakes in a long queue.
    with_eventfd(rows, "bad-buffer-and-long-queue",
                 {{"reader A", {take(1, 0)}},
                  {"waiter B", {wait(taking)}},
                  {"waiter C", {wait(taking, 2)}},
                  {"waiter D", {wait(taking, 2)}},
                  {"waker", {wake()}}});
    with_eventfd(rows, "bad-buffer-and-waiter",
                 {{"reader A", {take(1, 0)}}, {"waiter", {wait(taking)}}, {"waker", {wake()}}});
}

// ---- a full counter ----

void full_counter(Rows &rows)
{
    const Actor writer{"writer", {add()}};
    with_eventfd(rows, "full/read-makes-room", {writer, {"reader", {take()}}}, full);
    with_eventfd(rows, "full/wait-makes-room", {writer, {"waiter", {wait(WAITQ_CONSUME)}}}, full);
    with_eventfd(rows, "full/granted-wait-makes-room",
                 {{"writer", {add(2)}}, {"waiter", {wait(taking, full)}}, {"waker", {wake()}}},
                 full - 1);
    // A walk in chunks makes room, and a waiter comes between two chunks.
    const std::vector<Act> takes_all{wait(taking, full)};
    with_eventfd(rows, "full/long-walk-makes-room",
                 {{"writer", {add(2)}},
                  {"waiter A", takes_all},
                  {"waiter B", takes_all},
                  {"waiter C", takes_all},
                  {"waiter D", takes_all},
                  {"waker", {wake()}}},
                 full - 1);
    with_eventfd(rows, "full/two-writers",
                 {{"writer A", {add()}}, {"writer B", {add()}}, {"reader", {take(), take()}}},
                 full);
    with_eventfd(rows, "full/needs-more",
                 {{"writer A", {add(2)}}, {"writer B", {add()}}, {"reader", {take()}}}, full);
    with_eventfd(rows, "full/needs-more-still", {{"writer", {add(2)}}, {"reader", {take()}}},
                 full - 1);
    with_eventfd(rows, "full/signal",
                 {{"writer A", {add()}},
                  {"writer B", {add()}},
                  {"reader", {take()}},
                  {"kill(1)", {signal(0)}}},
                 full);
    with_eventfd(rows, "full/bad-buffer",
                 {writer, {"reader A", {take(1, 0)}}, {"reader B", {take()}}}, full);
    with_eventfd(
        rows, "full/poll-out-bad-buffer",
        {{"poller", {on_file(1, poll(out))}}, {"reader A", {take(1, 0)}}, {"reader B", {take()}}},
        full);
    // An event that goes back lifts the counter above its maximum, if it was filled meanwhile.
    with_eventfd(
        rows, "full/poll-err",
        {{"poller", {on_file(1, poll(err))}}, {"reader", {take(1, 0)}}, {"writer", {add()}}}, full);
    with_eventfd(rows, "full/nonblocking", {{"writer", {nonblocking(add())}}, {"reader", {take()}}},
                 full);
    with_eventfd(rows, "full/poll-out", {{"poller", {on_file(1, poll(out))}}, {"reader", {take()}}},
                 full);
    with_eventfd(rows, "full/poll-out-against-writer",
                 {{"poller", {on_file(1, poll(out))}}, writer, {"reader", {take(), take()}}}, full);
    with_eventfd(rows, "full/epoll-out-after-wait",
                 {{"epoll", {on_file(1, epoll(out, false))}}, {"waiter", {wait(taking)}}}, full);
}

// ---- readiness ----

void readiness(Rows &rows)
{
    const auto polls = [](bool exclusive) { return on_file(1, epoll(in, exclusive)); };
    const Actor writer{"writer", {add()}}, waker{"waker", {wake()}};
    with_eventfd(rows, "poll-in/write", {{"poller", {on_file(1, poll(in))}}, writer});
    with_eventfd(rows, "poll-in/wake", {{"poller", {on_file(1, poll(in))}}, waker});
    with_eventfd(rows, "poll-in/then-read",
                 {{"poller", {on_file(1, poll(in)), nonblocking(take())}}, writer});
    with_eventfd(rows, "poll-in/against-reader",
                 {{"poller", {on_file(1, poll(in))}}, {"reader", {take()}}, {"writer", {add(2)}}});
    with_eventfd(rows, "poll-in/both-files",
                 {{"poller A", {on_file(1, poll(in))}}, {"poller B", {poll(event)}}, waker});
    with_eventfd(rows, "poll-in/bad-buffer",
                 {{"poller", {on_file(1, poll(in))}}, {"reader", {take(1, 0)}}, writer});
    with_eventfd(rows, "poll-in/signal",
                 {{"poller", {on_file(1, poll(in))}}, writer, {"kill(1)", {signal(0)}}});
    for (const bool exclusive : {false, true}) {
        const std::string tail = exclusive ? "exclusive" : "plain";
        with_eventfd(rows, "epoll-in/" + tail, {{"epoll", {polls(exclusive)}}, writer});
        with_eventfd(rows, "epoll-two/" + tail,
                     {{"epoll A", {polls(exclusive)}}, {"epoll B", {polls(exclusive)}}, waker});
        with_eventfd(rows, "epoll-and-reader/" + tail,
                     {{"epoll", {polls(exclusive)}}, {"reader", {take()}}, {"writer", {add(2)}}});
        with_eventfd(rows, "epoll-and-waiter/" + tail,
                     {{"epoll", {polls(exclusive)}},
                      {"waiter", {wait(WAITQ_EXCLUSIVE)}},
                      {"waker", {wake()}}});
    }
}

// ---- its life ----

void lives(Rows &rows)
{
    // It outlives the descriptor that it was made by, and holds up the unloading.
    Row row;
    row.name = "eventfd/outlives/close";
    row.weight = 2;
    row.actors = {{"owner",
                   {on_file(1, plain(Op::open_event)), plain(Op::close), add(),
                    on_file(1, plain(Op::close))}},
                  {"rmmod", {plain(Op::unload)}}};
    rows.push_back(row);
    row.name = "eventfd/opened/beside-a-waiter";
    row.actors = {{"owner", {on_file(1, plain(Op::open_event)), add()}},
                  {"waiter", {wait(taking)}}};
    rows.push_back(row);
}

} // namespace

void add_eventfd_rows(Rows &rows)
{
    transfers(rows);
    full_counter(rows);
    readiness(rows);
    lives(rows);
}

} // namespace core::device
