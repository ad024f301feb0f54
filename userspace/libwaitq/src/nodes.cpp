// SPDX-License-Identifier: GPL-2.0
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <waitq/nodes.hpp>

namespace waitq {

namespace fs = std::filesystem;

std::optional<unsigned> node_index(const Module &module, std::string_view text)
{
    if (!text.starts_with(module.name))
        return {};
    text.remove_prefix(module.name.size());

    unsigned index = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
    const bool leading_zero = text.size() > 1 && text.front() == '0';
    if (error != std::errc{} || end != text.data() + text.size() || leading_zero ||
        index >= module.nodes_max)
        return {};
    return index;
}

std::string node_path(const Module &module, unsigned index)
{
    return "/dev/" + std::string(module.name) + std::to_string(index);
}

Result<std::vector<Node>> nodes(const Module &module, const std::string &sysfs)
{
    std::error_code error;
    auto entry = fs::directory_iterator(fs::path(sysfs) / "class" / module.name, error);
    std::vector<Node> found;
    while (!error && entry != fs::directory_iterator()) {
        if (const auto index = node_index(module, entry->path().filename().native()))
            found.push_back({*index, node_path(module, *index)});
        entry.increment(error);
    }
    if (error)
        return error;
    std::ranges::sort(found, {}, &Node::index);
    return found;
}

} // namespace waitq
