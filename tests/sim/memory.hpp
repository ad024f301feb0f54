// SPDX-License-Identifier: GPL-2.0
// memory.hpp - what stands for user space.
#pragma once

#include <sim/memory.hpp>

#include <kernel/device.h>

#include <cstddef>
#include <string>

// The memory of a read or a write, of which the first `good` bytes can be accessed.
struct iov_iter {
    size_t good;
    bool present; // it can be accessed without sleeping
};

namespace sim {

struct UserBytes : kapi_bytes {
    UserBytes(unsigned char *at, std::size_t all, std::size_t good, bool present)
        : kapi_bytes{all, reinterpret_cast<unsigned long>(at), &memory}, memory{good, present}
    {}
    UserBytes(unsigned char *at, std::size_t all) : UserBytes(at, all, all, false) {}
    UserBytes(const UserBytes &) = delete;
    UserBytes &operator=(const UserBytes &) = delete;

    iov_iter memory;
};

} // namespace sim
