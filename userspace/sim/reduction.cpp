// SPDX-License-Identifier: GPL-2.0
#include "reduction.hpp"

namespace sim {

void Reduction::begin_execution()
{
    count_ = 0;
    last_step_ = {};
}

void Reduction::begin_step(unsigned int thread, unsigned int choice, Mask enabled, bool either)
{
    if (steps_.size() == count_)
        steps_.emplace_back();
    Step &step = steps_[count_++];
    step.thread = static_cast<std::uint8_t>(thread);
    step.choice = static_cast<std::uint8_t>(choice);
    step.enabled = enabled;
    step.either = either;
    step.touches.clear();
    candidates_.clear();
    causes_.clear();
    sections_.clear();
}

void Reduction::touched(std::uint16_t object, Shared &shared, Access access)
{
    const bool write = access == Access::write;
    if (shared.seen_in == count_ && (shared.seen_written || !write))
        return;
    shared.seen_in = count_;
    shared.seen_written = write;
    const unsigned int thread = current().thread;
    current().touches.add({object, write});
    candidate(shared.last_write);
    if (!write) {
        shared.last_read[thread] = count_;
        shared.readers |= bit(thread);
        return;
    }
    for (unsigned int reader = 0; shared.readers >> reader != 0; ++reader)
        if (shared.readers & bit(reader))
            candidate(shared.last_read[reader]);
    shared.last_write = count_;
    shared.readers = 0;
}

void Reduction::lock_taken(std::uint16_t object, Shared &shared)
{
    if (shared.acquired_in != 0 && shared.released_in >= shared.acquired_in)
        sections_.emplace_back(shared.acquired_in, shared.released_in);
    shared.acquired_in = count_;
    current().touches.add({object, true});
}

Mask Reduction::initials(unsigned int i) const
{
    const unsigned int owner = step(i).thread;
    Mask seen = 0, initials = 0;
    Clock first{};
    for (unsigned int number = i + 1; number <= count_; ++number) {
        const Step &later = step(number);
        if (number != count_ && later.clock[owner] >= i)
            continue; // depends on i
        if (seen & bit(later.thread))
            continue;
        bool initial = true;
        for (unsigned int other = 0; seen >> other != 0 && initial; ++other)
            initial = !(seen & bit(other)) || later.clock[other] < first[other];
        seen |= bit(later.thread);
        first[later.thread] = static_cast<std::uint16_t>(number);
        if (initial)
            initials |= bit(later.thread);
    }
    return initials;
}

bool Reduction::enabled_by(unsigned int i) const
{
    const unsigned int thread = step(count_).thread;
    return !step(count_).either && !(step(i).enabled & bit(thread)) &&
           (step(i + 1).enabled & bit(thread)) && last_before_ < i;
}

} // namespace sim
