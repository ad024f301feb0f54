// SPDX-License-Identifier: GPL-2.0
// store_buffer.hpp - what a flow has stored, and others can't see yet: total store order, as x86
// has it (Sewell, Sarkar, Owens, Zappa Nardelli, Myreen: "x86-TSO", CACM 53(7), 2010).
//
// The compiler tells where a store goes before it is made, and not what is stored. So a flow
// stores into memory; when it stops, its stores are taken out again, the latest first, and what
// was there before is put back; when it goes on, they are put in again. Each comes to memory for
// good, the oldest first, in a step of its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace sim {

struct Store {
    unsigned char *memory;
    std::size_t size;
    const void *object; // what others touch who look at that memory
    const void *where;  // in the simulated code
    unsigned int step;  // in which it was made
    bool known;         // its value is
    std::array<unsigned char, 8> value, before;
};

// A spinlock's unlock waits for the stores before it. It comes to memory with the last of these:
// that others could see the one without the other makes no difference to who waits for the lock.
struct Unlock {
    std::size_t after; // index of that store
    void *lock;
    void (*unlock)(void *lock, unsigned int thread);
};

class StoreBuffer {
public:
    static constexpr std::size_t max_size = sizeof Store::value;

    void clear()
    {
        stores_.clear();
        unlocks_.clear();
        oldest_ = next_unlock_ = 0;
    }
    [[nodiscard]] bool empty() const { return oldest_ == stores_.size(); }
    [[nodiscard]] const Store &oldest() const { return stores_[oldest_]; }
    // Some byte of it is stored to by a store that waits.
    [[nodiscard]] bool holds(const void *memory, std::size_t size) const
    {
        const auto begin = reinterpret_cast<std::uintptr_t>(memory);
        for (std::size_t i = oldest_; i < stores_.size(); ++i) {
            const auto at = reinterpret_cast<std::uintptr_t>(stores_[i].memory);
            if (begin < at + stores_[i].size && at < begin + size)
                return true;
        }
        return false;
    }

    // The flow that runs stores to it next.
    void push(void *memory, std::size_t size, const void *object, const void *where,
              unsigned int step)
    {
        learn();
        stores_.push_back(
            {static_cast<unsigned char *>(memory), size, object, where, step, false, {}, {}});
        std::memcpy(stores_.back().before.data(), memory, size);
    }
    // Not of an empty buffer.
    void push_unlock(void *lock, void (*unlock)(void *lock, unsigned int thread))
    {
        unlocks_.push_back({stores_.size() - 1, lock, unlock});
    }

    // The flow goes on.
    void show()
    {
        for (std::size_t i = oldest_; i < stores_.size(); ++i) {
            std::memcpy(stores_[i].before.data(), stores_[i].memory, stores_[i].size);
            std::memcpy(stores_[i].memory, stores_[i].value.data(), stores_[i].size);
        }
    }
    // It stops.
    void hide()
    {
        learn();
        for (std::size_t i = stores_.size(); i-- != oldest_;)
            std::memcpy(stores_[i].memory, stores_[i].before.data(), stores_[i].size);
    }
    // The oldest comes to memory, and the unlocks that waited for it: unlock() is called with each.
    // Of a flow that stands still.
    template <class Function>
    void publish(Function unlock)
    {
        const Store &store = stores_[oldest_];
        std::memcpy(store.memory, store.value.data(), store.size);
        for (; next_unlock_ < unlocks_.size() && unlocks_[next_unlock_].after == oldest_;
             ++next_unlock_)
            unlock(unlocks_[next_unlock_]);
        ++oldest_;
        if (empty())
            clear();
    }

private:
    // The last store has been made by now.
    void learn()
    {
        if (empty() || stores_.back().known)
            return;
        Store &last = stores_.back();
        std::memcpy(last.value.data(), last.memory, last.size);
        last.known = true;
    }

    std::vector<Store> stores_;
    std::size_t oldest_ = 0;
    std::vector<Unlock> unlocks_;
    std::size_t next_unlock_ = 0;
};

} // namespace sim
