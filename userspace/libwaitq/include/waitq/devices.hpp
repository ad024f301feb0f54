// SPDX-License-Identifier: GPL-2.0
// Which devices there are.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <waitq/result.hpp>

namespace waitq {

struct DeviceEntry {
    unsigned index;
    std::string path; ///< of the node
};

/// The index in "waitq<index>", without leading zeros and below WAITQ_QUEUES_MAX; else nothing.
[[nodiscard]] std::optional<unsigned> device_index(std::string_view name);

/// The node of a device: "/dev/waitq<index>".
[[nodiscard]] std::string device_path(unsigned index);

/**
 * The devices of this system by index, as the kernel's class directory lists them; no permission
 * on the nodes is needed. Errors: ENOENT: no such directory, the module is not loaded.
 */
[[nodiscard]] Result<std::vector<DeviceEntry>>
devices(const std::filesystem::path &class_directory = "/sys/class/waitq");

} // namespace waitq
