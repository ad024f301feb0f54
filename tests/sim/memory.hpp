// SPDX-License-Identifier: GPL-2.0
// memory.hpp - kernel memory, and what stands for user space.
#pragma once

#include "host.hpp"

#include <cstddef>
#include <string>

// A user buffer of a read or a write, of which the first `good` bytes can be accessed.
struct iov_iter {
    unsigned char *at;
    size_t count, good;
};

namespace sim {

void reset_memory();
std::size_t memory_in_use();
// Refuses an access to kernel memory that is freed or was never allocated.
void check_memory(const void *memory, std::size_t size);
std::string describe_memory(const void *memory);

} // namespace sim
