// SPDX-License-Identifier: GPL-2.0
// waitq lab list, waitq lab info
#include "failure.hpp"
#include "lab/lab_commands.hpp"
#include "options.hpp"
#include "reports.hpp"

#include <array>

namespace waitq::cli::of_lab {

namespace {

constexpr auto columns = std::to_array<Column>({
    {"WAITERS", "waiters"},
    {"EXCLUSIVE", "waiters_exclusive"},
    {"COUNTER", "counter"},
    {"WAKES", "wakes"},
    {"WOKEN", "woken"},
    {"SPURIOUS", "spurious"},
});

Result<std::vector<Shown>> look(const std::string &path)
{
    const auto node = lab::Lab::open(path);
    if (!node)
        return node.error();
    const auto now = node->info();
    if (!now)
        return now.error();
    return shown(lab::figures, *now);
}

Report show(const DeviceName &name)
{
    const ::lab_info now = require(open_lab(name).info(), Call::Info, name);
    return info_report(name.path, shown(lab::figures, now));
}

} // namespace

const Command list = {
    "list", "Show the nodes of the lab, with their main figures",
    "WAITERS and EXCLUSIVE (waiters) sleep in `waitq lab wait`. `waitq lab info` has all figures.",
    [](Options & /*options*/) -> Action {
        return [](const Settings & /*settings*/) { return list_report(lab_module, columns, look); };
    }};

const Command info = {"info", "Show all figures of a node of the lab",
                      "The same figures are the files in /sys/class/waitq_lab/waitq_lab0/.",
                      [](Options &options) { return add_device_only<show>(options, lab_module); }};

} // namespace waitq::cli::of_lab
