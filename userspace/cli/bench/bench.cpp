// SPDX-License-Identifier: GPL-2.0
// waitq bench
#include "bench/bench_report.hpp"
#include "bench/measure.hpp"
#include "bench/scale.hpp"
#include "commands.hpp"
#include "options.hpp"

#include <algorithm>
#include <iostream>

namespace waitq::cli {

namespace {

using namespace bench;

struct Given {
    std::vector<const Pattern *> patterns; ///< empty: all that this machine can measure
    std::vector<const Entry *> entries;    ///< empty: all
    std::string module;
    bool instructions = false;
    bool check = false;
    bool trace = false;
};

/// The rows of @table that a list of names such as "pipe,futex" gives.
template <typename Table>
auto named(const Table &table, const std::string &list)
{
    std::vector<const typename Table::value_type *> found;
    for (std::size_t begin = 0; begin <= list.size();) {
        const std::size_t end = std::min(list.find(',', begin), list.size());
        const auto name = list.substr(begin, end - begin);
        const auto row = std::ranges::find(table, name, &Table::value_type::name);
        if (row == table.end()) {
            std::string error = "'" + name + "' is none of";
            for (const auto &each : table)
                error.append(&each == &table.front() ? " " : ", ").append(each.name);
            throw std::invalid_argument(error);
        }
        found.push_back(&*row);
        begin = end + 1;
    }
    return found;
}

/// Why this pattern cannot be measured; empty if it can.
std::string obstacle(const Pattern &pattern, const Given &given)
{
    // The last are the program's own.
    constexpr unsigned files_max = detail::files.back() + files_before + 100;
    switch (&pattern - bench::patterns.data()) {
    case Across:
        return processors() > 1 && !given.instructions
                   ? ""
                   : "needs two processors, and takes no --instructions";
    case ScaleFiles:
        return allow_files(files_max)
                   ? ""
                   : "needs " + std::to_string(files_max) + " open files (ulimit -n)";
    case ScaleQueues:
        return !given.module.empty() ? "" : "loads the module anew, from --module FILE";
    default:
        return "";
    }
}

/// The plan that the options ask for. Throws UsageError.
Plan plan_of(const Given &given)
{
    Plan plan;
    plan.unit = given.instructions ? Unit::Instructions : Unit::Nanoseconds;
    plan.twice = given.check && given.instructions;
    plan.module = given.module;
    for (const Pattern &pattern : bench::patterns) {
        const bool asked = std::ranges::find(given.patterns, &pattern) != given.patterns.end();
        if (!asked && !given.patterns.empty())
            continue;
        const std::string why = obstacle(pattern, given);
        if (why.empty())
            plan.patterns.push_back(&pattern);
        else if (asked)
            throw UsageError("--pattern", std::string(pattern.name) + ' ' + why);
        else
            plan.skipped.push_back({&pattern, why});
    }
    for (const Entry &entry : entries())
        if (given.entries.empty() || entry.name == reference ||
            std::ranges::find(given.entries, &entry) != given.entries.end())
            plan.entries.push_back(&entry);
    return plan;
}

Report run(const Given &given, const Settings &settings)
{
    Plan plan = plan_of(given);
    if (!settings.json)
        plan.say = [](const std::string &text) { std::cerr << "waitq bench: " << text << '\n'; };
    if (given.trace) {
        trace(plan);
        return {};
    }
    const Results results = measure(plan);
    if (!given.check)
        return bench_report(results, nullptr);
    const std::vector<Check> checks = check(results, limits());
    return bench_report(results, &checks);
}

std::string listed(const auto &table)
{
    std::string names;
    for (const auto &row : table)
        names += "\n  " + std::string(row.name);
    return names;
}

void add_bench(Options &options, Given &given)
{
    options.value(
        "--pattern", "NAMES",
        [&given](const std::string &list) { given.patterns = named(bench::patterns, list); },
        "only these, as in blocking,wake-one (default: all):" + listed(bench::patterns));
    options.value(
        "--contender", "NAMES",
        [&given](const std::string &list) { given.entries = named(entries(), list); },
        "only these and " + std::string(reference) + " (default: all):" + listed(entries()));
    options.value(
        "--module", "FILE", [&given](const std::string &file) { given.module = file; },
        "waitq.ko: " + std::string(bench::patterns[ScaleQueues].name) +
            " loads it anew (root), and at the end as it was");
    options.flag("--instructions", given.instructions,
                 "the machine's clock counts instructions, as in scripts/vm run --icount");
    options.flag("--trace", given.trace,
                 "measure nothing: make one operation of each between marks, for "
                 "scripts/bench --functions");
    options.flag("--check", given.check,
                 "hold the figures against their limits; with --instructions, measure twice");
}

constexpr const char *footer =
    R"(It measures how long a task takes to signal another, and the other to wait for that: with the device
and with what else Linux has for it. A figure is the median of five batches; the contenders take turns,
batch by batch. Without --instructions the unit is nanoseconds, and percentiles of single operations
stand beside it. It uses /dev/waitq0 and /dev/waitq1, which must be empty. Patterns in which the order
of the tasks matters need root. Before it reads how much memory the kernel has, it asks the kernel to
give back that of freed objects, if it may.

`./scripts/bench` runs it in a VM that counts instructions: there the figures repeat.

Examples:
  waitq bench --pattern blocking
  waitq bench --contender pipe,waitq-bytes --json
  waitq bench --check)";

} // namespace

const Command bench_command = {
    "bench", "Measure the device beside pipes, futexes and other ways to wake", footer,
    [](Options &options) { return with_options(options, add_bench, run); }};

} // namespace waitq::cli
