// SPDX-License-Identifier: GPL-2.0
// core_tests - explores the scenarios of table.cpp. `core_tests --help`.
#include "report.hpp"
#include "scenario.hpp"
#include "table.hpp"
#include <sim/schedule.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <new>
#include <sys/mman.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace core {
namespace {

using sim::Machine;
using sim::Result;
using sim::Strategy;

struct Options {
    bool list = false, killed = false;
    std::vector<std::string> only;
    std::uint64_t limit = 8'000, random = 2'000, seed = 1;
    double deep_seconds = 0;
    std::string replay;
};

bool chosen(const Options &options, const Row &row)
{
    return options.only.empty() || std::ranges::any_of(options.only, [&](const std::string &part) {
               return row.name.find(part) != std::string::npos;
           });
}

// The mutant may make the core do anything: a crash is a violation too.
const char *running_row = "";
void crashed(int)
{
    const auto say = [](std::string_view text) {
        static_cast<void>(!::write(STDOUT_FILENO, text.data(), text.size()));
    };
    say("crash in ");
    say(running_row);
    say("\n");
    _exit(3);
}

void catch_crashes()
{
    static std::array<unsigned char, std::size_t{64} * 1024> stack;
    const stack_t alternative{stack.data(), 0, stack.size()};
    sigaltstack(&alternative, nullptr);
    struct sigaction action {};
    action.sa_handler = crashed;
    action.sa_flags = SA_ONSTACK;
    for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGABRT})
        sigaction(number, &action, nullptr);
}

// ---- a failure ----

void tell_failure(RowScenario &scenario, const Result &found)
{
    const Result simple = sim::simplest_failure(scenario, found);
    const std::string name = sim::name_of(scenario, simple.schedule);
    sim::replay(scenario, simple.schedule);
    std::cout << "\nA schedule that must not be, of " << scenario.row().name << ":\n\n"
              << sim::timeline(Machine::get()) << "\nreplay: core_tests --replay '"
              << scenario.row().name << ':' << name << "'\n\n";
}

int replay(const std::string &what)
{
    const auto colon = what.rfind(':');
    const std::string name = what.substr(0, colon);
    for (const Row &row : rows()) {
        if (row.name != name || colon == std::string::npos)
            continue;
        const auto made = make_scenario(row);
        RowScenario &scenario = *made;
        const auto schedule = sim::schedule_of(scenario, what.substr(colon + 1));
        if (!schedule) {
            std::cerr << "core_tests: no schedule of " << name << ": " << what.substr(colon + 1)
                      << '\n';
            return 2;
        }
        const sim::End end = sim::replay(scenario, *schedule);
        std::cout << sim::timeline(Machine::get());
        return end == sim::End::failed;
    }
    std::cerr << "core_tests: no scenario " << name << " (see --list)\n";
    return 2;
}

// ---- exploring ----

class Run {
public:
    explicit Run(const Options &options) : options_(options) {}

    // In as many processes as there are processors.
    int shipped();
    int mutant();

private:
    Result explore(RowScenario &scenario, Strategy strategy, std::uint64_t limit,
                   std::uint64_t seed = 1);
    void explore_row(const Row &row);
    void work();
    void deepen();

    const Options &options_;
    struct Common;
    static constexpr unsigned int max_jobs = 64;
    Common *common_ = nullptr;
    Report report_;
    std::vector<const Row *> not_exhausted_;
};

Result Run::explore(RowScenario &scenario, Strategy strategy, std::uint64_t limit,
                    std::uint64_t seed)
{
    sim::Plan plan;
    plan.strategy = strategy;
    plan.limit = limit;
    plan.seed = seed;
    plan.go_on = [&](std::uint64_t executions) {
        return report_.progress(scenario.row().name, executions);
    };
    running_row = scenario.row().name.c_str();
    Result result = sim::explore(scenario, plan);
    report_.add(result);
    if (result.failed)
        tell_failure(scenario, result);
    return result;
}

void Run::explore_row(const Row &row)
{
    Machine::get().forget();
    const auto made = make_scenario(row);
    RowScenario &scenario = *made;
    const Result result = explore(scenario, Strategy::reduced, options_.limit * row.weight);
    report_.scenario(result.exhausted, result.failed);
    if (result.exhausted || result.failed)
        return;
    not_exhausted_.push_back(&row);
    if (explore(scenario, Strategy::random, options_.random, options_.seed).failed)
        report_.fail();
}

// Shared by the processes.
struct Run::Common {
    std::atomic<unsigned int> next;  // family that nobody explores yet
    std::array<Sums, max_jobs> sums; // each process its own
};

// Takes a family of scenarios after another, until there are none.
void Run::work()
{
    for (unsigned int mine = common_->next++;; mine = common_->next++) {
        unsigned int number = 0;
        std::string name;
        bool any = false;
        for (const Row &row : rows()) {
            if (!chosen(options_, row))
                continue;
            if (family(row) != name) {
                number += !name.empty();
                name = family(row);
            }
            if (number != mine)
                continue;
            any = true;
            report_.begin(name);
            explore_row(row);
        }
        report_.end_family();
        if (!any)
            break;
    }
    if (options_.deep_seconds > 0)
        deepen();
}

