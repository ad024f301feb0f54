// SPDX-License-Identifier: GPL-2.0
// shared.hpp - what the processes of the fuzzer have in common: one piece of shared memory.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <sys/types.h>

namespace devfuzz {

inline constexpr unsigned int most_workers = 16, most_sequences = 4096, most_bytes = 192;
inline constexpr std::size_t arena_size = 16UL * 4096, pc_slots = 1U << 22;

// A sequence of calls: bytes, of which a Runner makes the calls one after another.
struct Sequence {
    std::atomic<std::uint32_t> size; // 0: not there yet
    std::array<std::uint8_t, most_bytes> bytes;
};

// How often a call was made, and how often it succeeded.
struct Tally {
    std::atomic<std::uint64_t> made, succeeded;
};

struct Worker {
    std::atomic<pid_t> pid;
    std::atomic<std::uint64_t> calls;
    // The sequence under way: what a report prints when the kernel complains.
    std::uint32_t size;
    std::array<std::uint8_t, most_bytes> bytes;
};

struct Shared {
    std::atomic<bool> stop;
    std::atomic<unsigned int>
        complaints; // workers that saw the kernel tainted after their sequence
    std::array<Worker, most_workers> workers;
    std::array<Tally, 64> tallies;
    std::atomic<std::uint32_t> sequences; // of the corpus
    std::array<Sequence, most_sequences> corpus;
    std::atomic<std::uint64_t> pcs; // code addresses seen, all in all
    std::array<std::atomic<std::uint8_t>, pc_slots> seen;
    // Memory for structs that the other processes write to meanwhile.
    alignas(4096) std::array<std::uint8_t, arena_size> arena;
};

} // namespace devfuzz
