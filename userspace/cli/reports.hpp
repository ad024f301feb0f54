// SPDX-License-Identifier: GPL-2.0
// The reports that the device and the lab have in common: figures, nodes, waiters.
#pragma once

#include "device_name.hpp"
#include "report.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <waitq/result.hpp>

namespace waitq::cli {

/// A figure of a queue, with its value.
struct Shown {
    std::string_view name, text;
    std::uint64_t value;
};

/// The figures of @table, with the values of @now.
template <typename Table, typename Info>
[[nodiscard]] std::vector<Shown> shown(const Table &table, const Info &now)
{
    std::vector<Shown> figures;
    figures.reserve(table.size());
    for (const auto &figure : table)
        figures.push_back({figure.name, figure.text, now.*figure.value});
    return figures;
}

/// `info`: all figures of one node.
[[nodiscard]] Report info_report(const std::string &path, const std::vector<Shown> &figures);

/// A column of `list`: a figure, by its name.
struct Column {
    const char *title;
    std::string_view figure;
};

/// `list`: the nodes of @module, with the figures of @columns; @look asks one node for them.
[[nodiscard]] Report list_report(const Module &module, std::span<const Column> columns,
                                 Result<std::vector<Shown>> (*look)(const std::string &path));

/// One entry of a wait queue, as `waiters` tells of it.
struct WaiterLine {
    std::string queue;
    std::uint32_t pid; ///< 0: no task, or not to be seen
    std::string comm;
    char state; ///< as in /proc/PID/stat; 0: none
    bool task;
    std::vector<std::string_view> flags;
    std::optional<std::chrono::nanoseconds> since; ///< of CLOCK_MONOTONIC; nothing: not known
    std::string function;
    std::string more; ///< the text of the node's own column; empty: nothing to tell
    Json more_json;
};

/// The node's own column of `waiters`.
struct MoreColumn {
    const char *title;
    std::string_view name; ///< in JSON
};

/// `waiters`; @linked: entries there were. @now is the time that the waiters' ages are counted to.
[[nodiscard]] Report waiters_report(const std::string &path, const std::vector<WaiterLine> &lines,
                                    std::uint64_t linked, const MoreColumn &more,
                                    std::chrono::steady_clock::time_point now);

} // namespace waitq::cli
