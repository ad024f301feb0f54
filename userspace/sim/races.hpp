// SPDX-License-Identifier: GPL-2.0
// races.hpp - finds data races: accesses of two flows to the same memory, one of them a write, one
// of them plain, that nothing orders.
//
// That is what makes points at the seam's calls enough. Code without a data race can't tell
// whether it was interrupted between two plain accesses; so either the schedules of whole
// steps are all there is to see, or a race is found and refused.
//
// A vector clock for each flow, as FastTrack has it (Flanagan and Freund, 2009): known[p][q] is
// the last release of q that p has learned of. With one difference. Two sections under the same
// lock that access nothing in common can be swapped, and the explorer tries one order only
// (reduction.hpp). So the lock must not order what comes before the one and after the other: in
// the order that is not tried it does not. What is learned under a lock is learned from the
// memory: from who accessed it before, with that lock held.
#pragma once

#include "host.hpp"
#include "shared.hpp"

namespace sim {

using LockSet = std::uint32_t;

class Races {
public:
    void begin_execution()
    {
        known_ = {};
        for (unsigned int thread = 0; thread < max_threads; ++thread)
            known_[thread][thread] = 1;
        held_ = {};
        locks_ = 0;
    }

    // Order that is there whatever is accessed.
    void acquire(unsigned int thread, const Shared &from) { join(known_[thread], from.order); }
    void release(unsigned int thread, Shared &to)
    {
        join(to.order, known_[thread]);
        ++known_[thread][thread];
    }
    void lock_taken(unsigned int thread, Shared &lock)
    {
        if (!lock.lock_number)
            lock.lock_number = static_cast<std::uint8_t>(++locks_);
        held_[thread] |= LockSet{1} << (lock.lock_number - 1) % 32;
    }
    void lock_released(unsigned int thread, const Shared &lock)
    {
        if (lock.lock_number)
            held_[thread] &= ~(LockSet{1} << (lock.lock_number - 1) % 32);
    }

    static constexpr unsigned int none = max_threads;

    // A marked access, and who accesses the same plainly with nothing that orders the two. The
    // locks that sections with points in them take order them: see lock_taken().
    unsigned int marked(unsigned int thread, Shared &shared, Access access)
    {
        if (shared.write_epoch > known_[thread][shared.writer])
            return shared.writer;
        if (access == Access::write)
            if (const unsigned int other = unordered_reader(thread, shared); other != none)
                return other;
        (access == Access::write ? shared.marked_writers : shared.marked_readers) |= bit(thread);
        shared.marked_epoch[thread] = known_[thread][thread];
        return none;
    }
    // The same, of a plain access.
    [[nodiscard]] unsigned int marked_by_another(unsigned int thread, const Shared &shared,
                                                 Access access) const
    {
        Mask others = shared.marked_writers;
        if (access == Access::write)
            others |= shared.marked_readers;
        others &= static_cast<Mask>(~bit(thread));
        for (unsigned int other = 0; others >> other != 0; ++other)
            if ((others & bit(other)) && shared.marked_epoch[other] > known_[thread][other])
                return other;
        return none;
    }

    // Enter an access. Return the thread that it races with, or none. `learns`: what was accessed
    // under the same lock before came before, in every order that stands for this one.
    unsigned int read(unsigned int thread, Shared &shared, bool learns = true)
    {
        Clock &known = known_[thread];
        const LockSet held = held_[thread];
        if (shared.write_locks & held) {
            if (learns)
                join(known, shared.write_order);
        } else if (shared.write_epoch > known[shared.writer]) {
            return shared.writer;
        }
        shared.read_locks[thread] = held;
        shared.read_epoch[thread] = known[thread];
        shared.plain_readers |= bit(thread);
        if (held && learns) {
            join(shared.read_order, known);
            ++known[thread];
        }
        return none;
    }
    unsigned int write(unsigned int thread, Shared &shared, bool learns = true)
    {
        Clock &known = known_[thread];
        const LockSet held = held_[thread];
        if (shared.write_locks & held) {
            if (learns)
                join(known, shared.write_order);
        } else if (shared.write_epoch > known[shared.writer]) {
            return shared.writer;
        }
        if (const unsigned int other = unordered_reader(thread, shared); other != none)
            return other;
        if (shared.plain_readers && learns)
            join(known, shared.read_order); // of those that read with a lock held
        shared.write_epoch = known[thread];
        shared.writer = static_cast<std::uint8_t>(thread);
        shared.write_locks = held;
        shared.plain_readers = 0;
        if (held && learns) {
            shared.write_order = shared.read_order = known;
            ++known[thread];
        } else {
            shared.read_order = {};
        }
        return none;
    }

private:
    // Somebody whose read of `shared` is not known to have ended.
    [[nodiscard]] unsigned int unordered_reader(unsigned int thread, const Shared &shared) const
    {
        const LockSet held = held_[thread];
        const auto others = static_cast<Mask>(shared.plain_readers & ~bit(thread));
        for (unsigned int other = 0; others >> other != 0; ++other)
            if ((others & bit(other)) && !(shared.read_locks[other] & held) &&
                shared.read_epoch[other] > known_[thread][other])
                return other;
        return none;
    }

    std::array<Clock, max_threads> known_{};
    std::array<LockSet, max_threads> held_{};
    unsigned int locks_ = 0;
};

} // namespace sim