int Run::shipped()
{
    void *memory =
        mmap(nullptr, sizeof(Common), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        throw std::system_error(errno, std::generic_category(), "memory for the processes");
    common_ = new (memory) Common{};
    const unsigned int jobs = std::clamp(std::thread::hardware_concurrency(), 1U, max_jobs);
    std::vector<pid_t> others;
    for (unsigned int job = 1; job < jobs; ++job) {
        const pid_t pid = fork();
        if (pid < 0)
            throw std::system_error(errno, std::generic_category(), "fork()");
        if (pid == 0) {
            report_.quiet(); // one shows how far it is
            work();
            common_->sums.at(job) = report_.sums();
            std::fflush(stdout);
            _exit(0);
        }
        others.push_back(pid);
    }
    work();
    for (const pid_t pid : others) {
        int status = 0;
        if (waitpid(pid, &status, 0) != pid || status != 0)
            throw std::runtime_error("a process that explored has died");
    }
    for (const Sums &sums : common_->sums)
        report_.add(sums);
    return report_.finish();
}

// What was not explored to its end goes on: with a bound sixteen times as high, and again; then
// by dice, until the time is up.
void Run::deepen()
{
    report_.until(options_.deep_seconds);
    std::uint64_t limit = options_.limit;
    std::uint64_t seed = options_.seed;
    while (report_.time_left()) {
        limit = std::min<std::uint64_t>(limit * 16, 50'000'000);
        seed += 1'000'000'007;
        report_.begin("deep/bound-" + std::to_string(limit));
        std::vector<const Row *> left;
        for (const Row *row : not_exhausted_) {
            if (!report_.time_left())
                return report_.end_family();
            Machine::get().forget();
            const auto made = make_scenario(*row);
            RowScenario &scenario = *made;
            const Result result = explore(scenario, Strategy::reduced, limit);
            report_.scenario(result.exhausted, result.failed);
            if (result.exhausted || result.failed)
                continue;
            left.push_back(row);
            if (explore(scenario, Strategy::random, limit / 8, seed).failed)
                report_.fail();
        }
        report_.end_family();
        not_exhausted_ = left;
        if (not_exhausted_.empty())
            break;
    }
}

// Until the first violation: prints what killed the mutant, in one line.
int Run::mutant()
{
    report_.quiet();
    for (const Row &row : rows()) {
        if (!chosen(options_, row))
            continue;
        Machine::get().forget();
        const auto made = make_scenario(row);
        RowScenario &scenario = *made;
        running_row = row.name.c_str();
        for (const Strategy strategy : {Strategy::reduced, Strategy::random}) {
            sim::Plan plan;
            plan.strategy = strategy;
            plan.limit =
                strategy == Strategy::random ? options_.random : options_.limit * row.weight;
            plan.seed = options_.seed;
            const Result result = sim::explore(scenario, plan);
            report_.add(result);
            if (result.failed) {
                std::cout << row.name << ':' << sim::name_of(scenario, result.schedule) << ": "
                          << result.failure << '\n';
                return 0;
            }
            if (result.exhausted)
                break;
        }
    }
    std::cout << "survives " << report_.schedules() << " schedules\n";
    return 1;
}

} // namespace
} // namespace core

int main(int argc, char **argv)
try {
    core::Options options;
    CLI::App app{"Runs the wait layer and the device core on a simulated kernel, in every order "
                 "of their steps."};
    app.add_flag("--list", options.list, "the scenarios' names, and nothing else");
    app.add_option("--only", options.only, "scenarios whose name contains one of these");
    app.add_option("--limit", options.limit, "schedules of a scenario, before it goes on by dice")
        ->capture_default_str();
    app.add_option("--random", options.random, "schedules by dice of what was not exhausted")
        ->capture_default_str();
    app.add_option("--seed", options.seed, "of the dice")->capture_default_str();
    app.add_option("--deep", options.deep_seconds, "go on for so many seconds (bare: 600)")
        ->expected(0, 1)
        ->default_str("600");
    app.add_option("--replay", options.replay, "tell one schedule: SCENARIO:STRING");
    app.add_flag("--killed", options.killed,
                 "this is a mutant: status 0 and what killed it, or status 1");
    CLI11_PARSE(app, argc, argv);

    if (options.list) {
        for (const core::Row &row : core::rows())
            if (chosen(options, row))
                std::cout << row.name << '\n';
        return 0;
    }
    if (!options.replay.empty())
        return core::replay(options.replay);
    core::catch_crashes();
    core::Run run(options);
    return options.killed ? run.mutant() : run.shipped();
} catch (const std::exception &error) {
    std::fprintf(stderr, "core_tests: %s\n", error.what());
    return 2;
}
