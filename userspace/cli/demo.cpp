// SPDX-License-Identifier: GPL-2.0
// waitq demo
#include "commands.hpp"
#include "demo_steps.hpp"
#include "options.hpp"

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

constexpr const char *footer =
    R"(It starts cat, echo and `waitq wait` on terminals of their own, wakes them by a write, an
ioctl and a timer interrupt, sends them Ctrl+C and kill -9; it says what will happen and checks
that it does.
It needs root, and a device that nobody else uses; that is emptied first.
Exit status: 0 all as claimed, 1 the kernel did otherwise.

Without a machine to try it on: `make demo`, in the project's folder, runs it in a VM.)";

} // namespace

const Command demo = {"demo", "Show on the real kernel what a wait queue does, and check it",
                      footer, [](CLI::App &app) -> Action {
                          auto name = std::make_shared<DeviceName>();
                          add_device(app, *name);
                          return [name](const Settings &settings) { return run(*name, settings); };
                      }};

} // namespace waitq::cli
