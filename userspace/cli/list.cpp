// SPDX-License-Identifier: GPL-2.0
// waitq list
#include "commands.hpp"
#include "reports.hpp"

#include <array>
#include <waitq/device.hpp>
#include <waitq/figures.hpp>

namespace waitq::cli {

namespace {

constexpr auto columns = std::to_array<Column>({
    {"READERS", "readers"},
    {"WRITERS", "writers"},
    {"WAITERS", "event_waiters"},
    {"EXCLUSIVE", "event_waiters_exclusive"},
    {"COUNTER", "counter"},
    {"BYTES", "bytes"},
    {"WAKES", "wakes"},
});

Result<std::vector<Shown>> look(const std::string &path)
{
    const auto device = Device::open(path, O_RDONLY);
    if (!device)
        return device.error();
    const auto now = device->info();
    if (!now)
        return now.error();
    return shown(figures, *now);
}

constexpr const char *footer =
    R"(READERS and WRITERS sleep in read and write, WAITERS and EXCLUSIVE (waiters) in `waitq wait`.
Devices without permission are listed as well. `waitq info DEVICE` has all figures.)";

} // namespace

const Command list = {"list", "Show the devices, with their main figures", footer,
                      [](Options & /*options*/) -> Action {
                          return [](const Settings & /*settings*/) {
                              return list_report(device_module, columns, look);
                          };
                      }};

} // namespace waitq::cli
