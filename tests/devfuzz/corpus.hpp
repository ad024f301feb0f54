// SPDX-License-Identifier: GPL-2.0
// corpus.hpp - the sequences that reached new code, and new ones made of them.
#pragma once

#include "shared.hpp"

#include <random>
#include <span>
#include <vector>

namespace devfuzz {

using Bytes = std::vector<std::uint8_t>;

class Maker {
public:
    Maker(Shared &shared, std::uint64_t seed) : shared_(shared), random_(seed) {}

    // One of the corpus, changed in a few places; or one at random.
    Bytes make();
    void keep(const Bytes &bytes);

private:
    unsigned int below(std::size_t n) { return static_cast<unsigned int>(random_() % n); }
    std::uint8_t byte();
    Bytes some();
    void change(Bytes &bytes);

    Shared &shared_;
    std::mt19937_64 random_;
};

} // namespace devfuzz
