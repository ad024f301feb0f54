// SPDX-License-Identifier: GPL-2.0
#include "bench/measure.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <sys/utsname.h>
#include <thread>

namespace waitq::cli::bench {

namespace {

using namespace std::chrono_literals;

constexpr unsigned batches = 5;
// A batch should take so long: several ticks of the kernel's clock, so that one more or less is not
// seen.
constexpr double batch_length = 20e6;
// Two processors wake each other sooner or later, by chance.
constexpr double across_length = 200e6;
// And it should have so many operations, but where thousands of tasks wait not take longer than
// that.
constexpr double pairs_min = 200, herd_min = 20, herd_length_max = 400e6;
constexpr double operations_max = 200'000;

/// The kernel's own threads get the processor between two batches.
void rest()
{
    std::this_thread::sleep_for(2ms);
}

/// The kernel frees late what many tasks, files or queues had, and no measurement should see that.
void rest_long()
{
    std::this_thread::sleep_for(1s);
}

std::size_t id_of(const Pattern &pattern)
{
    return static_cast<std::size_t>(&pattern - patterns.data());
}

/// Which patterns are about the order in which tasks of one priority run. (The uncontended one has
/// one task, which is better left alone; so have those of many files and queues.)
bool needs_fifo(const Pattern &pattern)
{
    const std::size_t id = id_of(pattern);
    return id == Blocking || id == WakeOne || id == WakeAll || id == HeldUp || id == ScaleWaiters;
}

bool has_one_task(const Pattern &pattern)
{
    const std::size_t id = id_of(pattern);
    return id == Uncontended || id == ScaleFiles || id == ScaleQueues;
}

/// Whether two batches in a row agreed before the time was over.
bool settle()
{
    constexpr double agree_within = 0.001;
    constexpr unsigned operations = 10'000;
    UncontendedRun<Eventfd> run(0);
    double last = run.batch(operations)[0];
    for (const std::int64_t end = now() + std::chrono::nanoseconds(30s).count(); now() < end;) {
        std::this_thread::sleep_for(500ms);
        const double next = run.batch(operations)[0];
        if (difference(last, next) <= agree_within)
            return true;
        last = next;
    }
    return false;
}

/// A contender in a pattern while it is measured.
struct Measuring {
    const Entry *entry;
    std::unique_ptr<Run> run;
    unsigned operations;
    std::array<std::vector<double>, quantities_max> samples{};
};

/// So many operations that a batch has its length.
unsigned calibrated(Run &run, const Pattern &pattern, unsigned number)
{
    const unsigned few = number > 100 ? 1 : 50;
    const Sample sample = run.batch(few);
    // The last cost of a pattern is the one of a whole operation.
    double whole = 0;
    for (std::size_t index = 0; index < pattern.quantities.size(); ++index)
        if (pattern.quantities[index].is_cost())
            whole = sample[index];
    if (&pattern == &patterns[WakeAll])
        whole *= number;
    whole = std::max(whole, 1.0);
    const double length = &pattern == &patterns[Across] ? across_length : batch_length;
    const double least =
        pattern.numbers.empty() ? pairs_min : std::min(herd_min, herd_length_max / whole);
    return static_cast<unsigned>(std::clamp(length / whole, std::max(least, 1.0), operations_max));
}

Figure figure_of(const std::vector<double> &samples, const Quantity &quantity)
{
    const double value =
        quantity.kind == Kind::Longest ? *std::ranges::max_element(samples) : median(samples);
    return {value, middle_spread(samples), {}};
}

Row row_of(Measuring &measuring, const Plan &plan, const Pattern &pattern, unsigned number)
{
    Row row{.contender = measuring.entry->name,
            .floor = measuring.entry->floor,
            .number = number,
            .figures = {},
            .percentiles = {}};
    for (std::size_t index = 0; index < pattern.quantities.size(); ++index)
        row.figures.push_back(figure_of(measuring.samples[index], pattern.quantities[index]));
    if (plan.unit == Unit::Nanoseconds && pattern.quantities[0].is_cost()) {
        Histogram histogram;
        measuring.run->each(measuring.operations, histogram);
        row.percentiles = histogram.percentiles();
    }
    return row;
}

/// The contenders in one pattern with so many waiters or the like, batch by batch.
std::vector<Row> measure_together(const Plan &plan, std::span<const Entry *const> entries,
                                  const Pattern &pattern, unsigned number)
{
    std::vector<Measuring> all;
    for (const Entry *entry : entries)
        if (const MakeRun make = entry->make[id_of(pattern)]; make && entry->available()) {
            auto run = make({number, plan.module});
            const unsigned operations = calibrated(*run, pattern, number);
            all.push_back({entry, std::move(run), operations});
        }
    // One round of batches first, so that nothing is measured that happens once.
    if (pattern.numbers.empty())
        for (Measuring &one : all)
            (void)one.run->batch(one.operations);
    for (unsigned batch = 0; batch < batches; ++batch)
        for (Measuring &one : all) {
            rest();
            const Sample sample = one.run->batch(one.operations);
            for (std::size_t index = 0; index < sample.size(); ++index)
                one.samples[index].push_back(sample[index]);
        }
    std::vector<Row> rows;
    rows.reserve(all.size());
    for (Measuring &one : all)
        rows.push_back(row_of(one, plan, pattern, number));
    return rows;
}

Measured measure_pattern(const Plan &plan, const Pattern &pattern)
{
    plan.say(std::string(pattern.name) + ": " + std::string(pattern.text));
    std::optional<Fifo> fifo;
    if (needs_fifo(pattern) || has_one_task(pattern))
        fifo.emplace(needs_fifo(pattern));
    run_on(Where::First);
    Measured measured{&pattern, {}};
    const auto add = [&](std::span<const Entry *const> entries, unsigned number) {
        rest_long();
        for (Row &row : measure_together(plan, entries, pattern, number))
            measured.rows.push_back(std::move(row));
    };
    if (pattern.numbers.empty())
        add(plan.entries, 0);
    // Waiters stay in their queues between two batches, so one contender's must have left the
    // device before another one uses it. And thousands of tasks take memory enough.
    else
        for (const Entry *const &entry : plan.entries)
            for (const unsigned number : pattern.numbers)
                add({&entry, 1}, number);
    run_on(Where::Anywhere);
    return measured;
}

/// Puts the figures of @second beside those of @first.
void put_beside(Measured &first, const Measured &second)
{
    for (std::size_t row = 0; row < first.rows.size(); ++row)
        for (std::size_t index = 0; index < first.rows[row].figures.size(); ++index)
            first.rows[row].figures[index].again = second.rows[row].figures[index].value;
}

} // namespace

Results measure(const Plan &plan)
{
    const NoThrottle no_throttle;
    utsname names{};
    uname(&names);
    Results results{.unit = plan.unit,
                    .kernel = names.release,
                    .processors = processors(),
                    .settled = {},
                    .patterns = {},
                    .skipped = plan.skipped};
    if (plan.unit == Unit::Instructions) {
        plan.say("waiting until two batches agree");
        const Fifo fifo(false);
        run_on(Where::First);
        results.settled = settle();
    }
    for (const Pattern *pattern : plan.patterns)
        results.patterns.push_back(measure_pattern(plan, *pattern));
    if (plan.twice) {
        plan.say("all of it once more");
        for (Measured &measured : results.patterns)
            put_beside(measured, measure_pattern(plan, *measured.pattern));
    }
    return results;
}

namespace {

/// Waits until a debugger counts instructions, which is told by a mark that succeeds.
void wait_for_debugger()
{
    do
        rest();
    while (!Traced(true).is_counted());
}

struct TraceOne {
    const Entry *entry;
    const Pattern *pattern;
    unsigned number;

