// SPDX-License-Identifier: GPL-2.0
// One task of a torture: it makes calls at random, and counts what came of them.
#pragma once

#include "torture/arena.hpp"
#include "torture/noise.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace waitq::cli::torture {

/// What a task is for. A task that both waits and wakes may wait for its own post.
enum class Role { Waiter, Waker };

/// What all tasks of a torture are told.
struct Plan {
    std::uint64_t seed = 0;
    unsigned waiters = 12, wakers = 4;
    Noises noises;
    std::string module; ///< the file to load anew between rounds
};

class Worker {
public:
    Worker(Arena &arena, Slot &slot, const Plan &plan, std::uint64_t seed)
        : arena_(arena), slot_(slot), plan_(plan), random_(seed)
    {}
    virtual ~Worker() = default;
    Worker(const Worker &) = delete;
    Worker &operator=(const Worker &) = delete;

    /// Whether it has something to do at this round's pace.
    [[nodiscard]] bool is_active() const;
    /// Whether it makes no other call in this round.
    [[nodiscard]] bool leaves();
    /// Makes one call of a waiter's or a waker's.
    virtual void advance(Role role) = 0;
    /// Gives back all that would keep the queues from rest.
    void rest()
    {
        again_.reset();
        park();
    }

protected:
    /// Ends timers and polls.
    virtual void park() = 0;
    [[nodiscard]] Arena &arena() { return arena_; }
    [[nodiscard]] Slot &slot() { return slot_; }
    [[nodiscard]] const Plan &plan() const { return plan_; }
    [[nodiscard]] bool has(Noise noise) const { return plan_.noises.has(noise); }
    /// From 0 to @sides - 1.
    std::uint32_t roll(std::uint32_t sides)
    {
        return std::uniform_int_distribution<std::uint32_t>(0, sides - 1)(random_);
    }

    /// Tells @call and makes it by @make(), whose answer is 0 or an errno; then @count(tally,
    /// error) counts. Returns the error.
    template <typename Make, typename Count>
    int counted(Step call, Make make, Count count)
    {
        begin(call);
        const int error = make();
        const Tally before = slot_.counted();
        slot_.count([&](Tally &tally) { count(tally, error); });
        end(error, before);
        return error;
    }
    /// The same, of a call that posts and takes as @call tells, if its error is 0.
    template <typename Make>
    int counted(Step call, Make make)
    {
        return counted(call, make, [&](Tally &tally, int error) {
            if (error == 0)
                add(tally, call);
        });
    }
    static void add(Tally &tally, const Step &call);

    /// Waits for the moment to post to @queue: soon after the last was taken, while its taker is
    /// about to sleep again; or a second time, while the first is being taken. False: not within
    /// a moment.
    [[nodiscard]] bool may_post(std::size_t queue);

    /// One of the @count queues that are open.
    std::uint32_t any_of(std::size_t count)
    {
        return roll(std::min(static_cast<std::uint32_t>(count), arena_.queues()));
    }

    /// A call did what it must not.
    void fail(int error, std::string_view what);

private:
    /// Event by event: waits until what is still there is taken. It is another task's, which must
    /// have got the wake-up that this one did not use. False: none does.
    [[nodiscard]] bool stands_back();
    void begin(Step call);
    void end(int error, const Tally &before);

    Arena &arena_;
    Slot &slot_;
    const Plan &plan_;
    std::minstd_rand random_;
    bool had_its_turn_ = false; ///< the last call was a wait, and took something, or ended in vain
    std::optional<std::size_t> again_; ///< the queue that it posts to once more, before a take
};

/// What the task does until it is told to quit.
void work(Worker &worker, Role role, Arena &arena, Slot &slot);

} // namespace waitq::cli::torture
