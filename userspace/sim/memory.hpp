// SPDX-License-Identifier: GPL-2.0
// memory.hpp - memory of the simulated kernel. What is freed is not used again in the same
// execution, so that an access to it is seen.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace sim {

void reset_memory();
std::size_t memory_in_use();
// Zeroed. Refuses what goes beyond the arena.
void *allocate(std::size_t size);
// Of what allocate() gave. Refuses other memory, and what is freed.
std::size_t allocated_size(const void *memory);
// Stands for the life of the allocation that `memory` is in; null: it is in none.
const void *life_of(const void *memory);
void release(void *memory);
// Refuses an access to memory of the arena that is freed or was never allocated.
void check_memory(const void *memory, std::size_t size);
// All of it, as it is now.
void append_memory(std::vector<unsigned char> &to);
std::string describe_memory(const void *memory);

} // namespace sim
