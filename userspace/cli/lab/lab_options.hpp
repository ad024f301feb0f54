// SPDX-License-Identifier: GPL-2.0
// Options of the lab's commands.
#pragma once

#include "choices.hpp"
#include "lab/lab_words.hpp"
#include "options.hpp"

namespace waitq::cli {

/// --kind, the name of a row of @table.
template <typename Table>
Option add_kind(Options &options, const Table &table,
                std::function<void(const typename Table::value_type &)> use,
                const std::string &text)
{
    std::string names;
    for (const auto &row : table)
        names += "\n  " + std::string(row.name);
    auto take = [&table, use = std::move(use)](const std::string &name) {
        const auto *row = lab::find_kind(table, name);
        if (!row)
            throw UsageError("--kind", "there is no kind '" + name + "'; see --help");
        use(*row);
    };
    return options.value("--kind", "NAME", take, text + names);
}

/// --engine, of a request that has one.
template <typename Request>
void add_engine(Options &options, Request &target)
{
    add_choice(
        options, "--engine", engines, [&target](const auto &row) { target.engine = row.value; },
        "by whose code:");
}

/// --key, a number of 32 bits that may be hexadecimal: 0x41.
Option add_key(Options &options, std::function<void(std::uint32_t)> use, const std::string &text);

/// The options do not go with the kind.
[[noreturn]] void refuse_kind(std::string_view kind, const std::string &why);

} // namespace waitq::cli
