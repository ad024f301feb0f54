// SPDX-License-Identifier: GPL-2.0
// waitq-explore - runs the scenarios of a driver in every order.
#include "compile.hpp"
#include "load.hpp"
#include "picture.hpp"
#include "report.hpp"
#include "trap.hpp"
#include "workers.hpp"

#include <chrono>
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sim/explorer.hpp>
#include <sim/kernel/scenario.hpp>
#include <sim/schedule.hpp>
#include <unistd.h>

namespace waitq::explore {
namespace {

enum Status : int { Nothing = 0, Found = 1, Usage = 2 };

struct Options {
    Sources sources;
    std::vector<std::string> only;
    std::uint64_t limit = 200'000, random = 20'000, seed = 1;
    unsigned bound = 0, depth = 3;
    bool bounded = false, list = false, json = false;
    sim::Strategy strategy = sim::Strategy::reduced;
    sim::Memory memory = sim::Memory::tso;
    std::string replay, svg;
    std::string program; // its fingerprint, with the memory's name
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

// The story of one schedule, as it is told.
void tell(const Options &options, sim::DriverScenario &scenario, const sim::Known &known,
          const std::vector<sim::Choice> &schedule, Source &source, Outcome &outcome)
{
    sim::Machine &machine = sim::Machine::get();
    outcome.replay =
        std::string(known.name) + ':' + sim::name_of(scenario, schedule) + '-' + options.program;
    sim::replay(scenario, schedule);
    const std::vector<sim::Line> lines = story(source);
    outcome.failure = machine.failure();
    outcome.timeline = sim::timeline(machine, lines);
    outcome.place = place_of_failure(source);
    for (unsigned i = 0; i < machine.threads(); ++i)
        outcome.names.emplace_back(machine.flow(i).name);
    for (const sim::Line &line : lines)
        outcome.events.push_back({line.step,
                                  line.thread < machine.threads() && !line.text.starts_with("***")
                                      ? static_cast<int>(line.thread)
                                      : -1,
                                  line.text});
}

Outcome explore_one(const Options &options, const sim::Known &known, Source &source,
                    Progress &progress)
{
    catch_traps();
    sim::DriverScenario scenario(known);
    sim::Machine::get().forget();
    sim::Plan plan;
    plan.limit = options.limit;
    plan.strategy = options.strategy;
    plan.depth = options.depth;
    plan.seed = options.seed;
    std::uint64_t before = 0;
    plan.go_on = [&](std::uint64_t executions) {
        progress.schedules = before + executions;
        return true;
    };
    const bool by_chance = options.strategy != sim::Strategy::reduced;
    if (options.bounded) {
        plan.strategy = sim::Strategy::bounded;
        plan.preemptions = options.bound;
    }
    Outcome outcome;
    outcome.scenario = known.name;
    const auto begin = std::chrono::steady_clock::now();
    sim::Result found = sim::explore(scenario, plan);
    outcome.schedules = found.schedules;
    if (!found.failed && !found.exhausted && !by_chance && options.random != 0) {
        plan.strategy = sim::Strategy::random;
        plan.limit = options.random;
        plan.seed = options.seed;
        before = found.schedules;
        found = sim::explore(scenario, plan);
        outcome.schedules += found.schedules;
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    outcome.seconds = took.count();
    outcome.exhausted = found.exhausted;
    if (options.bounded && found.exhausted)
        outcome.bound = options.bound;
    outcome.failed = found.failed;
    progress.schedules = outcome.schedules;
    outcome.unusable = found.failed && sim::Machine::get().gave_up();
    if (found.failed) {
        if (!outcome.unusable)
            found = sim::simplest_failure(scenario, found);
        tell(options, scenario, known, found.schedule, source, outcome);
    }
    outcome.races = races(source);
    return outcome;
}

// How far it went.
std::string in_words(const Outcome &outcome)
{
    if (!outcome.exhausted)
        return outcome.failed ? "" : ", and there are more";
    return outcome.bound == 0 ? ", all there are"
                              : ", all with at most " + std::to_string(outcome.bound) +
                                    (outcome.bound == 1 ? " preemption" : " preemptions");
}

void print_story(const Outcome &outcome)
{
    std::cout << '\n' << outcome.timeline;
    if (!outcome.place.empty())
        std::cout << "\n  " << outcome.place << '\n';
    std::cout << "\nreplay: --replay '" << outcome.replay << "'\n\n";
}

void draw(const Options &options, const Outcome &outcome)
{
    std::ofstream file(options.svg);
    if (!(file << picture(outcome)).flush())
        throw BadUsage(options.svg +
                       " can't be written: " + std::generic_category().message(errno));
}

int replay(const Options &options, Source &source)
{
    const std::string &what = options.replay;
    catch_traps();
    const std::size_t colon = what.find(':');
    if (colon == std::string::npos)
        throw BadUsage("a replay string is SCENARIO:STRING, as a failure was named");
    const std::vector<sim::Known> all = scenarios();
    const sim::Known known = named(all, what.substr(0, colon));
    const std::size_t dash = what.rfind('-');
    if (dash == std::string::npos || what.substr(dash + 1) != options.program)
        throw BadUsage("\"" + what +
                       "\" is of another program: a file, -D, --kernel or --memory was another");
    sim::DriverScenario scenario(known);
    const auto schedule = sim::schedule_of(scenario, what.substr(colon + 1, dash - colon - 1));
    if (!schedule)
        throw BadUsage("\"" + what +
                       "\" does not fit this program: it was changed since, or it is another");
    const bool failed = sim::replay(scenario, *schedule) == sim::End::failed;
    Outcome outcome;
    tell(options, scenario, known, *schedule, source, outcome);
    print_story(outcome);
    if (!options.svg.empty())
        draw(options, outcome);
    return failed ? Found : Nothing;
}

std::vector<sim::Known> wanted(const Options &options)
{
    std::vector<sim::Known> all = scenarios();
    if (all.empty())
        throw BadUsage("no scenario: neither EXPLORE() nor module_init() and module_exit()");
    if (options.only.empty())
        return all;
    std::vector<sim::Known> some;
    for (const std::string &name : options.only)
        some.push_back(named(all, name));
    return some;
}

// All scenarios, and what is printed of each.
int explore_all(const Options &options, const std::vector<sim::Known> &known, Source &source)
{
    bool drawn = false;
    int status = Nothing;
    unsigned number = 0;
    std::set<std::string> races;
    nlohmann::json all = nlohmann::json::array();
    const bool shows = isatty(STDERR_FILENO) && !options.json;
    const auto clear = [&] {
        if (shows)
            std::cerr << "\r\033[K" << std::flush;
    };
    if (!options.json)
        std::cout << "KTAP version 1\n1.." << known.size() << std::endl;
    const auto done = [&](const Outcome &outcome) {
        status = std::max<int>(status, outcome.unusable ? Usage : outcome.failed ? Found : Nothing);
        races.insert(outcome.races.begin(), outcome.races.end());
        if (outcome.failed && !options.svg.empty() && !drawn)
            draw(options, outcome);
        drawn |= outcome.failed;
        ++number;
        if (options.json) {
            all.push_back(outcome);
            return;
        }
        clear();
        std::cout << (outcome.failed ? "not ok " : "ok ") << number << ' ' << outcome.scenario
                  << " # " << outcome.schedules << " schedules" << in_words(outcome) << ", "
                  << outcome.per_second() << " a second" << std::endl;
        if (outcome.failed)
            print_story(outcome);
    };
    in_processes(
        static_cast<unsigned>(known.size()),
        [&](unsigned i, Progress &progress) {
            return explore_one(options, known[i], source, progress);
        },
        done,
        [&](std::uint64_t schedules) {
            if (shows)
                std::cerr << "\rexplored: " << number << " of " << known.size() << " scenarios, "
                          << schedules << " schedules\033[K" << std::flush;
        });
    clear();
    if (options.json)
        std::cout << nlohmann::json{{"memory", options.memory == sim::Memory::sc ? "sc" : "tso"},
                                    {"scenarios", all}}
                         .dump(2)
                  << '\n';
    else
        for (const std::string &race : races)
            std::cout << race << '\n';
    return status;
}

int run(Options options)
{
    sim::Machine::get().memory_model = options.memory;
    catch_interrupts();
    const TemporaryDirectory directory;
    const Compiled compiled = compile(options.sources, directory.path());
    load(compiled.program.string());
    options.program = compiled.fingerprint + (options.memory == sim::Memory::sc ? "s" : "t");
    Source source(compiled.program.string(), compiled.own);
    if (!options.replay.empty())
        return replay(options, source);
    const std::vector<sim::Known> known = wanted(options);
    if (!options.list)
        return explore_all(options, known, source);
    for (const sim::Known &one : known)
        std::cout << one.name << '\n';
    return Nothing;
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
    app.add_option("-I", options.sources.folders, "look for headers there too")
        ->allow_extra_args(false)
        ->check(CLI::ExistingDirectory);
    app.add_option("-D", options.sources.definitions, "define a macro")->allow_extra_args(false);
    app.add_option("--only", options.only, "this scenario alone")->allow_extra_args(false);
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
    app.add_option("--svg", options.svg, "draw the first failing schedule, or the replayed one");
    app.add_flag("--json", options.json, "print all that was found as JSON");
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
    } catch (const waitq::explore::Interrupted &interrupted) {
        std::signal(interrupted.signal, SIG_DFL);
        std::raise(interrupted.signal);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "waitq-explore: %s\n", error.what());
    } catch (...) {
        std::fputs("waitq-explore: failed\n", stderr);
    }
    return waitq::explore::Usage;
}
