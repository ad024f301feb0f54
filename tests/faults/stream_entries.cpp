// SPDX-License-Identifier: GPL-2.0
// stream_entries.cpp - read and write of the device and of an EVENTFD, in both of their forms. A
// quick copy of a few bytes makes no fault that counts; into a page that is not there yet it fails,
// and the slow one is made.
#include "entries.hpp"

#include <array>
#include <sys/uio.h>

namespace waitq::test {
namespace {

const std::vector<int> copies{EFAULT}, none{};

long saw(World &world, const char *at, long got)
{
    if (got > 0)
        world.seen.assign(at, static_cast<std::size_t>(got));
    return got;
}

void make_room(World &world)
{
    world.seen.reserve(8192);
}

// Two pieces of the bytes.
long read_in_pieces(World &world)
{
    char *first = world.absent.data(), *second = world.absent_too.data();
    const std::array<iovec, 2> pieces{iovec{first, 2}, iovec{second, 3}};
    const long got = value_of(readv(world.nonblock.fd(), pieces.data(), 2));
    if (got > 0)
        world.seen = (std::string(first, 2) + std::string(second, 3))
                         .substr(0, static_cast<std::size_t>(got));
    return got;
}

// `all_room`: what is free beside the bytes at first.
constexpr std::size_t few = 8, more = 600, all_room = capacity - 5, most = 2UL * capacity;
const std::string letters(most, 'w');

template <std::size_t size>
long write_bytes(World &world)
{
    return value_of(::write(world.nonblock.fd(), letters.data(), size));
}
template <std::size_t size>
long write_in_pieces(World &world)
{
    static const std::array<iovec, 2> pieces{iovec{const_cast<char *>(letters.data()), size / 2},
                                             iovec{const_cast<char *>(letters.data()), size / 2}};
    return value_of(writev(world.nonblock.fd(), pieces.data(), 2));
}

long add(World &world, __u64 n)
{
    static __u64 number;
    number = n;
    const iovec piece{&number, sizeof number};
    return value_of(writev(world.events.fd(), &piece, 1));
}

} // namespace

std::vector<Entry> stream_entries()
{
    return {
        {"read", none,
         [](World &w) {
             static std::array<char, 16> to;
             return saw(w, to.data(), value_of(::read(w.nonblock.fd(), to.data(), to.size())));
         },
         make_room},
        {.name = "read, the page not there",
         .errors = copies,
         .call =
             [](World &w) {
                 return saw(w, w.absent.data(),
                            value_of(::read(w.nonblock.fd(), w.absent.data(), 16)));
             },
         .prepare = make_room,
         .less = Short::read},
        {.name = "readv",
         .errors = copies,
         .call = read_in_pieces,
         .prepare = make_room,
         .less = Short::read},
        {"write, a few bytes", none, write_bytes<few>},
        {"write, more bytes", copies, write_bytes<more>},
        {"write, around the end of the ring", copies, write_bytes<all_room>},
        {"write, the page not there", copies,
         [](World &w) { return value_of(::write(w.nonblock.fd(), w.absent.data(), few)); }},
        {.name = "write, more than there is room for",
         .errors = copies,
         .call = write_bytes<most>,
         .less = Short::write},
        {"writev, atomic", copies, write_in_pieces<more>},
        {.name = "writev, more than there is room for",
         .errors = copies,
         .call = write_in_pieces<most>,
         .less = Short::write},
        {"read of the EVENTFD", none,
         [](World &w) {
             static __u64 to;
             return value_of(::read(w.events.fd(), &to, sizeof to));
         }},
        {"read of the EVENTFD, the page not there", copies,
         [](World &w) { return value_of(::read(w.events.fd(), w.absent.data(), 8)); }},
        {"readv of the EVENTFD", copies,
         [](World &w) {
             const iovec piece{w.absent.data(), 8};
             return value_of(readv(w.events.fd(), &piece, 1));
         }},
        {"write of the EVENTFD, the page not there", copies,
         [](World &w) { return value_of(::write(w.events.fd(), w.absent.data(), 8)); }},
        {"writev of the EVENTFD", copies, [](World &w) { return add(w, 3); }},
    };
}

} // namespace waitq::test
