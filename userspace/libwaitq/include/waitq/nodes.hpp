// SPDX-License-Identifier: GPL-2.0
// The two modules, and which device nodes they have made.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <uapi/waitq_lab.h>
#include <vector>
#include <waitq/result.hpp>

namespace waitq {

/// A module: its nodes are /dev/<name>0, /dev/<name>1 ..., its class is /sys/class/<name>.
struct Module {
    std::string_view name;
    unsigned nodes_max;
};

inline constexpr Module device_module{"waitq", WAITQ_QUEUES_MAX};
inline constexpr Module lab_module{"waitq_lab", LAB_QUEUES_MAX};

struct Node {
    unsigned index;
    std::string path;
};

/// The index in "<name><index>", without leading zeros and below nodes_max; else nothing.
[[nodiscard]] std::optional<unsigned> node_index(const Module &module, std::string_view text);

/// "/dev/<name><index>".
[[nodiscard]] std::string node_path(const Module &module, unsigned index);

/**
 * The nodes of a module by index, as its class in sysfs lists them; no permission on the nodes is
 * needed. @sysfs is where sysfs is mounted.
 * Errors: ENOENT: there is no such class, so the module is not loaded.
 */
[[nodiscard]] Result<std::vector<Node>> nodes(const Module &module,
                                              const std::string &sysfs = "/sys");

} // namespace waitq
