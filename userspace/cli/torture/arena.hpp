// SPDX-License-Identifier: GPL-2.0
// What the tasks of a torture share with its director: memory that outlives a task killed anywhere.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <sys/types.h>

namespace waitq::cli::torture {

inline constexpr std::size_t queues_max = 4;
/// Beside the queues of events, for Arena::go_ahead(): the messages of the byte stream.
inline constexpr std::size_t stream = queues_max;

/// What the director wants of all tasks.
enum class Order : std::uint32_t {
    Run,  ///< make calls
    Rest, ///< begin no other call; a call that sleeps goes on
    Quit, ///< the same, and exit
};

enum class Phase : std::uint32_t {
    Parked,  ///< sleeps until the order changes, and holds nothing
    Between, ///< not in a call that is counted
    Calling, ///< in the call that Slot::step tells
};

/// What a task has done since the round began.
struct Tally {
    std::uint64_t calls = 0; ///< ended
    std::array<std::uint64_t, queues_max> posted{}, taken{};
    std::uint64_t written = 0, read = 0;         ///< messages
    std::uint64_t written_sum = 0, read_sum = 0; ///< of their check words
};

/// The call that a task is in, told before it is made.
struct Step {
    std::uint64_t number = 0; ///< how many calls it has made, with this one
    std::uint32_t operation = 0;
    std::uint32_t count = 0;                       ///< of the queues that it waits for; 0: none
    std::array<std::uint32_t, queues_max> queue{}; ///< which
    std::array<std::uint64_t, queues_max> threshold{};
    bool all = false;       ///< it waits for all of them at once
    bool takes = false;     ///< and takes the thresholds
    bool exclusive = false; ///< as an exclusive waiter
    bool timed = false;     ///< ends by itself
    bool window = false;    ///< is held on after it has looked, in a queue of its own
    bool owes = false;      ///< must then pass a wake-up on, of its first queue, or does so
    bool reads = false;     ///< sleeps until there is a byte
    bool writes = false;    ///< sleeps until there is room
    std::uint32_t post_queue = 0;
    std::uint64_t post = 0; ///< what it posts to that queue
    std::int64_t since = 0; ///< when it began, on the clock of now()
};

/// Wakers that wait until what they posted was taken make no wake-up that would stand in for a lost
/// one: then the queue stands still, and is seen so at rest. Fast ones find other races.
struct Pace {
    std::int64_t ahead = 0; ///< a waker posts to a queue while no more events of it are not taken
    std::uint32_t most = 1; ///< what a task waits for or posts at once, at most
    /// Tasks of each role; the others have nothing to do. Where one waits, no other makes up for
    /// it.
    std::uint32_t waiters = ~0U, wakers = ~0U;
    /// Of so many calls, a task makes no other after one, on average; 0: it goes on. What it left
    /// behind must then be another's.
    std::uint32_t leaves = 0;
    /// So many queues are used. Where there is one, no other keeps the tasks moving.
    std::uint32_t queues = queues_max;
    /// A waker posts so long after the last was taken, at most.
    std::uint32_t latest_ns = 128'000;
};

/// Any of the slow paces: event by event, for a few waiters, most often for one.
inline Pace strict_pace(std::uint32_t dice)
{
    constexpr std::array waiters{1U, 1U, 1U, 2U, 2U, 3U, 4U, 4U};
    constexpr std::array leaves{0U, 0U, 20U, 40U};
    // Timeouts in jiffies end after milliseconds.
    constexpr std::array latest_ns{128'000U, 128'000U, 128'000U, 8'192'000U};
    return {0,
            1,
            waiters.at(dice % 8),
            1 + dice / 8 % 2,
            leaves.at(dice / 16 % 4),
            dice / 64 % 2 == 0 ? 1 : std::uint32_t{queues_max},
            latest_ns.at(dice / 128 % 4)};
}
inline constexpr std::uint32_t most_at_once = 3;
inline constexpr Pace fast_pace{16, most_at_once};

inline constexpr std::size_t samples_max = 256;

/// One task's. It alone writes, but for `killed`.
struct Slot {
    std::atomic<pid_t> pid{0};
    std::atomic<Phase> phase{Phase::Parked};
    Step step;
    /// Two, of which `tally` tells the right one: a task killed while it counts has counted
    /// nothing.
    std::array<Tally, 2> tallies;
    std::atomic<std::uint32_t> tally{0};
    /// The most that the armed timer of its file may still post, and where.
    std::atomic<std::uint32_t> timer_queue{0};
    std::atomic<std::uint64_t> timer_posts{0};
    /// Durations of calls in which it waited and got what it waited for, chosen at random.
    std::array<std::int64_t, samples_max> samples{};
    std::uint64_t sampled = 0;
    std::uint32_t message = 0; ///< the number of the next that it writes
    std::int64_t longest = 0;  ///< of them all
    std::uint32_t longest_operation = 0;
    /// The first call that failed and must not, or did otherwise than told: its operation and
    /// errno.
    std::atomic<bool> failed{false};
    std::uint32_t failed_operation = 0;
    int failed_with = 0;
    std::array<char, 96> failure{};

    [[nodiscard]] const Tally &counted() const { return tallies.at(tally.load()); }
    /// Counts a call: all that @add changes becomes true at once.
    template <typename Add>
    void count(Add add)
    {
        const std::uint32_t now = tally.load(), next = 1 - now;
        tallies.at(next) = tallies.at(now);
        add(tallies.at(next));
        ++tallies.at(next).calls;
        tally.store(next);
    }
    /// Whether a task that is gone was in a call that it has not counted.
    [[nodiscard]] bool uncounted() const { return step.number > counted().calls; }
};

/// The memory. Anonymous and shared: children have it as well.
class Arena {
public:
    /// Throws std::system_error.
    explicit Arena(std::size_t tasks);
    Arena(const Arena &) = delete;
    Arena &operator=(const Arena &) = delete;
    ~Arena();

    [[nodiscard]] std::span<Slot> slots() { return {slots_, count_}; }
    [[nodiscard]] Order order() const { return head_->order.load(); }
    /// Tells all tasks, and wakes those that are parked.
    void order(Order order);
    /// Sleeps while the order is @order.
    void park(Order order) const;

    /// How fast wakers are in this round.
    void pace(const Pace &pace)
    {
        head_->ahead_max = pace.ahead;
        head_->most = pace.most;
        head_->waiters = pace.waiters;
        head_->wakers = pace.wakers;
        head_->leaves = pace.leaves;
        head_->queues = pace.queues;
        head_->latest_ns = pace.latest_ns;
        for (auto &ahead : head_->ahead)
            ahead = 0;
    }
    /// The most that a task waits for, or posts, at once.
    [[nodiscard]] std::uint32_t most() const { return head_->most.load(); }
    /// Whether the task has something to do at this pace, if the first @waiters tasks are waiters.
    [[nodiscard]] bool is_active(std::size_t task, std::size_t waiters) const
    {
        return task < waiters ? task < head_->waiters.load()
                              : task - waiters < head_->wakers.load();
    }
    [[nodiscard]] std::uint32_t leaves() const { return head_->leaves.load(); }
    [[nodiscard]] std::uint32_t queues() const { return head_->queues.load(); }
    [[nodiscard]] std::uint32_t waiters() const { return head_->waiters.load(); }
    [[nodiscard]] std::uint32_t latest_ns() const { return head_->latest_ns.load(); }
    /// Whether wakers wait until all that was posted is taken.
    [[nodiscard]] bool strict() const { return head_->ahead_max.load() == 0; }
    /// Notes that the events of @queue that are posted and not yet taken, about, are @more now.
    void go_ahead(std::size_t queue, std::int64_t more)
    {
        if (more != 0)
            head_->ahead.at(queue) += more;
    }
    /// Whether they are so few that a waker may post more.
    [[nodiscard]] bool may_post(std::size_t queue) const
    {
        return head_->ahead.at(queue).load() <= head_->ahead_max.load();
    }
    /// What the subject has chosen for this round.
    [[nodiscard]] std::atomic<std::uint32_t> &mode() { return head_->mode; }

private:
    struct Head {
        std::atomic<Order> order{Order::Rest};
        std::atomic<std::uint32_t> mode{0};
        std::atomic<std::uint32_t> most{1}, waiters{~0U}, wakers{~0U}, leaves{0}, queues{1},
            latest_ns{1};
        std::atomic<std::int64_t> ahead_max{0};
        alignas(64) std::array<std::atomic<std::int64_t>, queues_max + 1> ahead{};
    };

    std::size_t count_, size_;
    Head *head_;
    Slot *slots_;
};

} // namespace waitq::cli::torture
