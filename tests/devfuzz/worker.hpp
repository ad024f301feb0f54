// SPDX-License-Identifier: GPL-2.0
// worker.hpp - a process of the fuzzer.
#pragma once

#include "corpus.hpp"

namespace devfuzz {

// Makes sequences and runs them until the end is said. One worker of four is an ordinary user's.
[[noreturn]] void work(Shared &shared, unsigned int number, std::uint64_t seed);
// Runs one sequence, over and over.
[[noreturn]] void replay(Shared &shared, unsigned int number, const Bytes &bytes);

// The kernel's own word whether it is still sound: 0 until a report of any checker.
unsigned long complaints();

} // namespace devfuzz
