// SPDX-License-Identifier: GPL-2.0
// How a user names a device.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace waitq::cli {

struct DeviceName {
    std::string path = "/dev/waitq0";
    std::optional<unsigned> index = 0; ///< nothing for a path that says no index
};

/**
 * `0`, `waitq0` or a path, which has a slash. Throws std::invalid_argument, with a message for
 * the user, for anything else and for an index that no device can have.
 */
[[nodiscard]] DeviceName parse_device_name(std::string_view text);

} // namespace waitq::cli
