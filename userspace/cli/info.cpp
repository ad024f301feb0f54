// SPDX-License-Identifier: GPL-2.0
// waitq info
#include "commands.hpp"
#include "failure.hpp"
#include "options.hpp"

#include <iomanip>
#include <memory>
#include <sstream>

namespace waitq::cli {

namespace {

Report run(const DeviceName &name)
{
    constexpr int name_width = 24;
    constexpr int value_width = 8;
    const waitq_info now = require(open_device(name).info(), Call::Info, name);

    Report report;
    report.json["device"] = name.path;
    std::ostringstream text;
    text << name.path << '\n';
    for (const Figure &figure : figures) {
        report.json["figures"][figure.name] = now.*figure.value;
        text << "  " << std::left << std::setw(name_width) << figure.name << std::right
             << std::setw(value_width) << now.*figure.value << "  " << figure.text << '\n';
    }
    report.text = text.str();
    return report;
}

constexpr const char *footer = R"(The same figures are the files in /sys/class/waitq/waitq0/.)";

} // namespace

const Command info = {"info", "Show all figures of a device", footer, [](CLI::App &app) -> Action {
                          auto name = std::make_shared<DeviceName>();
                          add_device(app, *name);
                          return [name](const Settings & /*settings*/) { return run(*name); };
                      }};

} // namespace waitq::cli
