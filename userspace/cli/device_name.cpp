// SPDX-License-Identifier: GPL-2.0
#include "device_name.hpp"

#include <stdexcept>

namespace waitq::cli {

DeviceName first_of(const Module &module)
{
    return {&module, node_path(module, 0), 0};
}

DeviceName parse_device_name(const Module &module, std::string_view text)
{
    constexpr std::string_view directory = "/dev/";
    if (text.find('/') != std::string_view::npos) {
        const bool in_directory = text.starts_with(directory);
        return {&module, std::string(text),
                in_directory ? node_index(module, text.substr(directory.size())) : std::nullopt};
    }

    const std::string name(module.name);
    auto index = node_index(module, text);
    if (!index)
        index = node_index(module, name + std::string(text));
    if (!index)
        throw std::invalid_argument("'" + std::string(text) +
                                    "' names no device: give a number from 0 to " +
                                    std::to_string(module.nodes_max - 1) + ", a name such as " +
                                    name + "0 or a path such as /dev/" + name + "0");
    return {&module, node_path(module, *index), index};
}

} // namespace waitq::cli
