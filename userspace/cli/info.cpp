// SPDX-License-Identifier: GPL-2.0
// waitq info
#include "commands.hpp"
#include "failure.hpp"
#include "options.hpp"
#include "reports.hpp"

namespace waitq::cli {

namespace {

Report run(const DeviceName &name)
{
    const waitq_info now = require(open_device(name, O_RDONLY).info(), Call::Info, name);
    return info_report(name.path, shown(figures, now));
}

constexpr const char *footer =
    R"(The same figures are the files in /sys/class/waitq/waitq0/, which only root can read.)";

} // namespace

const Command info = {"info", "Show all figures of a device", footer, [](Options &options) {
                          return add_device_only<run>(options, device_module);
                      }};

} // namespace waitq::cli
