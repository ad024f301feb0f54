// SPDX-License-Identifier: GPL-2.0
#include "torture/torture.hpp"

#include "bench/machine.hpp"
#include "bench/reload.hpp"
#include "durations.hpp"
#include "sigint.hpp"
#include "torture/guard.hpp"
#include "torture/noises.hpp"

#include <algorithm>
#include <unistd.h>

namespace waitq::cli::torture {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds patience = 60s; ///< only a hang takes so long
constexpr std::chrono::nanoseconds still = 40ms;   ///< in which a queue that works moves
constexpr std::chrono::nanoseconds between_lines = 10s;
constexpr unsigned between_noises_us = 2000; ///< at most

std::chrono::nanoseconds clock()
{
    return std::chrono::nanoseconds(bench::now());
}

class Director {
public:
    Director(Subject &subject, const Plan &plan, const Limits &limits, const Say &say)
        : subject_(subject), plan_(plan), limits_(limits), say_(say),
          arena_(plan.waiters + plan.wakers),
          crew_(
              arena_, plan,
              [this](Slot &slot, std::uint64_t seed) {
                  // The director's files are none of the task's.
                  subject_.close();
                  return subject_.worker(arena_, slot, plan_, seed);
              },
              [this](std::size_t queue) { subject_.pass_on(queue); }),
          disturber_(plan, crew_), random_(plan.seed)
    {}

    Director(const Director &) = delete;
    Director &operator=(const Director &) = delete;
    /// Before the disturber, whose control groups the tasks are in.
    ~Director()
    {
        crew_.end([this] {
            try {
                subject_.release(crew_);
            } catch (const std::exception &) { // the device is gone: nothing sleeps in it
            }
        });
    }

    Outcome run();

private:
    void round();
    void make_noise(std::chrono::nanoseconds end);
    bool moves();
    bool await(const std::function<bool()> &done);
    void come_to_rest();
    void look_at_rest();
    void free_all();
    void look_at_failures();
    void reload();
    void sum_up();
    [[nodiscard]] std::string everybody();
    [[nodiscard]] bool over() const { return clock() - begin_ >= limits_.time || asked_to_end(); }

