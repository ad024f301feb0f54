// SPDX-License-Identifier: GPL-2.0
// waitq torture
#include "torture/torture_command.hpp"

#include "bench/reload.hpp"
#include "commands.hpp"
#include "durations.hpp"
#include "options.hpp"
#include "torture/guard.hpp"
#include "torture/noises.hpp"

#include <algorithm>
#include <cerrno>
#include <iostream>
#include <random>
#include <system_error>
#include <unistd.h>

namespace waitq::cli::torture {

namespace {

std::string names_of_all()
{
    std::string names;
    for (const NoiseRow &row : noise_rows)
        names += ", " + std::string(row.name);
    return names;
}

/// The noises of a list such as "kill,stop", "all" or "none".
Noises named(const std::string &list)
{
    Noises noises;
    if (list == "none")
        return noises;
    if (list == "all") {
        for (const NoiseRow &row : noise_rows)
            noises.set(row.noise);
        return noises;
    }
    for (std::size_t begin = 0; begin <= list.size();) {
        const std::size_t end = std::min(list.find(',', begin), list.size());
        const std::string name = list.substr(begin, end - begin);
        const auto row = std::ranges::find(noise_rows, name, &NoiseRow::name);
        if (row == noise_rows.end())
            throw std::invalid_argument("there is no noise '" + name + "'; noises: all, none" +
                                        names_of_all());
        noises.set(row->noise);
        begin = end + 1;
    }
    return noises;
}

/// All that this machine can make; why not, for the others, goes to @left_out.
Noises possible(const Plan &plan, std::vector<std::string> &left_out)
{
    Noises noises;
    for (const NoiseRow &row : noise_rows) {
        const std::string why = Disturber::obstacle(row.noise, plan);
        if (why.empty())
            noises.set(row.noise);
        else
            left_out.push_back("noise " + std::string(row.name) + ": " + why);
    }
    return noises;
}

/// Before the module is unloaded for it. Throws UsageError.
void look_at_file(const std::string &file, const Module &module)
{
    const std::string name = std::string(module.name) + ".ko";
    if (access(file.c_str(), R_OK) != 0)
        throw UsageError("--module", file + ": " + std::generic_category().message(errno));
    if (file.substr(file.rfind('/') + 1) != name)
        throw UsageError("--module", file + ": must be a " + name);
}

std::string per_second(const Outcome &outcome)
{
    const double seconds = std::chrono::duration<double>(outcome.lasted).count();
    return std::to_string(static_cast<std::uint64_t>(
        seconds > 0 ? static_cast<double>(outcome.operations) / seconds : 0));
}

std::string in_short(double ns)
{
    return format_duration(std::chrono::microseconds(static_cast<std::int64_t>(ns / 1000)));
}

/// Each line of @text behind "# ".
std::string commented(std::string_view text)
{
    std::string lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines += "# " + std::string(text.substr(0, end)) + '\n';
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

} // namespace

Report torture_report(std::string_view subject, const Plan &plan, const Outcome &outcome,
                      const std::vector<std::string> &left_out)
{
    Report report;
    const bool pass = outcome.checks.all_hold();
    const std::string seed = std::to_string(plan.seed);
    Json checks = Json::array(), missing = Json::array();
    report.text = "KTAP version 1\n1.." + std::to_string(check_rows.size()) + '\n';
    for (std::size_t index = 0; index < check_rows.size(); ++index) {
        const auto check = static_cast<Check>(index);
        const CheckRow &row = check_rows.at(index);
        const std::uint64_t made = outcome.checks.made(check);
        const bool failed = outcome.checks.failed(check);
        report.text += (failed ? "not ok " : "ok ") + std::to_string(index + 1) + ' ' +
                       std::string(row.name) + ": " + std::string(row.text) +
                       (made == 0 ? " # SKIP there was nothing to look at" : "") + '\n';
        Json whys = Json::array();
        for (const std::string_view why : outcome.checks.whys(check)) {
            report.text += commented(why);
            whys.push_back(why);
        }
        checks.push_back(
            {{"name", row.name}, {"ok", !failed}, {"times", made}, {"findings", std::move(whys)}});
    }
    for (const std::string &line : left_out) {
        report.text += "# left out: " + line + '\n';
        missing.push_back(line);
    }
    report.text += "# waits that were satisfied lasted: 50 % " + in_short(outcome.waits.p50) +
                   ", 99 % " + in_short(outcome.waits.p99) + ", longest " +
                   format_duration(outcome.longest) + " (" + outcome.longest_operation + ")\n";
    report.text += std::string("torture of ") + std::string(subject) + ": " +
                   (pass ? "PASS" : "FAIL") + ", " + plural(outcome.rounds, "round") + ", " +
                   plural(outcome.operations, "call") + " (" + per_second(outcome) + "/s), " +
                   plural(outcome.kills, "task") + " killed, seed " + seed +
                   (outcome.interrupted ? ", interrupted" : "") + '\n';
    report.json = {{"subject", subject},
                   {"pass", pass},
                   {"seed", plan.seed},
                   {"rounds", outcome.rounds},
                   {"calls", outcome.operations},
                   {"killed", outcome.kills},
                   {"lasted_ns", outcome.lasted.count()},
                   {"waits_ns", Json{{"p50", outcome.waits.p50},
                                     {"p90", outcome.waits.p90},
                                     {"p99", outcome.waits.p99},
                                     {"p99_9", outcome.waits.p99_9},
                                     {"longest", outcome.longest.count()},
                                     {"longest_call", outcome.longest_operation}}},
                   {"checks", std::move(checks)},
                   {"left_out", std::move(missing)},
                   {"interrupted", outcome.interrupted}};
    report.exit = !pass                 ? ExitCode::Error
                  : outcome.interrupted ? ExitCode::Interrupted
                                        : ExitCode::Ok;
    return report;
}

Report run_torture(Subject &subject, const Given &given, const Settings &settings)
{
    Plan plan = given.plan;
    plan.seed = given.seed ? *given.seed : std::random_device()();
    std::vector<std::string> left_out = subject.left_out();
    if (!plan.module.empty())
        look_at_file(plan.module, subject.module());
    if (given.noises.empty()) {
        plan.noises = possible(plan, left_out);
    } else {
        plan.noises = named(given.noises);
        for (const NoiseRow &row : noise_rows)
            if (const std::string why = Disturber::obstacle(row.noise, plan);
                plan.noises.has(row.noise) && !why.empty())
                throw UsageError("--noise", std::string(row.name) + ": " + why +
                                                ", or leave it out of the list");
    }
    const auto say = [&](const std::string &text) {
        std::cerr << "torture of " << subject.name() << ": " << text << '\n';
    };
    subject.open(); // or it fails, before anything is told or changed
    subject.close();
    for (const std::string &line : left_out)
        say("left out: " + line);
    // Told before it begins: if the kernel dies of it, this is how to do it again.
    say("seed " + std::to_string(plan.seed) + ", " + std::to_string(plan.waiters) + " waiters, " +
        std::to_string(plan.wakers) + " wakers");
    const Machine machine(plan.noises);
    const std::string parameters =
        plan.noises.has(Noise::reload)
            ? bench::parameters_now(subject.module(), subject.parameters())
            : "";
    guard(
        [&] {
            subject.open();
            subject.release(std::size_t{plan.waiters} + plan.wakers);
            subject.close();
        },
        [&] {
            machine.put_back();
            if (plan.noises.has(Noise::reload) &&
                bench::parameters_now(subject.module(), parameters) != parameters)
                bench::load_anew(subject.module(), plan.module, parameters);
        });
    const Outcome outcome = torture(subject, plan, given.limits, say);
    (void)settings;
    return torture_report(subject.name(), plan, outcome, left_out);
}

void add_torture(Options &options, Given &given)
{
    const auto duration = [](std::chrono::nanoseconds &target) {
        return [&target](const std::string &text) {
            target = parse_duration(text);
            if (target <= std::chrono::nanoseconds(0))
                throw std::invalid_argument("must be more than 0");
        };
    };
    options.value("--for", "DURATION", duration(given.limits.time),
                  "go on for so long, and to the end of the round (default: 60s)");
    options.value("--round", "DURATION", duration(given.limits.round),
                  "how long the tasks run between two looks at rest (default: 500ms)");
    add_number(
        options, "--waiters",
        [&](std::uint64_t n) { given.plan.waiters = static_cast<unsigned>(n); },
        "tasks that wait and read (default: 12)", 1, 1000);
    add_number(
        options, "--wakers", [&](std::uint64_t n) { given.plan.wakers = static_cast<unsigned>(n); },
        "tasks that wake and write (default: 4)", 1, 1000);
    add_number(
        options, "--seed", [&](std::uint64_t n) { given.seed = n; },
        "of all random choices: the same seed makes the same ones, though not in the same moments");
    std::string names;
    for (const NoiseRow &row : noise_rows)
        names += "\n  " + std::string(row.name) + ": " + std::string(row.text);
    options.value(
        "--noise", "NAMES",
        [&given](const std::string &list) {
            (void)named(list);
            given.noises = list;
        },
        "only these, as in kill,stop; or none (default: all that this machine can make):" + names);
    options.value(
        "--module", "FILE", [&given](const std::string &file) { given.plan.module = file; },
        "the module, for noise reload");
}

} // namespace waitq::cli::torture

namespace waitq::cli {

namespace {

using torture::Given;

Report run(const Given &given, const Settings &settings)
{
    const auto subject = torture::device_subject();
    return run_torture(*subject, given, settings);
}

constexpr const char *footer =
    R"(Tasks wait, poll, read, post and write at random on up to four devices, which nobody else may use,
while noise disturbs them. Again and again all come to rest, and then it checks that
  - every event and byte came out once, or is still there;
  - no task sleeps though its condition is true: that would be a lost wake-up;
  - a wake-up wakes those, and as many, as it should, the first in first;
  - no entry is left in a queue when all tasks have left.
It is for a machine of your own: it takes processors offline, mounts a control group, and takes all
events and bytes out of the devices. The report is KTAP; the last line is the verdict. A finding
tells who sleeps where and why. Much of
the noise needs root. A small capacity (of the module) makes writers sleep more often.

Exit status: 0 all holds, 1 it does not or it could not be done, 2 usage, 130 interrupted.

Examples:
  waitq torture --for 10m
  waitq torture --noise none --waiters 100
  waitq torture --seed 42 --noise kill,signals,timeouts)";

} // namespace

const Command torture_command = {
    "torture", "Disturb tasks that wait and wake, and see that no wake-up is lost", footer,
    [](Options &options) { return with_options(options, torture::add_torture, run); }};

} // namespace waitq::cli
