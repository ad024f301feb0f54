// SPDX-License-Identifier: GPL-2.0
// chance.hpp - orders by chance, for scenarios of which there are too many to try all.
#pragma once

#include "machine.hpp"

#include <algorithm>
#include <bit>
#include <vector>

namespace sim {

inline unsigned int first_of(Mask mask)
{
    return static_cast<unsigned int>(std::countr_zero(mask));
}

// The default: the thread that took the last step goes on, if it can.
inline unsigned int by_default(const Machine &machine, Mask enabled, unsigned int last)
{
    const unsigned int next = machine.goes_on(enabled, last);
    return next != max_threads ? next : first_of(enabled);
}

class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed | 1) {}

    unsigned int roll(unsigned int sides)
    {
        state_ ^= state_ << 13; // xorshift64 (Marsaglia, 2003)
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return static_cast<unsigned int>((state_ >> 32) % sides);
    }

private:
    std::uint64_t state_;
};

// Goes on with the same thread three times of four: what fails in a few places of one order
// is found sooner than by an even choice.
class Dice : public Decider {
public:
    Dice(Machine &machine, std::uint64_t seed) : machine_(machine), random_(seed) {}

    bool decide(unsigned int, Mask enabled, unsigned int last, Choice &choice) override
    {
        unsigned int thread = by_default(machine_, enabled, last);
        if (random_.roll(4) == 0 || machine_.goes_on(enabled, last) == max_threads) {
            unsigned int skip = random_.roll(static_cast<unsigned int>(std::popcount(enabled)));
            Mask left = enabled;
            for (; skip; --skip)
                left &= static_cast<Mask>(left - 1);
            thread = first_of(left);
        }
        choice = {static_cast<std::uint8_t>(thread),
                  static_cast<std::uint8_t>(random_.roll(machine_.ways(thread)))};
        return true;
    }

private:
    Machine &machine_;
    Random random_;
};

// The thread of the highest priority goes on; at depth - 1 steps, by dice, the one that would
// becomes the last of all. An order that fails if d steps come in one order is found with a
// probability of at least 1 in n k^(d - 1), for n threads and k steps (Burckhardt, Kothari,
// Musuvathi, Nagarakatte: "A randomized scheduler with probabilistic guarantees of finding bugs",
// ASPLOS 2010).
class Priorities : public Decider {
public:
    // `length`: how many steps an execution is expected to take.
    Priorities(Machine &machine, std::uint64_t seed, unsigned int depth, unsigned int length)
        : machine_(machine), random_(seed)
    {
        for (unsigned int &priority : priorities_)
            priority = depth + random_.roll(1U << 30);
        for (unsigned int i = 1; i < depth; ++i)
            changes_.push_back(1 + random_.roll(std::max(length, 1U)));
    }

    bool decide(unsigned int number, Mask enabled, unsigned int, Choice &choice) override
    {
        for (unsigned int i = 0; i < changes_.size(); ++i)
            if (changes_[i] == number)
                priorities_.at(highest(enabled)) = i;
        const unsigned int thread = highest(enabled);
        choice = {static_cast<std::uint8_t>(thread),
                  static_cast<std::uint8_t>(random_.roll(machine_.ways(thread)))};
        return true;
    }

private:
    [[nodiscard]] unsigned int highest(Mask enabled) const
    {
        unsigned int best = first_of(enabled);
        for (unsigned int thread = best; thread < max_threads; ++thread)
            if ((enabled & bit(thread)) && priorities_.at(thread) > priorities_.at(best))
                best = thread;
        return best;
    }

    Machine &machine_;
    Random random_;
    std::array<unsigned int, max_threads> priorities_{};
    std::vector<unsigned int> changes_;
};

} // namespace sim
