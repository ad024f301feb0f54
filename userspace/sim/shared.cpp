// SPDX-License-Identifier: GPL-2.0
#include "shared.hpp"

#include <cstdio>
#include <cstdlib>

namespace sim {

void SharedTable::forget()
{
    table_ = {};
    used_ = 0;
    execution_ = 1;
}

std::uint16_t SharedTable::index_of(std::uintptr_t address)
{
    auto slot = static_cast<unsigned int>((address * 0x9e3779b97f4a7c15ULL) >> 51);
    for (;; slot = (slot + 1) % size) {
        Shared &shared = table_[slot];
        if (shared.address == address) {
            if (shared.execution != execution_) {
                shared = {};
                shared.address = address;
                shared.execution = execution_;
            }
            return static_cast<std::uint16_t>(slot);
        }
        if (shared.address == 0) {
            if (++used_ > size * 3 / 4) {
                std::fputs("sim: more objects than the table holds\n", stderr);
                std::abort();
            }
            shared.address = address;
            shared.execution = execution_;
            return static_cast<std::uint16_t>(slot);
        }
    }
}

} // namespace sim
