// SPDX-License-Identifier: GPL-2.0
// waitq demo
#include "commands.hpp"
#include "demo_steps.hpp"
#include "exhibit.hpp"
#include "options.hpp"

#include <functional>
#include <iostream>
#include <memory>
#include <sstream>
#include <unistd.h>

namespace waitq::cli {

namespace {

/// Runs the steps up to the first that fails; returns what that one claimed, or nothing.
std::optional<std::string> play(Stage &stage, nlohmann::ordered_json &played)
{
    Cat cat;
    std::size_t number = 0;
    for (const Step &step : demo_steps()) {
        stage.headline(++number, step.headline);
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

Report run(const DeviceName &name, const Settings &settings)
{
    // Told as it happens; with --json it is told to nobody.
    std::ostream nobody(nullptr);
    Stage stage(name, settings.json ? nobody : std::cout, isatty(STDOUT_FILENO) == 1);

    Report report;
    auto played = nlohmann::ordered_json::array();
    const auto failed = play(stage, played);
    const std::size_t number = played.size();
    report.exit = failed ? ExitCode::Error : ExitCode::Ok;
    report.json = {{"device", name.path}, {"steps", played}, {"as_claimed", !failed}};
    report.text = failed ? "\ndemo: step " + std::to_string(number) + " failed: " + *failed + '\n'
                         : "\ndemo: " + plural(number, "step") + ", all as claimed\n";
    return report;
}

// ---- exhibits ----

struct Options {
    DeviceName device;
    bool list = false;
    std::string exhibit; ///< "" is the demo of steps, "all" every exhibit
    std::string module = "/lib/waitq/waitq.ko";
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
        report.json[name] = headline;
    };
    for (const Exhibit *exhibit : exhibits())
        add(exhibit->name, exhibit->headline);
    for (const LoadExhibit &exhibit : load_exhibits())
        add(exhibit.name, exhibit.headline);
    return report;
}

/// Shows one exhibit, and returns what the kernel did not do, or nothing.
std::optional<std::string> show(const char *name, const char *headline, const char *reason,
                                std::ostream &out, const std::function<void()> &play)
{
    out << name << ": " << headline << "\n\n";
    std::optional<std::string> failed;
    try {
        play();
    } catch (const Otherwise &otherwise) {
        failed = otherwise.what();
    }
    std::string text = "   Why: " + std::string(reason) + '\n';
    for (std::size_t at = 0; (at = text.find('\n', at)) + 1 < text.size(); at += 9)
        text.insert(at + 1, 8, ' ');
    out << '\n' << text << '\n' << std::flush;
    return failed;
}

Report exhibit(const Options &options, const Settings &settings)
{
    std::ostream nobody(nullptr);
    std::ostream &out = settings.json ? nobody : std::cout;
    Report report;
    auto played = nlohmann::ordered_json::array();
    const auto take = [&](const char *name, const std::optional<std::string> &failed) {
        played.push_back({{"exhibit", name}, {"as_claimed", !failed}});
        if (!failed)
            return;
        report.exit = ExitCode::Error;
        report.text += std::string(name) + " failed: " + *failed + '\n';
    };
    const bool every = options.exhibit == "all";
    for (const Exhibit *exhibit : exhibits())
        if (every || options.exhibit == exhibit->name) {
            Stage stage(options.device, out, isatty(STDOUT_FILENO) == 1);
            take(exhibit->name, show(exhibit->name, exhibit->headline, exhibit->reason, out, [&] {
                     Scene scene(stage, out);
                     exhibit->run(scene);
                     scene.draw();
                 }));
        }
    for (const LoadExhibit &exhibit : load_exhibits())
        if (every || options.exhibit == exhibit.name)
            take(exhibit.name, show(exhibit.name, exhibit.headline, exhibit.reason, out,
                                    [&] { exhibit.run(options.module, out); }));
    if (played.empty())
        throw CLI::ValidationError("EXHIBIT", "there is no exhibit '" + options.exhibit +
                                                  "'; --list lists them");
    report.json = {{"exhibits", played}, {"as_claimed", report.exit == ExitCode::Ok}};
    if (report.exit == ExitCode::Ok)
        report.text = plural(played.size(), "exhibit") + ", all as claimed\n";
    return report;
}

constexpr const char *footer =
    R"(It starts cat, echo and `waitq wait` on terminals of their own, wakes them by a write, an
ioctl and a timer interrupt, sends them Ctrl+C and kill -9; it says what will happen and checks
that it does.
It needs root, and a device that nobody else uses; that is emptied first.
Exit status: 0 all as claimed, 1 the kernel did otherwise.

With the name of an exhibit it shows that one; `waitq demo --list` lists them, `waitq demo all`
shows all. insmod-gate and kthreads unload the module and load it again, from --module.

Without a machine to try it on: `make demo`, in the project's folder, runs it in a VM.)";

} // namespace

const Command demo = {
    "demo", "Show on the real kernel what a wait queue does, and check it", footer,
    [](CLI::App &app) -> Action {
        auto options = std::make_shared<Options>();
        app.add_flag("--list", options->list, "the exhibits, and nothing else");
        app.add_option("EXHIBIT", options->exhibit,
                       "one of --list, or all; none: the demo in seven steps");
        app.add_option_function<std::string>(
               "--device",
               [options](const std::string &text) { options->device = parse_device_name(text); },
               "the device (/dev/waitq0)")
            ->type_name("DEVICE");
        app.add_option("--module", options->module, "waitq.ko, for insmod-gate and kthreads")
            ->type_name("FILE");
        return [options](const Settings &settings) {
            if (options->list)
                return list_exhibits();
            if (!options->exhibit.empty())
                return exhibit(*options, settings);
            return run(options->device, settings);
        };
    }};

} // namespace waitq::cli
