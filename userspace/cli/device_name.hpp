// SPDX-License-Identifier: GPL-2.0
// How a user names a device or a lab node.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <waitq/nodes.hpp>

namespace waitq::cli {

struct DeviceName {
    const Module *module = &device_module; ///< whose node it is
    std::string path = node_path(*module, 0);
    std::optional<unsigned> index = 0; ///< nothing for a path that says no index
};

/// Node 0 of a module.
[[nodiscard]] DeviceName first_of(const Module &module);

/**
 * `0`, `waitq0` (of the lab: `waitq_lab0`) or a path, which has a slash. Throws
 * std::invalid_argument, with a message for the user, for anything else and for an index that no
 * node can have.
 */
[[nodiscard]] DeviceName parse_device_name(const Module &module, std::string_view text);

} // namespace waitq::cli
