// SPDX-License-Identifier: GPL-2.0
// memory.hpp - kernel memory, and what stands for user space.
#pragma once

#include "host.hpp"

#include <kernel/device.h>

#include <cstddef>
#include <string>

// The memory of a read or a write, of which the first `good` bytes can be accessed.
struct iov_iter {
    size_t good;
    bool present; // it can be accessed without sleeping
};

namespace sim {

void reset_memory();
std::size_t memory_in_use();
// Refuses an access to kernel memory that is freed or was never allocated.
void check_memory(const void *memory, std::size_t size);
std::string describe_memory(const void *memory);

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
