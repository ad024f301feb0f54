// SPDX-License-Identifier: GPL-2.0
#include "device_name.hpp"

#include <stdexcept>
#include <uapi/waitq.h>
#include <waitq/devices.hpp>

namespace waitq::cli {

DeviceName parse_device_name(std::string_view text)
{
    constexpr std::string_view directory = "/dev/";
    if (text.find('/') != std::string_view::npos) {
        const bool in_directory = text.starts_with(directory);
        return {std::string(text),
                in_directory ? device_index(text.substr(directory.size())) : std::nullopt};
    }

    auto index = device_index(text);
    if (!index)
        index = device_index("waitq" + std::string(text));
    if (!index)
        throw std::invalid_argument("'" + std::string(text) +
                                    "' names no device: give a number from 0 to " +
                                    std::to_string(WAITQ_QUEUES_MAX - 1) +
                                    ", a name such as waitq0 or a path such as /dev/waitq0");
    return {device_path(*index), index};
}

} // namespace waitq::cli
