// SPDX-License-Identifier: GPL-2.0
#include "shared.hpp"

#include "host.hpp"

namespace sim {

void SharedTable::forget()
{
    objects_.clear();
    slots_.fill(0);
    execution_ = 1;
}

std::uint16_t &SharedTable::slot_of(std::uintptr_t address)
{
    auto slot = static_cast<unsigned int>((address * 0x9e3779b97f4a7c15ULL) >> 48);
    while (slots_[slot] != 0 && objects_[slots_[slot] - 1U].address != address)
        slot = (slot + 1) % size;
    return slots_[slot];
}

std::uint16_t SharedTable::index_of(std::uintptr_t address)
{
    std::uint16_t &slot = slot_of(address);
    if (slot == 0) {
        if (objects_.size() == most)
            give_up("more than %u pieces of memory are accessed: smaller buffers will do", most);
        objects_.emplace_back();
        slot = static_cast<std::uint16_t>(objects_.size());
    }
    Shared &shared = objects_[slot - 1U];
    if (shared.execution != execution_) {
        static_cast<SharedHead &>(shared) = {};
        shared.address = address;
        shared.execution = execution_;
    }
    return static_cast<std::uint16_t>(slot - 1U);
}

Shared *SharedTable::find(std::uintptr_t address)
{
    const std::uint16_t slot = slot_of(address);
    return slot == 0 ? nullptr : &objects_[slot - 1U];
}

} // namespace sim
