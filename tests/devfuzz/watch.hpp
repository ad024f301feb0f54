// SPDX-License-Identifier: GPL-2.0
// watch.hpp - the first process: starts the others, frees those that sleep on, and says how it
// went.
#pragma once

#include "corpus.hpp"

#include <cstdint>

namespace devfuzz {

struct Plan {
    std::uint64_t seed = 0;
    double seconds = 60;
    std::uint64_t calls = ~0ULL; // ends sooner after so many
    unsigned int workers = 4;
    Bytes replayed; // if there is one, every worker runs this sequence
};

// True: all went well.
bool fuzz(const Plan &plan);

} // namespace devfuzz
