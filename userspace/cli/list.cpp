// SPDX-License-Identifier: GPL-2.0
// waitq list
#include "commands.hpp"
#include "failure.hpp"

#include <array>
#include <iomanip>
#include <sstream>

namespace waitq::cli {

namespace {

struct Column {
    const char *title;
    __u64 waitq_info::*figure;
};

constexpr auto columns = std::to_array<Column>({
    {"READERS", &waitq_info::readers},
    {"WRITERS", &waitq_info::writers},
    {"WAITERS", &waitq_info::event_waiters},
    {"EXCLUSIVE", &waitq_info::event_waiters_exclusive},
    {"COUNTER", &waitq_info::counter},
    {"BYTES", &waitq_info::bytes},
    {"WAKES", &waitq_info::wakes},
});

Result<waitq_info> look(const DeviceEntry &entry)
{
    const auto device = Device::open(entry.path);
    return device ? device->info() : device.error();
}

Report run(const Settings & /*settings*/)
{
    constexpr int path_width = 13;
    constexpr int width = 11;
    const auto found = require(devices(), Call::List, {"/sys/class/waitq", {}});

    Report report;
    report.json["devices"] = nlohmann::ordered_json::array();
    std::ostringstream text;
    text << std::left << std::setw(path_width) << "DEVICE" << std::right;
    for (const Column &column : columns)
        text << std::setw(width) << column.title;
    text << '\n';

    for (const DeviceEntry &entry : found) {
        nlohmann::ordered_json row = {{"device", entry.path}, {"index", entry.index}};
        text << std::left << std::setw(path_width) << entry.path << std::right;
        if (const auto figures_now = look(entry)) {
            for (const Column &column : columns)
                text << std::setw(width) << (*figures_now).*column.figure;
            for (const Figure &figure : figures)
                row["figures"][figure.name] = (*figures_now).*figure.value;
        } else {
            text << "  " << figures_now.error().message();
            row["error"] = figures_now.error().message();
        }
        text << '\n';
        report.json["devices"].push_back(row);
    }
    report.text = found.empty() ? "the module is loaded, but has no device\n" : text.str();
    return report;
}

constexpr const char *footer =
    R"(READERS and WRITERS sleep in read and write, WAITERS and EXCLUSIVE (waiters) in `waitq wait`.
Devices without permission are listed as well. `waitq info DEVICE` has all figures.)";

} // namespace

const Command list = {"list", "Show the devices, with their main figures", footer,
                      [](CLI::App & /*app*/) -> Action { return run; }};

} // namespace waitq::cli
