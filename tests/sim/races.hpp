// SPDX-License-Identifier: GPL-2.0
// races.hpp - finds data races: plain accesses of two flows to the same memory, one of them a
// write, with no release and acquire between them.
//
// That is what makes points at the seam's calls enough. Code without a data race can't tell
// whether it was interrupted between two plain accesses; so either the schedules of whole
// steps are all there is to see, or a race is found and refused.
//
// A vector clock for each flow, as FastTrack has it (Flanagan and Freund, 2009): known[p][q] is
// the last release of q that p has learned of.
#pragma once

#include "shared.hpp"

namespace sim {

class Races {
public:
    void begin_execution()
    {
        known_ = {};
        for (unsigned int thread = 0; thread < max_threads; ++thread)
            known_[thread][thread] = 1;
    }

    void acquire(unsigned int thread, const Shared &from) { join(known_[thread], from.order); }
    void release(unsigned int thread, Shared &to)
    {
        join(to.order, known_[thread]);
        ++known_[thread][thread];
    }

    static constexpr unsigned int none = max_threads;

    // Enter an access. Return the thread that it races with, or none.
    unsigned int read(unsigned int thread, Shared &shared)
    {
        const Clock &known = known_[thread];
        if (shared.write_epoch > known[shared.writer])
            return shared.writer;
        shared.read_epoch[thread] = known[thread];
        shared.plain_readers |= bit(thread);
        return none;
    }
    unsigned int write(unsigned int thread, Shared &shared)
    {
        const Clock &known = known_[thread];
        if (shared.write_epoch > known[shared.writer])
            return shared.writer;
        if (const unsigned int other = unordered_reader(thread, shared); other != none)
            return other;
        shared.write_epoch = known[thread];
        shared.writer = static_cast<std::uint8_t>(thread);
        shared.plain_readers = 0;
        return none;
    }
    // Somebody whose read of `shared` is not known to have ended.
    [[nodiscard]] unsigned int unordered_reader(unsigned int thread, const Shared &shared) const
    {
        const auto others = static_cast<Mask>(shared.plain_readers & ~bit(thread));
        for (unsigned int other = 0; others >> other != 0; ++other)
            if ((others & bit(other)) && shared.read_epoch[other] > known_[thread][other])
                return other;
        return none;
    }

private:
    std::array<Clock, max_threads> known_{};
};

} // namespace sim