    Subject &subject_;
    const Plan &plan_;
    const Limits &limits_;
    const Say &say_;
    Arena arena_;
    Crew crew_;
    Disturber disturber_;
    std::minstd_rand random_;
    Outcome outcome_;
    std::chrono::nanoseconds begin_ = clock(), told_ = begin_;
};

bool Director::await(const std::function<bool()> &done)
{
    // What is wrong already need not be waited for as long.
    const std::chrono::nanoseconds end =
        clock() + (outcome_.checks.all_hold() ? patience : patience / 12);
    while (!done()) {
        if (clock() >= end)
            return false;
        crew_.bury();
        usleep(500);
    }
    return true;
}

void Director::make_noise(std::chrono::nanoseconds end)
{
    // A signal, or a new task, looks at the condition again and so makes up for a lost wake-up:
    // half of the rounds are quiet, and event by event a round ends where nothing moves any more.
    const bool quiet = random_() % 2 == 0;
    if (!quiet)
        disturber_.gather(random_);
    while (clock() < end && !asked_to_end() && (!arena_.strict() || moves())) {
        if (!quiet)
            disturber_.disturb(random_);
        crew_.bury();
        crew_.fill();
        usleep(static_cast<useconds_t>(random_() % between_noises_us));
    }
    disturber_.calm();
}

/// Waits until some task gets what it waits for. False: none does for a while.
bool Director::moves()
{
    const std::uint64_t before = crew_.gains();
    const std::chrono::nanoseconds end = clock() + still;
    while (crew_.gains() == before) {
        if (clock() >= end)
            return false;
        crew_.bury();
        usleep(200);
    }
    return true;
}

std::string Director::everybody()
{
    std::string text;
    for (std::size_t task = 0; task < crew_.size(); ++task)
        if (crew_.alive(task))
            text += "  " +
                    crew_.describe(task, subject_.operation(crew_.slot(task).step.operation)) +
                    '\n';
    return text + subject_.entries();
}

void Director::come_to_rest()
{
    arena_.order(Order::Rest);
    const bool rest = await([this] { return crew_.at_rest(); });
    outcome_.checks.hold(Check::awake, rest,
                         "the tasks do not come to rest\n" + (rest ? "" : everybody()));
}

// Some wake-ups are left to a worker of the kernel, which may be late. What is wrong counts if it
// is so after a while as well.
void Director::look_at_rest()
{
    constexpr useconds_t while_us = 500'000;
    if (!outcome_.checks.all_hold())
        return;
    Checks first = outcome_.checks;
    subject_.look_at_rest(crew_, first);
    if (!first.all_hold()) {
        usleep(while_us);
        come_to_rest();
    }
    subject_.look_at_rest(crew_, outcome_.checks);
}

// Tasks that are freed find the order to rest, and park.
void Director::free_all()
{
    const bool parked = await([this] {
        if (crew_.all_parked())
            return true;
        subject_.release(crew_);
        return false;
    });
    outcome_.checks.hold(Check::awake, parked,
                         "tasks sleep on though all was posted that they wait for\n" +
                             (parked ? "" : everybody()));
}

void Director::look_at_failures()
{
    Checks &checks = outcome_.checks;
    for (const Slot &slot : arena_.slots())
        checks.hold(Check::calls, !slot.failed,
                    "'" + std::string(subject_.operation(slot.failed_operation)) +
                        "': " + slot.failure.data() +
                        (slot.failed_with != 0
                             ? ": " + std::generic_category().message(slot.failed_with)
                             : ""));
    for (const std::string &death : crew_.deaths())
        checks.hold(Check::calls, false, death);
    crew_.deaths().clear();
}

void Director::round()
{
    const std::string mode = subject_.begin_round(arena_, random_);
    crew_.begin_round();
    crew_.fill();
    arena_.order(Order::Run);
    make_noise(clock() + limits_.round);
    come_to_rest();
    look_at_rest();
    if (outcome_.checks.all_hold())
        subject_.wake_in_order(crew_, outcome_.checks, random_,
                               [this](const auto &done) { return await(done); });
    free_all();
    if (outcome_.checks.all_hold())
        subject_.end_round(crew_, outcome_.checks,
                           [this](const auto &done) { return await(done); });
    look_at_failures();
    ++outcome_.rounds;
    if (clock() - told_ >= between_lines || !outcome_.checks.all_hold()) {
        told_ = clock();
        say_("round " + std::to_string(outcome_.rounds) + " (" + mode + "), " +
             std::to_string(crew_.sum().calls) + " calls" +
             (outcome_.checks.all_hold() ? "" : ": something is wrong"));
    }
}

void Director::reload()
{
    arena_.order(Order::Quit);
    (void)await([this] {
        crew_.bury();
        for (std::size_t task = 0; task < crew_.size(); ++task)
            if (crew_.alive(task))
                return false;
        return true;
    });
    subject_.close();
    {
        const bench::Reloaded twice(subject_.module(), plan_.module, subject_.parameters());
    }
    subject_.open();
    arena_.order(Order::Rest);
}

void Director::sum_up()
{
    bench::Histogram histogram;
    for (const Slot &slot : arena_.slots()) {
        const std::size_t count = std::min<std::size_t>(slot.sampled, samples_max);
        for (std::size_t index = 0; index < count; ++index)
            histogram.add(slot.samples.at(index));
        if (slot.longest > outcome_.longest.count()) {
            outcome_.longest = std::chrono::nanoseconds(slot.longest);
            outcome_.longest_operation = subject_.operation(slot.longest_operation);
        }
    }
    outcome_.waits = histogram.percentiles();
    outcome_.operations = crew_.sum().calls;
    outcome_.kills = crew_.kills();
    outcome_.lasted = clock() - begin_;
    outcome_.interrupted = asked_to_end();
}

Outcome Director::run()
{
    constexpr std::uint64_t between_reloads = 4;
    const SigintGuard sigint;
    do {
        round();
        if (plan_.noises.has(Noise::reload) && outcome_.rounds % between_reloads == 0 &&
            outcome_.checks.all_hold())
            reload();
    } while (outcome_.checks.all_hold() && !over());
    sum_up();
    return std::move(outcome_);
}

} // namespace

Outcome torture(Subject &subject, const Plan &plan, const Limits &limits, const Say &say)
{
    subject.open();
    return Director(subject, plan, limits, say).run();
}

} // namespace waitq::cli::torture
