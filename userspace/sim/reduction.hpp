// SPDX-License-Identifier: GPL-2.0
// reduction.hpp - which steps of an execution depend on each other, and where another order of
// two of them is another outcome.
//
// Two steps are dependent if they are of one thread, or touch an object in common that one of
// them changes. Executions that order all dependent steps alike differ only in swaps of steps
// that can't notice each other; one of them stands for all. The explorer (explorer.cpp) looks
// for another order only where a race is reported here: two dependent steps of different
// threads with no third between them that depends on the first and on which the second depends.
//
// An object is:
//  - a kernel object that a simulated kernel function touch()es: a task's state, a head's list,
//    an entry's link, a timer, the clock;
//  - a byte address of plain memory, as the instrumented code of the module accesses it;
//  - a lock. Here it is that the reduction earns its keep. A section under a spinlock with no
//    point inside it is one step, so its lock can't be seen: two such sections depend on each
//    other only if their accesses collide, not because they take the same lock. A section with
//    points inside (the heads' own locks: the walk of a wake-up) is many steps; there the lock
//    itself is an object, and what races is the taking of it.
#pragma once

#include "host.hpp"
#include "shared.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace sim {

struct Touch {
    std::uint16_t object;
    bool write;
};

// What a step touched. The two sums tell most sets apart without a look into them.
class TouchSet {
public:
    void clear()
    {
        touches_.clear();
        written_ = any_ = 0;
    }
    void add(Touch touch)
    {
        touches_.push_back(touch);
        const std::uint64_t sum = 1ULL << (touch.object * 0x9e3779b1U >> 26);
        any_ |= sum;
        if (touch.write)
            written_ |= sum;
    }
    void add(const TouchSet &other)
    {
        touches_.insert(touches_.end(), other.touches_.begin(), other.touches_.end());
        any_ |= other.any_;
        written_ |= other.written_;
    }
    [[nodiscard]] bool collides(const TouchSet &other) const
    {
        if (!((written_ & other.any_) | (any_ & other.written_)))
            return false;
        for (const Touch &one : touches_)
            for (const Touch &two : other.touches_)
                if (one.object == two.object && (one.write || two.write))
                    return true;
        return false;
    }

private:
    std::vector<Touch> touches_;
    std::uint64_t written_ = 0, any_ = 0;
};

struct Step {
    std::uint8_t thread, choice;
    Mask enabled; // before it
    bool either;  // see begin_step()
    Clock clock;  // the steps that it depends on, itself included
    TouchSet touches;
};

class Reduction {
public:
    void begin_execution();
    // `either`: more than one step can have let the thread go on, and these need not be dependent.
    void begin_step(unsigned int thread, unsigned int choice, Mask enabled, bool either = false);
    void touched(std::uint16_t object, Shared &shared, Access access);
    // The current step comes after that one, in each order.
    void after(unsigned int step) { causes_.push_back(static_cast<std::uint16_t>(step)); }
    void lock_taken(std::uint16_t object, Shared &shared);
    void lock_released(Shared &shared) const { shared.released_in = count_; }
    // Calls race(i) for each earlier step i that the current step races with.
    template <class Race>
    void end_step(Race race);

    // The current step was taken, and its thread can't go on before somebody changes `awaited`.
    // Calls race(i) for each earlier step i that may be the reason, as if the thread had gone on.
    template <class Race>
    void blocked(const Shared &awaited, Race race);

    // Steps count from 1.
    [[nodiscard]] const Step &step(unsigned int number) const { return steps_[number - 1]; }
    [[nodiscard]] unsigned int count() const { return count_; }

    // The threads that could take the first step of: what came after step i and does not
    // depend on it, and then the current step. One of them must be tried in place of i.
    [[nodiscard]] Mask initials(unsigned int i) const;
    // True if it was step i that let the current step's thread go on, and nothing else could have.
    [[nodiscard]] bool enabled_by(unsigned int i) const;

private:
    void candidate(unsigned int step)
    {
        if (step != 0 && steps_[step - 1].thread != current().thread)
            candidates_.push_back(static_cast<std::uint16_t>(step));
    }
    Step &current() { return steps_[count_ - 1U]; }

    std::vector<Step> steps_; // keeps its elements, and they their memory
    std::uint16_t count_ = 0;
    Clock last_step_{};            // of each thread
    unsigned int last_before_ = 0; // the step of the current step's thread before it
    std::vector<std::uint16_t> races_;
    std::vector<std::uint16_t> candidates_; // steps that touched what the current step touches
    std::vector<std::uint16_t> causes_;     // steps without which the current one can't be
    std::vector<std::pair<std::uint16_t, std::uint16_t>> sections_; // taken and released before
};

template <class Race>
void Reduction::blocked(const Shared &awaited, Race race)
{
    candidates_.clear();
    candidate(awaited.last_write);
    for (unsigned int reader = 0; awaited.readers >> reader != 0; ++reader)
        if (awaited.readers & bit(reader))
            candidate(awaited.last_read[reader]);
    for (const std::uint16_t i : candidates_)
        if (i > current().clock[steps_[i - 1U].thread])
            race(i);
}

template <class Race>
void Reduction::end_step(Race race)
{
    Step &step = current();
    const unsigned int thread = step.thread;
    const unsigned int before = last_before_ = last_step_[thread];
    if (before)
        step.clock = steps_[before - 1].clock;
    else
        step.clock = {};

    for (const std::uint16_t cause : causes_)
        join(step.clock, steps_[cause - 1U].clock);
    races_.clear();
    // Against the lock's last section: it's the taking that can be swapped with ours, but the
    // whole of it that comes before us.
    for (const auto &[taken, released] : sections_) {
        const unsigned int holder = steps_[taken - 1U].thread;
        if (holder == thread)
            continue;
        if (taken > step.clock[holder])
            races_.push_back(taken);
    }
    for (const auto &[taken, released] : sections_)
        join(step.clock, steps_[released - 1U].clock);

    // The latest first: an earlier one that it depends on is no race with us.
    std::sort(candidates_.begin(), candidates_.end(), std::greater<>());
    for (const std::uint16_t i : candidates_) {
        if (i <= step.clock[steps_[i - 1U].thread])
            continue;
        join(step.clock, steps_[i - 1U].clock);
        races_.push_back(i);
    }
    step.clock[thread] = count_;
    last_step_[thread] = count_;
    for (const std::uint16_t i : races_) // now that the clock is whole: see initials()
        race(i);
}

} // namespace sim
