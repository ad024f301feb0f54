// SPDX-License-Identifier: GPL-2.0
// waitq demo
#include "commands.hpp"
#include "demo/exhibit.hpp"
#include "demo/steps.hpp"
#include "options.hpp"

#include <functional>
#include <iostream>
#include <unistd.h>

namespace waitq::cli {

namespace {

/// Runs the steps up to the first that fails; returns what that one claimed, or nothing. @number is
/// the last step that was run.
std::optional<std::string> play(Stage &stage, Narrator &narrator, Json &played, std::size_t &number)
{
    Cat cat;
    for (const Step &step : demo_steps()) {
        narrator.headline(++number, step.headline);
        try {
            step.run(stage, cat);
            played.push_back({{"step", step.name}, {"as_claimed", true}});
        } catch (const Otherwise &otherwise) {
            played.push_back(
                {{"step", step.name}, {"as_claimed", false}, {"claim", otherwise.what()}});
            return otherwise.what();
        }
    }
    return {};
}

/// Tells as it happens; with --json to nobody.
struct Teller {
    explicit Teller(const Settings &settings)
        : narrator(settings.json ? nobody : std::cout, isatty(STDOUT_FILENO) == 1)
    {}

    std::ostream nobody{nullptr};
    Narrator narrator;
};

Report run_steps(const DeviceName &name, const Settings &settings)
{
    Teller teller(settings);
    Stage stage(name, teller.narrator);
    Json played = Json::array();
    std::size_t steps = 0;
    const auto failed = play(stage, teller.narrator, played, steps);

    Report report;
    report.exit = failed ? ExitCode::Error : ExitCode::Ok;
    report.json = {{"device", name.path}, {"steps", played}, {"as_claimed", !failed}};
    report.text = failed ? "\ndemo: step " + std::to_string(steps) + " failed: " + *failed + '\n'
                         : "\ndemo: " + plural(steps, "step") + ", all as claimed\n";
    return report;
}

// ---- exhibits ----

struct Given {
    Nodes nodes;
    bool list = false;
    std::string exhibit; ///< "" is the demo of steps, "all" every exhibit
    std::string module = "/lib/waitq/waitq_lab.ko";
};

std::vector<const Exhibit *> exhibits()
{
    std::vector<const Exhibit *> all;
    for (const auto part : {wait_exhibits(), wake_exhibits(), hand_exhibits()})
        for (const Exhibit &exhibit : part)
            all.push_back(&exhibit);
    return all;
}

Report list_exhibits()
{
    Report report;
    const auto add = [&](const char *name, const char *headline) {
        std::string column(name);
        column.resize(18, ' ');
        report.text += column + headline + '\n';
        report.json.add(name, headline);
    };
    for (const Exhibit *exhibit : exhibits())
        add(exhibit->name, exhibit->headline);
    for (const LoadExhibit &exhibit : load_exhibits())
        add(exhibit.name, exhibit.headline);
    return report;
}

/// Shows one exhibit, and returns what the kernel did not do, or nothing.
std::optional<std::string> show(const char *name, const char *headline, const char *reason,
                                std::ostream &out, const std::function<void()> &act)
{
    out << name << ": " << headline << "\n\n";
    std::optional<std::string> failed;
    try {
        act();
    } catch (const Otherwise &otherwise) {
        failed = otherwise.what();
    }
    std::string text = "   Why: " + std::string(reason) + '\n';
    for (std::size_t at = 0; (at = text.find('\n', at)) + 1 < text.size(); at += 9)
        text.insert(at + 1, 8, ' ');
    out << '\n' << text << '\n' << std::flush;
    return failed;
}

Report show_exhibits(const Given &given, const Settings &settings)
{
    Teller teller(settings);
    Narrator &narrator = teller.narrator;
    Report report;
    Json played = Json::array();
    std::size_t shown = 0;
    const auto wanted = [&](const auto &exhibit) {
        return given.exhibit == "all" || given.exhibit == exhibit.name;
    };
    const auto play = [&](const auto &exhibit, const std::function<void()> &act) {
        const auto failed =
            show(exhibit.name, exhibit.headline, exhibit.reason, narrator.out(), act);
        ++shown;
        played.push_back({{"exhibit", exhibit.name}, {"as_claimed", !failed}});
        if (!failed)
            return;
        report.exit = ExitCode::Error;
        report.text += std::string(exhibit.name) + " failed: " + *failed + '\n';
    };
    for (const Exhibit *exhibit : exhibits())
        if (wanted(*exhibit)) {
            Scene scene(given.nodes, exhibit->uses, narrator);
            play(*exhibit, [&] {
                exhibit->run(scene);
                scene.draw();
            });
        }
    for (const LoadExhibit &exhibit : load_exhibits())
        if (wanted(exhibit))
            play(exhibit, [&] { exhibit.run(given.module, narrator); });
    if (shown == 0)
        throw UsageError("EXHIBIT",
                         "there is no exhibit '" + given.exhibit + "'; --list lists them");
    const bool as_claimed = report.exit == ExitCode::Ok;
    report.json = {{"exhibits", played}, {"as_claimed", as_claimed}};
    if (as_claimed)
        report.text = plural(shown, "exhibit") + ", all as claimed\n";
    return report;
}

Report run(const Given &given, const Settings &settings)
{
    if (given.list)
        return list_exhibits();
    return given.exhibit.empty() ? run_steps(given.nodes.device, settings)
                                 : show_exhibits(given, settings);
}

void add_options(Options &options, Given &given)
{
    options.flag("--list", given.list, "the exhibits, and nothing else");
    options.value(
        "EXHIBIT", "", [&given](const std::string &name) { given.exhibit = name; },
        "one of --list, or all; none: the demo in seven steps");
    options.value(
        "--device", "DEVICE",
        [&given](const std::string &name) {
            given.nodes.device = parse_device_name(device_module, name);
        },
        "the device (default: /dev/waitq0)");
    options.value(
        "--lab", "NODE",
        [&given](const std::string &name) {
            given.nodes.lab = parse_device_name(lab_module, name);
        },
        "the node of the lab (default: /dev/waitq_lab0)");
    options.value(
        "--module", "FILE", [&given](const std::string &file) { given.module = file; },
        "waitq_lab.ko, for insmod-gate and kthreads");
}

constexpr const char *footer =
    R"(It starts cat, echo and `waitq wait` on terminals of their own, wakes them by a write, an
ioctl and a timer interrupt, sends them Ctrl+C and kill -9; it says what will happen and checks
that it does.
It needs root, and a device that nothing else uses; that is emptied first.
Exit status: 0 all as claimed, 1 the kernel did otherwise.

With the name of an exhibit it shows that one; `waitq demo --list` lists them, `waitq demo all`
shows all. Most of them use a node of the lab. insmod-gate and kthreads unload the lab and load
it again, from --module.

Without a machine to try it on: `make demo`, in the project's folder, runs it in a VM.)";

} // namespace

const Command demo = {"demo", "Show on the real kernel what a wait queue does, and check it",
                      footer,
                      [](Options &options) { return with_options(options, add_options, run); }};

} // namespace waitq::cli
