// SPDX-License-Identifier: GPL-2.0
// Options whose value is a name out of a table.
#pragma once

#include "options.hpp"
#include "words.hpp"

namespace waitq::cli {

/// An option that takes the name of a row of @table, as word() has it; the help lists all rows.
template <typename Table>
CLI::Option *add_choice(CLI::App &app, const std::string &name, const Table &table,
                        std::function<void(const typename Table::value_type &)> use,
                        const std::string &text)
{
    std::string rows;
    for (const auto &row : table)
        rows += "\n  " + word(row.name) + ": " + std::string(row.text);
    auto parse = [&table, use, name](const std::string &given) {
        const auto *found = std::ranges::find_if(
            table, [&given](const auto &row) { return word(row.name) == given; });
        if (found == table.end()) {
            std::string names;
            for (const auto &row : table)
                names += (names.empty() ? "" : ", ") + word(row.name);
            throw CLI::ValidationError(name, "'" + given + "' is none of " + names);
        }
        use(*found);
    };
    return app.add_option_function<std::string>(name, parse, text + rows)->type_name("NAME");
}

/// --engine, of a request that has one.
template <typename Request>
void add_engine(CLI::App &app, Request &target)
{
    add_choice(
        app, "--engine", engines, [&target](const auto &row) { target.engine = row.value; },
        "by whose code:");
}

} // namespace waitq::cli
