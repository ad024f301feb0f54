// SPDX-License-Identifier: GPL-2.0
// rows_stream.cpp - readers and writers of the byte stream.
#include "device_words.hpp"
#include "rows.hpp"

namespace core::device {
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
    rows.push_back(row);
    // The same with memory that can be accessed under the lock.
    row.name = "stream-few/" + name;
    for (Actor &actor : row.actors)
        for (Act &act : actor.acts)
            act.present = true;
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
    stream(rows, "room-for-two-writers",
           {{"writer A", {write(1)}}, {"writer B", {write(1)}}, {"reader", {read(2)}}}, 2, 2);
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
    // Two writers and no reader, and room for more than one write: the first lets the second go
    // on although no atomic write would go through.
    stream(rows, "two-writers-no-reader", {{"writer A", {write(1)}}, {"writer B", {write(1)}}}, 2);
    stream(rows, "two-writers-no-reader-some-room",
           {{"writer A", {write(1)}}, {"writer B", {write(1)}}}, 4, 1);
    stream(rows, "three-writers-no-reader",
           {{"writer A", {write(1)}}, {"writer B", {write(1)}}, {"writer C", {write(1)}}}, 4);
    stream(rows, "two-writers-no-reader-one-leaves",
           {{"writer A", {write(1)}},
            {"writer B", {write(1)}},
            {"writer C", {write(1)}},
            {"kill(1)", {signal(1)}}},
           4, 1);
    stream(rows, "writer-and-nonblocking-writer",
           {{"writer A", {write(1)}}, {"writer B", {nonblocking(write(1)), write(1)}}}, 4, 1);
    stream(rows, "bad-write-buffer-no-reader",
           {{"writer A", {write(1, 0)}}, {"writer B", {write(1)}}}, 2);
    // The same without a writer: what is there is for every reader.
    stream(rows, "two-readers-no-writer", {{"reader A", {read(1)}}, {"reader B", {read(1)}}}, 2, 2);
    stream(rows, "three-readers-no-writer",
           {{"reader A", {read(1)}}, {"reader B", {read(1)}}, {"reader C", {read(1)}}}, 4, 3);
    stream(rows, "two-readers-no-writer-one-leaves",
           {{"reader A", {read(1)}},
            {"reader B", {read(1)}},
            {"reader C", {read(1)}},
            {"kill(1)", {signal(1)}}},
           4, 2);
    stream(rows, "bad-read-buffer-no-writer", {{"reader A", {read(1, 0)}}, {"reader B", {read(1)}}},
           2, 1);
    stream(rows, "reader-and-nonblocking-reader",
           {{"reader A", {read(1)}}, {"reader B", {nonblocking(read(1)), read(1)}}}, 4, 2);
    // IOCB_NOWAIT on a file that blocks: all or nothing.
    stream(rows, "at-once", {{"writer", {at_once(write(3)), write(3)}}, {"reader", {read(4)}}}, 4);
    stream(rows, "at-once-too-long", {{"writer", {at_once(write(6))}}, {"reader", {read(4)}}}, 4);
    stream(rows, "at-once-against-reader", {{"writer", {at_once(write(3))}}, {"reader", {read(1)}}},
           4, 2);
    stream(rows, "at-once-against-writer",
           {{"writer A", {at_once(write(1))}}, {"writer B", {write(1)}}, {"reader", {read(1)}}}, 2);
    stream(rows, "reads-at-once", {{"reader", {at_once(read(2)), read(2)}}, {"writer", {write(2)}}},
           2);
}

} // namespace core::device
