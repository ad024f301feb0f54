// SPDX-License-Identifier: GPL-2.0
// An option that takes one name of a table.
#pragma once

#include "command.hpp"
#include "words.hpp"

namespace waitq::cli {

/// An option that takes the name of a row of @table, as word() has it; the help lists all rows.
template <typename Table>
Option add_choice(Options &options, const std::string &name, const Table &table,
                  std::function<void(const typename Table::value_type &)> use,
                  const std::string &text)
{
    std::string rows;
    for (const auto &row : table)
        rows += "\n  " + word(row.name) + ": " + std::string(row.text);
    auto take = [&table, use = std::move(use)](const std::string &given) {
        const auto *found = std::ranges::find_if(
            table, [&given](const auto &row) { return word(row.name) == given; });
        if (found == table.end()) {
            std::string names;
            for (const auto &row : table)
                names += (names.empty() ? "" : ", ") + word(row.name);
            throw std::invalid_argument("'" + given + "' is none of " + names);
        }
        use(*found);
    };
    return options.value(name, "NAME", take, text + rows);
}

} // namespace waitq::cli
