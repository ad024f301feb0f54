// SPDX-License-Identifier: GPL-2.0
// fuzz.cpp - the entry of libFuzzer.
#include "world.hpp"

#include <cstddef>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    fuzz::World(fuzz::Input({data, size})).run();
    return 0;
}
