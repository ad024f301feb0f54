// SPDX-License-Identifier: GPL-2.0
// waitq-explore - runs the scenarios of a driver in every order.
#include "compile.hpp"
#include "load.hpp"
#include "report.hpp"
#include "trap.hpp"

#include <chrono>
#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <map>
#include <sim/explorer.hpp>
#include <sim/kernel/scenario.hpp>
#include <sim/schedule.hpp>

namespace waitq::explore {
namespace {

enum Status : int { Nothing = 0, Found = 1, Usage = 2 };

struct Options {
    Sources sources;
    std::vector<std::string> only;
    std::uint64_t limit = 200'000, random = 20'000, seed = 1;
    unsigned bound = 0, depth = 3;
    bool bounded = false, list = false;
    sim::Strategy strategy = sim::Strategy::reduced;
    sim::Memory memory = sim::Memory::tso;
    std::string replay;
};

class BadUsage : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

std::vector<sim::Known> scenarios()
{
    const sim::Program &program = sim::program();
    std::vector<sim::Known> all = program.scenarios;
    if (all.empty() && program.init)
        all = program.defaults;
    if (program.exit)
        all.insert(all.end(), program.always.begin(), program.always.end());
    return all;
}

sim::Known named(const std::vector<sim::Known> &all, const std::string &name)
{
    for (const sim::Known &known : all)
        if (name == known.name)
            return known;
    std::string names;
    for (const sim::Known &known : all)
        names += std::string(names.empty() ? "" : ", ") + known.name;
    throw BadUsage("there is no scenario \"" + name + "\"; there are: " + names);
}

void tell(sim::DriverScenario &scenario, const sim::Known &known,
          const std::vector<sim::Choice> &schedule, Source &source)
{
    const std::string name = sim::name_of(scenario, schedule);
    sim::replay(scenario, schedule);
    const std::vector<sim::Line> lines = story(source);
    std::cout << '\n' << sim::timeline(sim::Machine::get(), lines);
    if (const std::string place = place_of_failure(source); !place.empty())
        std::cout << "\n  " << place << '\n';
    std::cout << "\nreplay: --replay '" << known.name << ':' << name << "'\n\n";
}

// Returns false for a schedule that must not be.
bool explore_one(const Options &options, const sim::Known &known, unsigned number, Source &source)
{
    sim::DriverScenario scenario(known);
    sim::Machine::get().forget();
    sim::Plan plan;
    plan.limit = options.limit;
    plan.strategy = options.strategy;
    plan.depth = options.depth;
    plan.seed = options.seed;
    const bool by_chance = options.strategy != sim::Strategy::reduced;
    if (options.bounded) {
        plan.strategy = sim::Strategy::bounded;
        plan.preemptions = options.bound;
    }
    const auto begin = std::chrono::steady_clock::now();
    sim::Result found = sim::explore(scenario, plan);
    std::uint64_t schedules = found.schedules;
    if (!found.failed && !found.exhausted && !by_chance && options.random != 0) {
        plan.strategy = sim::Strategy::random;
        plan.limit = options.random;
        plan.seed = options.seed;
        found = sim::explore(scenario, plan);
        schedules += found.schedules;
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::cout << (found.failed ? "not ok " : "ok ") << number << ' ' << known.name << " # "
              << schedules << " schedules" << (found.exhausted ? ", all there are" : "") << ", "
              << static_cast<std::uint64_t>(static_cast<double>(schedules) / took.count())
              << " a second\n";
    if (found.failed)
        tell(scenario, known, sim::simplest_failure(scenario, found).schedule, source);
    return !found.failed;
}

int replay(const std::string &what, Source &source)
{
    const std::size_t colon = what.find(':');
    if (colon == std::string::npos)
        throw BadUsage("a replay string is SCENARIO:STRING, as a failure was named");
    const std::vector<sim::Known> all = scenarios();
    const sim::Known known = named(all, what.substr(0, colon));
    sim::DriverScenario scenario(known);
    const auto schedule = sim::schedule_of(scenario, what.substr(colon + 1));
    if (!schedule)
        throw BadUsage("\"" + what +
                       "\" does not fit this program: it was changed since, or it is another");
    const bool failed = sim::replay(scenario, *schedule) == sim::End::failed;
    tell(scenario, known, *schedule, source);
    return failed ? Found : Nothing;
}

int run(const Options &options)
{
    sim::Machine::get().memory_model = options.memory;
    const TemporaryDirectory directory;
    const std::filesystem::path program = compile(options.sources, directory.path());
    load(program.string());
    catch_traps();
    Source source(program.string(), own_files(directory.path()));
    const std::vector<sim::Known> all = scenarios();
    if (all.empty())
        throw BadUsage("no scenario: neither EXPLORE() nor module_init() and module_exit()");
    if (options.list) {
        for (const sim::Known &known : all)
            std::cout << known.name << '\n';
        return Nothing;
    }
    if (!options.replay.empty())
        return replay(options.replay, source);
    bool good = true;
    unsigned number = 0;
    for (const std::string &name : options.only)
        named(all, name);
    std::cout << "KTAP version 1\n1.." << (options.only.empty() ? all.size() : options.only.size())
              << '\n';
    for (const sim::Known &known : all)
        if (options.only.empty() ||
            std::ranges::find(options.only, known.name) != options.only.end())
            good &= explore_one(options, known, ++number, source);
    std::cout << races(source);
    return good ? Nothing : Found;
}

int parse_and_run(int argc, char **argv)
{
    Options options;
    CLI::App app{
        "Runs the scenarios of a driver in every order, on a simulated kernel with the real "
        "kernel's wait queues.",
        "waitq-explore"};
    if (const char *compiler = std::getenv("CC"))
        options.sources.compiler = compiler;
    app.add_option("FILE", options.sources.files, "C of the driver and its scenarios")
        ->required()
        ->check(CLI::ExistingFile);
    app.add_option("--kernel-source", options.sources.kernel,
                   "a source of Linux, whose wait.h and wait.c are used")
        ->required()
        ->check(CLI::ExistingDirectory);
    app.add_option("-D", options.sources.definitions, "define a macro");
    app.add_option("--only", options.only, "this scenario alone");
    app.add_option("--limit", options.limit, "schedules that are tried in order, of each scenario")
        ->check(CLI::PositiveNumber);
    app.add_option("--random", options.random, "schedules by dice after these, if there are more");
    app.add_option("--seed", options.seed, "of the dice");
    app.add_option(
           "--strategy", options.strategy,
           "dfs: in order, then at random; random; pct: by priorities that change in few places")
        ->transform(CLI::CheckedTransformer(
            std::map<std::string, sim::Strategy>{{"dfs", sim::Strategy::reduced},
                                                 {"random", sim::Strategy::random},
                                                 {"pct", sim::Strategy::pct}}));
    app.add_option(
           "--memory", options.memory,
           "tso: a store may be seen after what the flow loads behind it, as on x86; sc: at once")
        ->transform(CLI::CheckedTransformer(std::map<std::string, sim::Memory>{
            {"sc", sim::Memory::sc}, {"tso", sim::Memory::tso}}));
    app.add_option("--depth", options.depth, "pct: steps whose order a failure needs")
        ->check(CLI::Range(1U, 100U));
    auto *bound = app.add_option("--bound", options.bound, "at most so many preemptions")
                      ->check(CLI::Range(1U, 1000U));
    app.add_flag("--list", options.list, "name the scenarios");
    app.add_option("--replay", options.replay, "tell one schedule again");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        return app.exit(error) == 0 ? Nothing : Usage;
    }
    options.bounded = bound->count() != 0;
    return run(options);
}

} // namespace
} // namespace waitq::explore

int main(int argc, char **argv)
{
    try {
        return waitq::explore::parse_and_run(argc, argv);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "waitq-explore: %s\n", error.what());
    } catch (...) {
        std::fputs("waitq-explore: failed\n", stderr);
    }
    return waitq::explore::Usage;
}