    void operator()() const
    {
        constexpr unsigned operations = 51;
        const Fifo fifo(needs_fifo(*pattern));
        const auto run = entry->make[id_of(*pattern)]({number, {}});
        (void)run->batch(operations);
        Histogram histogram;
        tracing = true;
        run->each(operations, histogram);
        tracing = false;
    }
};

} // namespace

void trace(const Plan &plan)
{
    constexpr unsigned herd = 64;
    std::vector<TraceOne> all;
    for (const Pattern *pattern : plan.patterns) {
        const std::size_t id = id_of(*pattern);
        if (id != Uncontended && id != Blocking && id != WakeAll)
            continue;
        for (const Entry *entry : plan.entries)
            if (entry->make[id] && entry->available())
                all.push_back({entry, pattern, id == WakeAll ? herd : 0});
    }
    std::cout << "trace: nothing nothing\n";
    for (const TraceOne &one : all)
        std::cout << "trace: " << one.entry->name << ' ' << one.pattern->name
                  << (one.number != 0 ? ", the call that wakes " + std::to_string(one.number) : "")
                  << '\n';
    std::cout << "trace: end" << std::endl;
    const NoThrottle no_throttle;
    run_on(Where::First);
    wait_for_debugger();
    // From here on nothing sleeps for a time: a machine that is stepped through loses timers.
    for (const TraceOne &one : all)
        one();
}

} // namespace waitq::cli::bench
