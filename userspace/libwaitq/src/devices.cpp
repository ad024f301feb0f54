// SPDX-License-Identifier: GPL-2.0
#include <algorithm>
#include <charconv>
#include <uapi/waitq.h>
#include <waitq/devices.hpp>

namespace waitq {

namespace fs = std::filesystem;

std::optional<unsigned> device_index(std::string_view name)
{
    constexpr std::string_view prefix = "waitq";
    if (!name.starts_with(prefix))
        return {};
    name.remove_prefix(prefix.size());

    unsigned index = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
    const bool leading_zero = name.size() > 1 && name.front() == '0';
    if (error != std::errc{} || end != name.data() + name.size() || leading_zero ||
        index >= WAITQ_QUEUES_MAX)
        return {};
    return index;
}

std::string device_path(unsigned index)
{
    return "/dev/waitq" + std::to_string(index);
}

Result<std::vector<DeviceEntry>> devices(const fs::path &class_directory)
{
    std::error_code error;
    auto entry = fs::directory_iterator(class_directory, error);
    std::vector<DeviceEntry> found;
    while (!error && entry != fs::directory_iterator()) {
        if (const auto index = device_index(entry->path().filename().native()))
            found.push_back({*index, device_path(*index)});
        entry.increment(error);
    }
    if (error)
        return error;
    std::ranges::sort(found, {}, &DeviceEntry::index);
    return found;
}

} // namespace waitq
