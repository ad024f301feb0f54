// SPDX-License-Identifier: GPL-2.0
// call.hpp - an ioctl with a struct, for the sources that make the calls.
#pragma once

#include "runner.hpp"

#include <cerrno>
#include <sys/ioctl.h>

namespace devfuzz {

inline long value_of(long returned)
{
    return returned < 0 ? -static_cast<long>(errno) : returned;
}

// The struct's size is mostly right; or it has a tail, of zeros or not.
template <class Struct>
long Runner::call(int fd, unsigned long number, Struct request, Memory memory)
{
    struct {
        Struct known;
        std::array<__u8, 16> tail;
    } sent{request, {}};
    __u32 size = sizeof request;
    switch (in_.below(32)) {
    case 0:
        size = static_cast<__u32>(in_.number());
        break;
    case 1:
        size += 16;
        break;
    case 2:
        size += 16;
        sent.tail.at(in_.below(16)) = 1;
        break;
    case 3:
        size -= 8;
        break;
    default:
        break;
    }
    sent.known.size = size;
    return value_of(::ioctl(fd, number, place(&sent, sizeof sent, memory)));
}

} // namespace devfuzz
