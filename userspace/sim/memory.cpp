// SPDX-License-Identifier: GPL-2.0
#include "memory.hpp"

#include "flow.hpp"
#include "host.hpp"
#include "shared.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace sim {
namespace {

// Allocations are cut off one piece of memory, in order, and freed ones are not used again: an
// access to what was freed is then seen. Of each 16 bytes the state is known. Each flow has a piece
// of its own: an address that depended on the others' allocations would be another one in another
// order.
constexpr std::size_t piece_size = 512U << 10;
constexpr std::size_t arena_size = (max_threads + 1) * piece_size;
constexpr std::size_t grain = 16;
// How many of its bytes are allocated, from the first; or:
constexpr unsigned char dead = 255;

alignas(64) std::array<unsigned char, arena_size> arena;
std::array<unsigned char, arena_size / grain> grains;
std::array<std::size_t, max_threads + 1> used; // of each flow's piece

struct Block {
    std::size_t begin, size;
    bool freed;
};
std::array<Block, 64> blocks;
unsigned int block_count = 0;

std::size_t offset_of(const void *memory)
{
    return static_cast<std::size_t>(static_cast<const unsigned char *>(memory) - arena.data());
}

Block &block_of(const void *memory)
{
    const std::size_t offset = offset_of(memory);
    for (unsigned int i = 0; i < block_count; ++i) {
        if (blocks[i].begin != offset)
            continue;
        if (blocks[i].freed)
            refuse("%s frees memory twice", running().name);
        return blocks[i];
    }
    refuse("%s frees memory that was never allocated", running().name);
}

} // namespace

void reset_memory()
{
    for (std::size_t i = 0; i < used.size(); ++i) {
        std::fill_n(&grains.at(i * piece_size / grain), used.at(i) / grain, 0);
        used.at(i) = 0;
    }
    block_count = 0;
}

std::size_t memory_in_use()
{
    std::size_t sum = 0;
    for (unsigned int i = 0; i < block_count; ++i)
        sum += blocks[i].freed ? 0 : blocks[i].size;
    return sum;
}

void check_memory(const void *memory, std::size_t size)
{
    const std::size_t offset = offset_of(memory);
    if (offset >= arena_size)
        return;
    for (std::size_t at = offset / grain * grain; at < offset + size && at < arena_size;
         at += grain) {
        const unsigned char allocated = grains[at / grain];
        if (allocated == dead)
            refuse("%s accesses kernel memory that is freed", running().name);
        if (std::min(offset + size - at, grain) > allocated)
            refuse("%s accesses kernel memory that is not allocated", running().name);
    }
}

void append_memory(std::vector<unsigned char> &to)
{
    for (std::size_t i = 0; i < used.size(); ++i) {
        const unsigned char *piece = &arena.at(i * piece_size);
        to.insert(to.end(), piece, piece + used.at(i));
    }
}

std::string describe_memory(const void *memory)
{
    const std::size_t offset = offset_of(memory);
    for (unsigned int i = 0; i < block_count; ++i)
        if (offset - blocks[i].begin < blocks[i].size)
            return "byte " + std::to_string(offset - blocks[i].begin) + " of allocation " +
                   std::to_string(i + 1);
    return "static memory";
}

void *allocate(std::size_t size)
{
    const std::size_t room = (size + grain - 1) / grain * grain;
    const std::size_t piece = running().index;
    const std::size_t begin = piece * piece_size + used.at(piece);
    if (used.at(piece) + room + grain > piece_size || block_count == blocks.size())
        give_up("more kernel memory than the simulation has");
    blocks[block_count++] = {begin, size, false};
    for (std::size_t at = 0; at < size; at += grain)
        grains.at((begin + at) / grain) = static_cast<unsigned char>(std::min(size - at, grain));
    void *memory = &arena.at(begin);
    std::memset(memory, 0, room);
    used.at(piece) += room + grain; // a gap that is never allocated
    return memory;
}

std::size_t allocated_size(const void *memory)
{
    return block_of(memory).size;
}

const void *life_of(const void *memory)
{
    const std::size_t offset = offset_of(memory);
    if (offset >= arena_size)
        return nullptr;
    for (unsigned int i = 0; i < block_count; ++i)
        if (offset - blocks[i].begin < blocks[i].size)
            // In the gap behind it: nobody accesses that.
            return &arena[blocks[i].begin + (blocks[i].size + grain - 1) / grain * grain];
    return nullptr;
}

void release(void *memory)
{
    Block &block = block_of(memory);
    block.freed = true;
    std::fill_n(grains.begin() + static_cast<std::ptrdiff_t>(block.begin / grain),
                (block.size + grain - 1) / grain, dead);
}

} // namespace sim
