// SPDX-License-Identifier: GPL-2.0
// shared.hpp - what happened to an object in this execution: who touched it last, for the
// reduction and for the search for data races.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace sim {

constexpr unsigned int max_threads = 16;
using Mask = std::uint16_t; // a set of threads
static_assert(max_threads <= 8 * sizeof(Mask));

constexpr Mask bit(unsigned int thread)
{
    return static_cast<Mask>(1U << thread);
}

// For each thread, how much of it is known. What is counted differs: steps (reduction.hpp) or
// releases (races.hpp).
using Clock = std::array<std::uint16_t, max_threads>;

inline void join(Clock &into, const Clock &other)
{
    for (unsigned int i = 0; i < max_threads; ++i)
        if (into[i] < other[i])
            into[i] = other[i];
}

// Of an object that nothing happened to: all zero.
struct SharedHead {
    std::uintptr_t address;
    std::uint32_t execution; // of which the rest tells; else it is as nothing happened

    // The reduction. Steps count from 1; 0: none.
    std::uint16_t last_write;
    Mask readers;          // since that
    std::uint16_t seen_in; // the last step that touched it, and whether it wrote
    bool seen_written;
    std::uint16_t acquired_in, released_in; // a lock: steps of its last holder

    // Data races (races.hpp). Releases count from 1.
    std::uint16_t write_epoch;
    std::uint8_t writer;
    std::uint8_t lock_number; // of a lock: its bit in a LockSet, + 1
    Mask plain_readers;
    Mask marked_readers, marked_writers;
    std::uint32_t write_locks; // held at the last write
    const void *written_at;    // by the last write
    Clock read_order;          // what who comes next under the same lock learns
    Clock order;               // what an acquire_from() learns
};

struct Shared : SharedHead {
    // Each is of the threads in a mask above alone; write_order: if there was a write.
    Clock last_read; // of `readers`: steps
    Clock read_epoch, marked_epoch;
    Clock write_order;
    std::array<std::uint32_t, max_threads> read_locks; // at each thread's last read since
    std::array<const void *, max_threads> read_at, marked_at;
    // Of all executions: the size of the widest access that begins here, and where within it others
    // begin (a bit each).
    std::uint8_t known_size, inner;
};

// Objects by address. The same address has the same index in every execution of a scenario,
// so that an index can stand for the object across executions.
class SharedTable {
public:
    static constexpr unsigned int most = 49152;

    SharedTable() { objects_.reserve(most); } // they do not move
    void begin_execution() { ++execution_; }
    void forget();

    // Refuses one object too many.
    std::uint16_t index_of(std::uintptr_t address);
    // Null: nobody has asked for it yet, in any execution.
    Shared *find(std::uintptr_t address);
    Shared &at(std::uint16_t index) { return objects_[index]; }

private:
    static constexpr unsigned int size = 65536; // a power of two
    // Where the object of that address is, or where it goes.
    std::uint16_t &slot_of(std::uintptr_t address);

    std::vector<Shared> objects_;
    std::array<std::uint16_t, size> slots_{}; // index + 1; 0: free
    std::uint32_t execution_ = 1;
};

} // namespace sim
